"""``cronwrap status``: how each check is; of one that is named alone, all that is known."""

import json
import time
from collections import defaultdict
from typing import Any

import click
from rich.text import Text

from cronwrap import units
from cronwrap.cli import history, memory, running, show
from cronwrap.event import LOG, SUCCESS
from cronwrap.state import WAITING
from cronwrap.store import Store
from cronwrap.store.records import RUNNING
from cronwrap.watch.due import Due
from cronwrap.watch.living import Living
from cronwrap.watch.status import (
    FAILED,
    OVERDUE,
    PAUSED,
    SKIPPED,
    Status,
    statuses,
)
from cronwrap.watch.usual import Usual, usual

SCHEMA = "cronwrap-status/1"
HEADINGS = ("check", "state", "last run", "took", "recent", "exit", "next", "owed")
STYLES = {
    RUNNING: show.GOING, WAITING: show.GOING, PAUSED: show.ODD, SKIPPED: show.ODD,
    OVERDUE: show.BAD, FAILED: show.BAD, "lost": show.BAD,
}  # fmt: skip
RECENT, RECENT_NARROW = 20, 8
SUCCESSES = 1000


@click.command("status")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@memory.options
def command(
    checks: tuple[str, ...], directory: str | None, chosen: str | None, *, as_json: bool
) -> None:
    """Show how each check is: its last run, whether it runs now, and when it is due.

    With one CHECK, all that is known of it, with what its runs say of a timeout and a grace.
    """
    known = memory.recall(directory, chosen)
    names = memory.names(checks)
    now_unix_s = time.time()
    found = statuses(known.store, known.plans, names, now_unix_s)
    missing = sorted(set(names) - {one.check.name for one in found})
    if as_json:
        click.echo(json.dumps(_as_json(found, known.store, names), indent=2))
    elif len(names) == 1 and found:
        _print_one(found[0], known.store.runs(names, SUCCESSES), now_unix_s)
    elif found:
        _print_all(found, now_unix_s)
    elif not names:
        click.echo("no check is known yet: run one with cronwrap --check NAME -- COMMAND")
    for name in missing:
        show.complain(f"nothing is known of a check {show.harmless(name)!r}")
    raise SystemExit(1 if missing else 0)


def _as_json(found: list[Status], store: Store, names: tuple[str, ...]) -> dict[str, Any]:
    shown = []
    for one in found:
        facts = one.as_json()
        if names:
            usually = _usual(store.runs((one.check.name,), SUCCESSES))
            facts["usual"] = usually._asdict() if usually else None
        shown.append(facts)
    return {"schema": SCHEMA, "checks": shown}


def _usual(runs: list[dict[str, Any]]) -> Usual | None:
    return usual(
        [run["duration_s"] for run in runs if run["phase"] == SUCCESS and run["duration_s"]]
    )


def _print_all(found: list[Status], now_unix_s: float) -> None:
    wide = show.is_wide()
    show.table(HEADINGS, [_row(one, now_unix_s, wide=wide) for one in found])
    going_on = [run for one in found for run in one.running]
    if going_on:
        click.echo()
        show.table(*running.rows(going_on), below=True)


def _row(one: Status, now_unix_s: float, *, wide: bool) -> tuple[str | Text, ...]:
    check = one.check
    exit_status = "" if check.last_exit_status is None else str(check.last_exit_status)
    last = check.last_started_unix_s
    return (
        check.name,
        Text(_state(one), style=STYLES.get(one.state, "")),
        show.when(last) if wide else show.ago(last, now_unix_s),
        (show.duration if wide else show.short)(check.last_duration_s),
        _recent(one, RECENT if wide else RECENT_NARROW),
        exit_status,
        _next(one.due, now_unix_s, wide=wide),
        str(one.owed) if one.owed else "",
    )


def _state(one: Status) -> str:
    times = {FAILED: one.check.failures, SKIPPED: one.check.skips}.get(one.state, 0)
    return f"{one.state} x{times}" if times > 1 else one.state


def _recent(one: Status, most: int) -> str:
    return show.sparkline(
        [duration_s if letter == "s" else None for letter, duration_s in one.check.recent[-most:]]
    )


