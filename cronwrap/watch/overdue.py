"""Tell the endpoints of a check that a run is missing: once for each time that was missed."""

import os
import time
from collections.abc import Iterator, Mapping

from cronwrap.deliver.outbox import Sent
from cronwrap.event import FAIL, Event
from cronwrap.run.flush import BUDGET_S, flush
from cronwrap.run.session import new_run_id
from cronwrap.store import Store
from cronwrap.store.checks import Check
from cronwrap.store.outbox import Address
from cronwrap.units import format_duration
from cronwrap.watch.due import Plan
from cronwrap.watch.plans import endpoints
from cronwrap.watch.status import Status, statuses

MISSED = "missed"


def due_checks(
    store: Store, plans: Mapping[str, Plan], names: tuple[str, ...], now_unix_s: float
) -> list[Status]:
    """Return the checks that have a schedule; of one never seen before, the time counts from now."""
    found = statuses(store, plans, names, now_unix_s)
    for status in found:
        due, check = status.due, status.check
        if due is not None and not store.is_read_only and store.check(check.name) is None:
            store.save(check._replace(schedule=due.plan.schedule))
    return [one for one in found if one.due is not None]


def is_new(status: Status) -> bool:
    """Tell whether nobody has been told of this miss."""
    return status.due is not None and status.check.missed_unix_s != status.due.overdue_since_unix_s


def report(store: Store, status: Status, plan: Plan, now_unix_s: float) -> Iterator[Sent]:
    """Tell the endpoints of a check that its run is missing; yield what came of it.

    It is owed in the transaction that says that it was told: cut off here, it is told later.
    """
    check = status.check
    event = missed_event(status, now_unix_s)
    words, files = endpoints(check, plan)
    addresses = [Address(word, files, None) for word in words]
    if not store.miss(check._replace(missed_unix_s=event.started_unix_s), event, addresses):
        return
    until_s = time.monotonic() + BUDGET_S
    for sent in flush(store, until_s=until_s, stop=lambda: False, at_once=True):
        if sent.owed.event.run_id == event.run_id:
            yield sent


def missed_event(status: Status, now_unix_s: float) -> Event:
    """Return what is told of a miss."""
    due, check = status.due, status.check
    if due is None or due.overdue_since_unix_s is None:
        raise ValueError("nothing is missed")
    since_unix_s = due.overdue_since_unix_s
    return Event(
        check=check.name,
        run_id=new_run_id(),
        phase=FAIL,
        reason=MISSED,
        detail=_detail(check, due.plan, now_unix_s - since_unix_s),
        started_unix_s=since_unix_s,
        finished_unix_s=now_unix_s,
        host=os.uname().nodename,
    )


def _detail(check: Check, plan: Plan, late_s: float) -> str:
    last = "it has never run" if check.last_started_unix_s is None else "nothing has begun since"
    zone = f" {plan.timezone}" if plan.timezone else ""
    return (
        f"by its schedule ({plan.schedule}{zone}) it was due {format_duration(late_s)} ago, its"
        f" grace is {format_duration(plan.grace_s)}, and {last}"
    )
