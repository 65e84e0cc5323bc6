"""``cronwrap history``."""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import click
from rich.text import Text

from cronwrap.cli import memory, show
from cronwrap.event import FAIL, LOG, SUCCESS
from cronwrap.store.records import GOES_ON, LOST

SCHEMA = "cronwrap-history/1"
HEADINGS = ("started", "check", "outcome", "exit", "duration", "CPU", "memory", "output", "why")
FAILED = (FAIL, LOST)
ROOMY = ("CPU", "memory", "output")
SKIPPED = "skipped"
STYLES = {LOG: show.ODD, FAIL: show.BAD, LOST: show.BAD, **dict.fromkeys(GOES_ON, show.GOING)}
NOTE_CHARS = 200


@click.command("history")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option(
    "--limit",
    "-n",
    metavar="N",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Show so many runs.",
)
@click.option("--failed", is_flag=True, help="Leave out what succeeded, was skipped or goes on.")
@memory.options
def command(
    checks: tuple[str, ...],
    *,
    limit: int,
    directory: str | None,
    chosen: str | None,
    as_json: bool,
    failed: bool,
) -> None:
    """Show the runs that this machine remembers, the newest first.

    With CHECK, only those of the checks that are named.
    """
    known = memory.recall(directory, chosen)
    runs = known.store.runs(checks, limit, FAILED if failed else ())
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "runs": runs}, indent=2))
    elif runs:
        _print(runs)
    else:
        click.echo("no run is remembered" + (f" of {', '.join(checks)}" if checks else ""))


def _print(runs: list[dict[str, Any]]) -> None:
    """Print a table, on a narrow screen without what is only good to know."""
    rows = [_row(defaultdict(lambda: None, run)) for run in runs]
    wide = show.is_wide()
    shown = [number for number, name in enumerate(HEADINGS) if wide or name not in ROOMY]
    headings = [HEADINGS[number] for number in shown]
    show.table(headings, [[row[n] for n in shown] for row in rows], below=True)


def _row(run: dict[str, Any]) -> tuple[str | Text, ...]:
    cpu = [run["cpu_user_s"], run["cpu_system_s"]]
    return (
        show.when(run["started_unix_s"]),
        run["check"],
        Text(SKIPPED if run["phase"] == LOG else run["phase"], style=STYLES.get(run["phase"], "")),
        "" if run["exit_status"] is None else str(run["exit_status"]),
        show.duration(run["duration_s"]),
        show.duration(sum(cpu)) if None not in cpu else "",
        show.size(run["tree_max_rss_bytes"] or run["max_rss_bytes"]),
        "" if run["phase"] in {LOST, *GOES_ON} else show.size(run["output_bytes"]),
        "; ".join(part for part in (why(run), said(run, NOTE_CHARS)) if part),
    )


def said(run: Mapping[str, Any], most_chars: int = sys.maxsize) -> str:
    """Return what the job itself reported of a run: its note, cut, and its numbers.

    A note that has become the reason of a failure or a warning is told there.

    >>> said({"note": "from the second mirror", "metrics": {"rows": 3}}, 16)
    'from the second…, rows=3'
    """
    note = run["note"] or ""
    if any(note in (run.get(name) or "") for name in ("detail", "warning")):
        note = ""
    cut = note if len(note) <= most_chars else f"{note[: most_chars - 1]}…"
    numbers = (f"{name}={value}" for name, value in (run["metrics"] or {}).items())
    return ", ".join([*([cut] if cut else []), *numbers])


def why(run: Mapping[str, Any]) -> str:
    """Return in a few words why a run did not succeed, or is one to look at all the same."""
    if run["phase"] in {SUCCESS, *GOES_ON}:
        waiting = f"waiting for {run['waiting_for']}" if run["waiting_for"] else ""
        return str(run["warning"] or waiting)
    if run["phase"] == LOST:
        return str(run["detail"] or "cut off: killed, or the machine went down")
    words = {"exit": "", "signal": run["signal"], "timeout": "timed out", "stopped": "stopped"}
    reason = run["reason"] or ""
    word = words.get(reason, reason.replace("_", " "))
    return ": ".join(part for part in (word, run["detail"]) if part)