def _next(due: Due | None, now_unix_s: float, *, wide: bool) -> Text:
    if due is None:
        return Text()
    if due.problem:
        return Text("schedule not understood" if wide else "bad schedule", style=show.BAD)
    if due.overdue_since_unix_s is not None:
        late = (show.duration if wide else show.short)(now_unix_s - due.overdue_since_unix_s)
        return Text(f"{late} late", style=show.BAD)
    if due.next_unix_s is None:
        return Text("never", style=show.BAD)
    return Text(show.when(due.next_unix_s) if wide else show.ago(due.next_unix_s, now_unix_s))


def _print_one(one: Status, runs: list[dict[str, Any]], now_unix_s: float) -> None:
    """Print all that is known of a check, a line for each fact."""
    check, due = one.check, one.due
    facts: list[tuple[str, str]] = [("state", _state(one))]
    facts += [(run.state, _running(run)) for run in one.running]
    facts += [("paused", str(one.paused))] if one.paused else []
    if check.last_run_id:
        facts += [
            ("last run", f"{show.when(check.last_started_unix_s)}, {_outcome(one)}"),
            *_said(next((run for run in runs if run["run_id"] == check.last_run_id), {})),
            ("run id", check.last_run_id),
            ("last success", _time(check.last_success_unix_s, now_unix_s) or "none is known"),
            ("recent", _recent(one, RECENT)),
        ]
    facts += [("first seen", _time(check.first_seen_unix_s, now_unix_s))]
    if due is not None:
        facts += _due(due, now_unix_s)
    if usually := _usual(runs):
        facts += _durations(usually)
    if one.owed:
        reports = "1 report; `cronwrap flush` sends it"
        if one.owed > 1:
            reports = f"{one.owed} reports; `cronwrap flush` sends them"
        facts.append(("owed", reports))
    click.echo(show.harmless(check.name))
    for name, text in facts:
        click.echo(f"  {name:13} {show.harmless(text)}")


def _time(unix_s: float | None, now_unix_s: float) -> str:
    return f"{show.when(unix_s)}, {show.ago(unix_s, now_unix_s)}" if unix_s else ""


def _running(run: Living) -> str:
    words = [f"pid {run.pid}", f"for {show.duration(run.elapsed_s)}", show.size(run.memory_bytes)]
    return ", ".join(filter(None, [*words, f"run {run.run_id}", running.waiting(run)]))


def _outcome(one: Status) -> str:
    check = one.check
    words = [SKIPPED if check.last_phase == LOG else check.last_phase]
    if check.last_reason not in {"", "exit", check.last_phase}:
        words.append(check.last_reason.replace("_", " "))
    if check.last_exit_status is not None:
        words.append(f"exit status {check.last_exit_status}")
    if check.last_duration_s is not None:
        words.append(f"after {show.duration(check.last_duration_s)}")
    return ", ".join(words)


def _said(run: dict[str, Any]) -> list[tuple[str, str]]:
    """Return why a run did not succeed, or is one to look at, and what its job has reported."""
    known = defaultdict(lambda: None, run)
    told = (("why", history.why(known)), ("reported", history.said(known)))
    return [(name, text) for name, text in told if text]


def _due(due: Due, now_unix_s: float) -> list[tuple[str, str]]:
    grace = units.format_duration(due.plan.grace_s)
    zone = f" {due.plan.timezone}" if due.plan.timezone else ""
    facts = [("schedule", f"{due.plan.schedule}{zone}, grace {grace}")]
    if due.problem:
        return [*facts, ("", f"not understood: {due.problem}")]
    facts.append(("next run", _time(due.next_unix_s, now_unix_s) or "never"))
    if due.overdue_since_unix_s is not None:
        facts.append(("overdue", f"since {_time(due.overdue_since_unix_s, now_unix_s)}"))
    return facts


def _durations(usually: Usual) -> list[tuple[str, str]]:
    median, p95 = show.duration(usually.median_s), show.duration(usually.p95_s)
    longest = show.duration(usually.longest_s)
    runs = "1 success" if usually.runs == 1 else f"{usually.runs} successes"
    facts = [("duration", f"median {median}, 95th percentile {p95}, longest {longest}, of {runs}")]
    if usually.timeout_s is not None and usually.grace_s is not None:
        limits = (usually.timeout_s, usually.grace_s)
        timeout, grace = (units.format_duration(limit_s) for limit_s in limits)
        facts.append(("suggested", f"timeout {timeout}, grace {grace}"))
    return facts
