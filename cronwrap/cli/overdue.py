"""``cronwrap overdue``: find the runs that are missing, and tell of each once."""

import json
import time
from typing import Any, NamedTuple

import click
from rich.text import Text

from cronwrap import units
from cronwrap.cli import memory, show
from cronwrap.deliver.outbox import Sent
from cronwrap.services.base import ACCEPTED
from cronwrap.watch.due import Plan
from cronwrap.watch.overdue import due_checks, is_new, report
from cronwrap.watch.plans import endpoints
from cronwrap.watch.status import OVERDUE, Status

SCHEMA = "cronwrap-overdue/1"
HEADINGS = ("overdue", "since", "late", "last run", "schedule", "told")


class Told(NamedTuple):
    """Who was told of a miss, of how many places."""

    sent: list[Sent]
    places: int


@click.command("overdue")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Tell nobody.")
@memory.options
def command(
    checks: tuple[str, ...],
    directory: str | None,
    chosen: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show the checks that should have run and have not, and report each to its endpoints, once.

    What has a schedule is looked at: by --schedule of its last run, or in the configuration. A
    line in cron, such as */5 * * * * cronwrap overdue, watches over all of this machine's jobs.
    Exit status 1 says that something is overdue.
    """
    known = memory.recall(directory, chosen)
    now_unix_s = time.time()
    plans = known.plans
    names = memory.names(checks)
    looked_at = due_checks(known.store, plans, names, now_unix_s)
    for one in looked_at:
        _complain_of(one)
    missing = sorted(set(names) - {one.check.name for one in looked_at})
    for name in missing:
        show.complain(
            f"check {show.harmless(name)}: no schedule of it is known, so a run that is missing is"
            " not seen",
            "is the name right? if so, give its runs a --schedule such as '0 2 * * *'",
        )
    found = [one for one in looked_at if one.state == OVERDUE]
    if known.store.is_read_only and not dry_run and any(map(is_new, found)):
        show.complain(
            "nobody is told of it: the history cannot be written to, so it would be told each time",
            "make its directory writable; --dry-run tells nobody either",
        )
        dry_run = True
    told: dict[str, Told] = {}
    for one in found:
        if not dry_run and is_new(one):
            plan = plans.get(one.check.name, Plan())
            sent = list(report(known.store, one, plan, now_unix_s))
            told[one.check.name] = Told(sent, len(endpoints(one.check, plan)[0]))
    if as_json:
        shown = [_as_json(one, told.get(one.check.name)) for one in found]
        click.echo(json.dumps({"schema": SCHEMA, "overdue": shown}, indent=2))
    elif found:
        show.table(HEADINGS, [_row(one, told, now_unix_s) for one in found], below=True)
    raise SystemExit(1 if found else 2 if missing else 0)


def _complain_of(one: Status) -> None:
    """Say that a check is watched by nobody, for its schedule cannot be read."""
    if one.due is not None and one.due.problem:
        plan = one.due.plan
        name, schedule = (show.harmless(text) for text in (one.check.name, plan.schedule))
        right = (
            f"correct its schedule and timezone in {plan.origin}"
            if plan.origin
            else (
                "give the run a --schedule such as '0 2 * * *', or forget the check if it is gone"
            )
        )
        show.complain(
            f"check {name}: the schedule '{schedule}' is not understood, so a run that is missing"
            f" is not seen: {show.harmless(one.due.problem)}",
            right,
        )


def _as_json(one: Status, told: Told | None) -> dict[str, Any]:
    sent = [
        {"endpoint": each.label, "outcome": each.result.kind, "why": each.result.why}
        for each in (told.sent if told is not None else ())
    ]
    return {**one.as_json(), "told": sent}


def _row(one: Status, told: dict[str, Told], now_unix_s: float) -> tuple[str | Text, ...]:
    due = one.due
    since_unix_s = due.overdue_since_unix_s if due else None
    return (
        one.check.name,
        show.when(since_unix_s),
        Text(units.format_duration(now_unix_s - (since_unix_s or now_unix_s)), style=show.BAD),
        show.when(one.check.last_started_unix_s) or "never",
        due.plan.schedule if due else "",
        "nobody"
        if is_new(one) and one.check.name not in told
        else _words(told.get(one.check.name)),
    )


def _words(told: Told | None) -> str:
    """Return in a few words who was told now."""
    if told is None:
        return "before"
    words = [
        each.label if each.result.kind == ACCEPTED else f"{each.label}: {each.result.why}"
        for each in told.sent
    ]
    if len(words) < told.places:  # what is owed to an endpoint goes there in its order
        words.append("later: an earlier report is owed")
    return ", ".join(words) or "nobody: it has no endpoint"
