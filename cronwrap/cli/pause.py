"""``cronwrap pause`` and ``cronwrap resume``: have the runs of checks skipped for a time."""

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from functools import partial

import click

from cronwrap import units
from cronwrap.cli import memory, show
from cronwrap.errors import UsageError
from cronwrap.run import pause
from cronwrap.state import state_dir

SCHEMA = "cronwrap-pause/1"
ALL = ""  # as run/pause.py names it
TIMES = "write 2h, 18:00 or '2026-12-24 18:00'"


@click.command("pause")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option("--until", metavar="TIME", help="For a time such as 2h, or until 18:00 or a date.")
@click.option("--all", "everything", is_flag=True, help="Pause all checks.")
@memory.JSON
@memory.STATE_DIR
def command(
    checks: tuple[str, ...],
    *,
    until: str | None,
    everything: bool,
    directory: str | None,
    as_json: bool,
) -> None:
    """Have the runs of each CHECK skipped, until `cronwrap resume`; alone, show what is paused.

    Such a run is recorded, and reported as a log; its exit status is 0. What runs now goes on.
    """
    names = _names(checks, everything=everything)
    if until is not None and not names:
        raise click.UsageError("what to pause until then? name checks, or give --all")
    where = _directory(directory)
    now_unix_s = time.time()
    until_unix_s = None if until is None else _time(until, now_unix_s)
    for name in names:
        one = pause.Pause(name, now_unix_s, until_unix_s)
        _change(where, partial(pause.begin, where, one))
    found = pause.every(where, now_unix_s)
    _show(found, as_json=as_json)
    if not found and not as_json:
        click.echo("nothing is paused")


@click.command("resume")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Resume all that is paused.")
@memory.JSON
@memory.STATE_DIR
def resume_command(
    checks: tuple[str, ...], *, everything: bool, directory: str | None, as_json: bool
) -> None:
    """Let the runs of each CHECK start again; exit 1 when none of them was paused.

    With --all neither the switch of all checks nor any check's own pause is left.
    """
    where = _directory(directory)
    now_unix_s = time.time()
    names = _names(checks, everything=everything)
    if not names:
        raise click.UsageError("what to resume? name checks, or give --all")
    if everything:
        names = (ALL, *(one.check for one in pause.every(where, now_unix_s) if one.check))
    ended = [name for name in names if _change(where, partial(pause.end, where, name))]
    left = pause.every(where, now_unix_s)
    if not ended and not as_json:
        click.echo("nothing was paused" if everything else f"not paused: {_listed(names)}")
    _show(left, as_json=as_json)
    raise SystemExit(0 if ended else 1)


def _names(checks: tuple[str, ...], *, everything: bool) -> tuple[str, ...]:
    if everything and checks:
        raise click.UsageError("--all is all checks: name none beside it")
    if "" in checks:
        raise click.UsageError("the name of a check is empty: is a variable not set?")
    return (ALL,) if everything else checks


def _directory(chosen: str | None) -> str:
    return state_dir(os.environ, chosen or os.environ.get("CRONWRAP_STATE_DIR"))


def _change(where: str, change: Callable[[], bool | None]) -> bool:
    try:
        return bool(change())
    except OSError as error:
        hint = "pauses are kept in the state directory; see --state-dir"
        raise UsageError(f"cannot write to {where}: {error.strerror}", hint=hint) from error


def _listed(names: tuple[str, ...]) -> str:
    return show.harmless(", ".join(names))


def _show(found: list[pause.Pause], *, as_json: bool) -> None:
    if as_json:
        paused = [
            {
                "check": one.check or None,
                "since_unix_s": one.since_unix_s,
                "until_unix_s": one.until_unix_s,
            }
            for one in found
        ]
        click.echo(json.dumps({"schema": SCHEMA, "paused": paused}, indent=2))
        return
    for one in found:
        who = f"{show.harmless(one.check)}: " if one.check else ""
        click.echo(f"{who}{one}")


def _time(text: str, now_unix_s: float) -> float:
    """Return the time that *text* names: a duration from now, a time of day, a date and time."""
    try:
        found_unix_s = now_unix_s + units.parse_duration(text)
    except ValueError:
        found_unix_s = _clock_time(text, now_unix_s)
    if found_unix_s <= now_unix_s:
        raise click.BadParameter(f"{text!r} is over already", param_hint="--until")
    return found_unix_s


def _clock_time(text: str, now_unix_s: float) -> float:
    try:
        time_of_day = dt.time.fromisoformat(text)
    except ValueError:
        return _date(text)
    day = dt.datetime.fromtimestamp(now_unix_s).astimezone().date()
    found = dt.datetime.combine(day, time_of_day).astimezone()
    if found.timestamp() <= now_unix_s:
        found = dt.datetime.combine(day + dt.timedelta(days=1), time_of_day).astimezone()
    return found.timestamp()


def _date(text: str) -> float:
    try:
        return dt.datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is no time: {TIMES}", param_hint="--until") from None
