"""``cronwrap running`` and ``cronwrap kill``: the runs that go on now."""

import json
import signal
from collections.abc import Sequence

import click
from rich.text import Text

from cronwrap import units
from cronwrap.cli import memory, show
from cronwrap.watch.living import Living, end, living, still_goes_on, wait

SCHEMA = "cronwrap-running/1"
KILL_SCHEMA = "cronwrap-kill/1"
HEADINGS = ("running", "pid", "since", "elapsed", "memory", "run", "command")
ID_CHARACTERS = 8


@click.command("running")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@memory.options
def command(
    checks: tuple[str, ...], directory: str | None, chosen: str | None, *, as_json: bool
) -> None:
    """Show the runs that go on now, of all checks or of each CHECK; exit 1 when there is none."""
    known = memory.recall(directory, chosen)
    found = living(known.store, memory.names(checks))
    if as_json:
        runs = [run.as_json() for run in found]
        click.echo(json.dumps({"schema": SCHEMA, "runs": runs}, indent=2))
    elif found:
        show.table(*rows(found), below=True)
    else:
        click.echo("nothing runs now" + (f" of {', '.join(checks)}" if checks else ""))
    raise SystemExit(0 if found else 1)


def rows(found: Sequence[Living]) -> tuple[Sequence[str], list[Sequence[str | Text]]]:
    """Return headings and rows of a table of runs; on a narrow screen without when they began."""
    shown: list[Sequence[str | Text]] = [
        (
            run.check,
            str(run.pid or ""),
            show.when(run.started_unix_s),
            show.duration(run.elapsed_s),
            show.size(run.memory_bytes),
            run.run_id[:ID_CHARACTERS],
            ": ".join(filter(None, (waiting(run), str(run.facts.get("command", ""))))),
        )
        for run in found
    ]
    if show.is_wide():
        return HEADINGS, shown
    return (*HEADINGS[:2], *HEADINGS[3:]), [(*row[:2], *row[3:]) for row in shown]


def waiting(run: Living) -> str:
    """Return what a run waits for and until when, "" where it does not wait."""
    until = f" until {show.when(run.waiting_until_unix_s)}" if run.waiting_until_unix_s else ""
    return f"waiting{until} for {run.waiting_for}" if run.waiting_for else ""


@click.command("kill")
@click.argument("checks", metavar="CHECK...", nargs=-1, required=True)
@click.option("--run", "run_id", metavar="ID", default="", help="End only this run of them.")
@click.option(
    "--wait",
    "limit",
    metavar="DURATION",
    default="1m",
    show_default=True,
    help="Wait so long for the end.",
)
@memory.options
def kill_command(
    checks: tuple[str, ...],
    run_id: str,
    limit: str,
    directory: str | None,
    chosen: str | None,
    *,
    as_json: bool,
) -> None:
    """End the runs of each CHECK that go on, as their timeout would, and wait until they are over.

    The job and all of its processes get TERM, and KILL after the run's own --kill-after; the run
    is reported and recorded as stopped. One that waits for its start never starts. Exit status 1: nothing ran, or it has not ended in time.
    """
    try:
        limit_s = units.parse_duration(limit)
    except ValueError as error:
        raise click.BadParameter(f"{limit!r} {error}", param_hint="--wait") from error
    known = memory.recall(directory, chosen)
    found = [
        run for run in living(known.store, memory.names(checks)) if run.run_id.startswith(run_id)
    ]
    told = [run for run in found if end(known.store, run, signal.SIGTERM)]
    wait(lambda: not any(still_goes_on(known.store, run) for run in told), limit_s)
    left = {run.run_id for run in told if still_goes_on(known.store, run)}
    if as_json:
        ended = [{**run.as_json(), "ended": run.run_id not in left} for run in told]
        click.echo(json.dumps({"schema": KILL_SCHEMA, "runs": ended}, indent=2))
    else:
        _say(told, left, checks, limit_s)
    raise SystemExit(0 if told and not left else 1)


def _say(told: list[Living], left: set[str], checks: tuple[str, ...], limit_s: float) -> None:
    for run in told:
        who = f"{show.harmless(run.check)}: run {run.run_id[:ID_CHARACTERS]}, pid {run.pid}"
        after = f"goes on after {units.format_duration(limit_s)}"
        click.echo(f"{who}: {after if run.run_id in left else 'ended'}")
    if not told:
        click.echo(f"nothing runs now of {show.harmless(', '.join(checks))}")
