"""How each check is: its row in the store, what runs of it now, and when it is due."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from cronwrap.event import FAIL, LOG, SUCCESS
from cronwrap.run.pause import Pause, every
from cronwrap.state import WAITING
from cronwrap.store import Store
from cronwrap.store.checks import Check
from cronwrap.store.records import LOST, RUNNING, storable
from cronwrap.watch.due import Due, Plan, look
from cronwrap.watch.living import Living, living

PAUSED, OVERDUE, NEVER, OK, FAILED, SKIPPED = (
    "paused", "overdue", "never", "ok", "failed", "skipped",
)  # fmt: skip
STATES = (RUNNING, PAUSED, OVERDUE, WAITING, NEVER, OK, FAILED, SKIPPED, LOST)
_BY_PHASE = {SUCCESS: OK, FAIL: FAILED, LOG: SKIPPED, LOST: LOST}


class Status(NamedTuple):
    """How one check is.

    Attributes:
        state: one of STATES, the first that applies.
        running: its runs that go on, or wait for their start.
        due: what its schedule says; None where it has none.
        owed: how many of its ends endpoints have not accepted yet.
        paused: since when and until when its runs are skipped, or None.
    """

    check: Check
    state: str
    running: tuple[Living, ...]
    due: Due | None
    owed: int
    paused: Pause | None

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        check = self.check
        known = bool(check.last_run_id)
        return {
            "check": check.name,
            "state": self.state,
            "paused": {
                "since_unix_s": self.paused.since_unix_s or None,
                "until_unix_s": self.paused.until_unix_s,
            }
            if self.paused
            else None,
            "first_seen_unix_s": check.first_seen_unix_s,
            "last": {
                "run_id": check.last_run_id,
                "phase": check.last_phase,
                "reason": check.last_reason,
                "exit_status": check.last_exit_status,
                "started_unix_s": check.last_started_unix_s,
                "at_unix_s": check.last_at_unix_s,
                "duration_s": check.last_duration_s,
            }
            if known
            else None,
            "last_success_unix_s": check.last_success_unix_s,
            "failures": check.failures,
            "skips": check.skips,
            "durations_s": list(check.durations_s),
            "running": [run.as_json() for run in self.running],
            "schedule": self.due.as_json() if self.due else None,
            "owed": self.owed,
        }


def statuses(
    store: Store,
    plans: Mapping[str, Plan],
    names: tuple[str, ...] = (),
    now_unix_s: float | None = None,
) -> list[Status]:
    """Return how each of *names* is, or every check that is known, by name.

    Args:
        store: with all finished runs taken in.
        plans: what the configuration says of when checks should run.
        names: of checks.
        now_unix_s: the time to look from.
    """
    now_unix_s = time.time() if now_unix_s is None else now_unix_s
    found = {
        check.name: check
        for check in store.checks(names)
        if check.last_run_id or check.name in plans  # else it only stood in the configuration once
    }
    running: dict[str, list[Living]] = {}
    for run in living(store, names):
        running.setdefault(run.check, []).append(run)
    for name, runs in running.items():
        found.setdefault(name, Check(name, runs[0].started_unix_s))
    for name, plan in plans.items():
        if plan.schedule and (not names or name in names):
            found.setdefault(name, Check(name, now_unix_s))
    owed = store.outbox.counts()
    pauses = {storable(one.check): one for one in every(str(store.directory), now_unix_s)}
    everything = pauses.get("")
    return [
        Status(
            check,
            _state(check, running.get(name, []), paused, due),
            tuple(running.get(name, [])),
            due,
            owed.get(name, 0),
            paused,
        )
        for name, check in sorted(found.items())
        for paused in (pauses.get(name, everything),)
        for due in (_due(check, plans.get(name), running.get(name, []), now_unix_s),)
    ]


def _due(check: Check, plan: Plan | None, running: list[Living], now_unix_s: float) -> Due | None:
    plan = plan if plan is not None and plan.schedule else Plan.recorded(check)
    begun_unix_s = [run.started_unix_s for run in running if run.has_begun]
    return look(plan, check, begun_unix_s, now_unix_s)


def _state(check: Check, running: list[Living], paused: Pause | None, due: Due | None) -> str:
    if any(run.has_begun for run in running):
        return RUNNING
    if paused is not None:
        return PAUSED
    if due is not None and due.overdue_since_unix_s is not None:
        return OVERDUE
    if running:
        return WAITING
    return _BY_PHASE.get(check.last_phase, FAILED) if check.last_run_id else NEVER
