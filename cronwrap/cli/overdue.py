"""``cronwrap overdue``: find the runs that are missing, and tell of each once."""

import json
import time
from typing import Any

import click
from rich.text import Text

from cronwrap import units
from cronwrap.cli import memory, show
from cronwrap.deliver.outbox import Sent
from cronwrap.services.base import ACCEPTED
from cronwrap.watch.due import Plan
from cronwrap.watch.overdue import is_new, overdue, report
from cronwrap.watch.status import Status

SCHEMA = "cronwrap-overdue/1"
HEADINGS = ("overdue", "since", "late", "last run", "schedule", "told")


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
    found = overdue(known.store, plans, memory.names(checks), now_unix_s)
    told: dict[str, list[Sent]] = {}
    for one in found:
        if not dry_run and is_new(one):
            plan = plans.get(one.check.name, Plan())
            told[one.check.name] = list(report(known.store, known.directory, one, plan, now_unix_s))
    if as_json:
        shown = [_as_json(one, told.get(one.check.name, [])) for one in found]
        click.echo(json.dumps({"schema": SCHEMA, "overdue": shown}, indent=2))
    elif found:
        show.table(HEADINGS, [_row(one, told, now_unix_s) for one in found])
    raise SystemExit(1 if found else 0)


def _as_json(one: Status, told: list[Sent]) -> dict[str, Any]:
    sent = [
        {"endpoint": each.label, "outcome": each.result.kind, "why": each.result.why}
        for each in told
    ]
    return {**one.as_json(), "told": sent}


def _row(one: Status, told: dict[str, list[Sent]], now_unix_s: float) -> tuple[str | Text, ...]:
    due = one.due
    since_unix_s = due.overdue_since_unix_s if due else None
    return (
        one.check.name,
        show.when(since_unix_s),
        Text(units.format_duration(now_unix_s - (since_unix_s or now_unix_s)), style="bold red"),
        show.when(one.check.last_started_unix_s) or "never",
        due.plan.schedule if due else "",
        _told(told.get(one.check.name)),
    )


def _told(sent: list[Sent] | None) -> str:
    """Return in a few words who was told now."""
    if sent is None:
        return "before"
    words = [
        each.label if each.result.kind == ACCEPTED else f"{each.label}: {each.result.why}"
        for each in sent
    ]
    return ", ".join(words) or "nobody: it has no endpoint"
