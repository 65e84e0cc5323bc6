"""How values look to a person: shared by the commands, and by nothing else."""

import datetime as dt
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cronwrap import units

WIDE = 10_000


def console() -> Console:
    """Return the console to print on: as wide as its line where it is no terminal."""
    terminal = sys.stdout.isatty()
    return Console(
        width=None if terminal else WIDE,
        highlight=False,
        markup=False,  # a check may be named [red] or :bug:
        emoji=False,
        soft_wrap=not terminal,
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table: ruled on a terminal, aligned columns in a pipe."""
    target = console()
    ruled = box.SIMPLE_HEAD if target.is_terminal else None
    shown = Table(box=ruled, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold", no_wrap=not target.is_terminal)
    for row in rows:
        shown.add_row(*row)
    if target.is_terminal:
        target.print(shown)
        return
    with target.capture() as captured:
        target.print(shown)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def when(unix_s: float | None) -> str:
    """Return a time of day on this machine's clock, with its date."""
    if unix_s is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"{unix_s:.0f}"  # a clock that was far off, or a damaged record


def duration(seconds: float | None) -> str:
    """Return a duration, or nothing where none is known."""
    return "" if seconds is None else units.format_duration(seconds)


def size(count_bytes: int | None) -> str:
    """Return a size, or nothing where none is known."""
    return "" if count_bytes is None else units.format_size(count_bytes)


def value(option_kind: str, given: Any) -> str:
    """Return the value of an option as it would be written."""
    if given is None or given == []:
        return ""
    if isinstance(given, list):
        return ", ".join(value(option_kind, one) for one in given)
    writers = {
        "duration": lambda seconds: units.format_duration(seconds).replace(".0 ", " "),
        "size": units.format_size,
        "signal": units.signal_name,
        "umask": lambda mask: f"{mask:03o}",
        "flag": lambda flag: str(flag).lower(),
        "ionice": lambda pair: f"{['none', 'realtime', 'best-effort', 'idle'][pair[0]]}:{pair[1]}",
        "tag": "=".join,
    }
    return str(writers.get(option_kind, str)(given))


def complain(message: str, hint: str = "") -> None:
    """Tell of a mistake on standard error."""
    text = f"cronwrap: {message}\n" + (f"cronwrap: hint: {hint}\n" if hint else "")
    os.write(2, text.encode(errors="backslashreplace"))
