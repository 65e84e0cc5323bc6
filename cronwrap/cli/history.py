"""``cronwrap history``."""

import json
import os
from collections import defaultdict
from typing import Any

import click
from rich.text import Text

from cronwrap.cli import show
from cronwrap.state import state_dir
from cronwrap.store import Store

HEADINGS = ("started", "check", "outcome", "exit", "duration", "CPU", "memory", "output", "why")
STYLES = {"success": "green", "fail": "bold red", "lost": "bold red", "running": "cyan"}


@click.command("history")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option(
    "--limit", "-n", metavar="N", default=50, show_default=True, help="Show so many runs."
)
@click.option("--json", "as_json", is_flag=True, help="Write a JSON array, the newest run first.")
@click.option("--state-dir", "state_dir_", metavar="DIR", help="Directory that holds the history.")
def command(checks: tuple[str, ...], limit: int, as_json: bool, state_dir_: str | None) -> None:  # noqa: FBT001 - click's
    """Show the runs that this machine remembers, the newest first.

    With CHECK, only those of the checks that are named.
    """
    chosen = state_dir_ or os.environ.get("CRONWRAP_STATE_DIR")
    store = Store(state_dir(os.environ, chosen))
    store.take_in()
    runs = store.runs(checks, limit)
    if as_json:
        click.echo(json.dumps(runs, indent=2))
    elif runs:
        show.table(HEADINGS, [_row(defaultdict(lambda: None, run)) for run in runs])
    else:
        click.echo("no run is remembered" + (f" of {', '.join(checks)}" if checks else ""))


def _row(run: dict[str, Any]) -> tuple[str | Text, ...]:
    cpu = [run["cpu_user_s"], run["cpu_system_s"]]
    return (
        show.when(run["started_unix_s"]),
        run["check"],
        Text(run["phase"], style=STYLES.get(run["phase"], "")),
        "" if run["exit_status"] is None else str(run["exit_status"]),
        show.duration(run["duration_s"]),
        show.duration(sum(cpu)) if None not in cpu else "",
        show.size(run["tree_max_rss_bytes"] or run["max_rss_bytes"]),
        show.size(run["output_bytes"]),
        _why(run),
    )


def _why(run: dict[str, Any]) -> str:
    """Return in a few words why a run did not succeed."""
    if run["phase"] in {"success", "running"}:
        return ""
    if run["phase"] == "lost":
        return "cut off: its wrapper was killed, or the machine went down"
    words = {"exit": "", "signal": run["signal"], "timeout": "timed out", "stopped": "stopped"}
    reason = run["reason"] or ""
    word = words.get(reason, reason.replace("_", " "))
    return ": ".join(part for part in (word, run["detail"]) if part)
