"""How values look to a person: shared by the commands, and by nothing else."""

import datetime as dt
import math
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any
from unicodedata import category

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from cronwrap import units
from cronwrap.cli import complaint
from cronwrap.run import verdict

complain = complaint.complain
WIDE = 10_000
WIDE_COLUMNS = 120
GAP = "  "  # between columns
# What can be read on black and on white in the usual palettes: green, yellow and cyan cannot, on
# white, and what is dim on neither. So what is right has no colour.
BAD, ODD, GOING = "bold red", "magenta", "bold"
COLORS = ("red", "magenta")
INDENT = "    "
BARS = "▁▂▃▄▅▆▇█"
# Unicode's categories of control and format characters, surrogates, and ends of lines.

UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


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


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str | Text]], *, below: bool = False
) -> None:
    """Print a table: ruled on a terminal, aligned columns in a pipe.

    With *below* the last column stands under its row where the screen is too narrow for both. What
    does not fit then either is folded in the widest columns.
    """
    target = console()
    cells = [[_harmless(cell) for cell in row] for row in rows]
    shown = [list(headings), *([str(cell) for cell in row] for row in cells)]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    if not target.is_terminal:
        _lines(shown, widths)
        return
    headed = [Text(heading, style="bold") for heading in headings]
    if _across(widths) <= target.width:
        _lines([headed], widths)
        click.echo("─" * _across(widths))
        _lines(cells, widths)
    else:
        _print_narrow(headed, cells, widths[:-1] if below else widths, target.width)


def _print_narrow(
    headings: Sequence[Text],
    rows: Iterable[Sequence[str | Text]],
    widths: list[int],
    screen: int,
) -> None:
    """Print what does not fit: the widest columns folded, those without a width below each row."""
    while _across(widths) > screen and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    beside = len(widths)
    _lines(_folded(headings[:beside], widths), widths)
    click.echo("─" * _across(widths))
    for row in rows:
        _lines(_folded(row[:beside], widths), widths)
        for cell in row[beside:]:
            for line in textwrap.wrap(str(cell), max(1, screen - len(INDENT))):
                click.echo(INDENT + line)


def _across(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _lines(rows: Iterable[Sequence[str | Text]], widths: Sequence[int]) -> None:
    for row in rows:
        line = "".join(
            f"{_painted(cell)}{' ' * (width - cell_len(str(cell)))}{GAP}"
            for cell, width in zip(row, widths, strict=True)
        )
        click.echo(line.rstrip())


def _folded(row: Sequence[str | Text], widths: Sequence[int]) -> Iterable[Sequence[str | Text]]:
    """Return *row* as rows whose cells are not wider than *widths*."""
    pieces = [
        (cell,)
        if cell_len(str(cell)) <= width
        else (cell if isinstance(cell, Text) else Text(cell)).wrap(
            console(), width, overflow="fold"
        )
        for cell, width in zip(row, widths, strict=True)
    ]
    return zip_longest(*pieces, fillvalue="")


def _painted(cell: str | Text) -> str:
    words = str(cell.style).split() if isinstance(cell, Text) and str(cell) else []
    if not words or os.environ.get("TERM") in {"dumb", "unknown"}:
        return str(cell)
    color = next(
        (word for word in words if word in COLORS and not os.environ.get("NO_COLOR")), None
    )
    bold = "bold" in words
    return click.style(str(cell), fg=color, bold=bold or None) if color or bold else str(cell)


def _harmless(cell: str | Text) -> str | Text:
    return (
        Text(harmless(cell.plain), style=cell.style) if isinstance(cell, Text) else harmless(cell)
    )


def harmless(text: str, kept: str = "") -> str:
    r"""Return *text* with what a terminal would act upon written out, but for what is *kept*.

    Names, commands and output are whatever somebody wrote: escape sequences would change the
    screen or the keyboard, and marks of direction would show a line in another order.

    >>> harmless("a\x1b[2Jb\u202ec")
    'a\\x1b[2Jb\\u202ec'
    """
    if text.isprintable():  # nothing of UNSAFE is
        return text
    return "".join(
        char
        if char in kept or category(char) not in UNSAFE
        else char.encode("unicode_escape").decode()
        for char in text
    )


def when(unix_s: float | None) -> str:
    """Return a time of day on this machine's clock, with its date."""
    if unix_s is None:
        return ""
    try:
        return dt.datetime.fromtimestamp(unix_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"{unix_s:.0f}"  # a clock that was far off, or a damaged record


def ago(unix_s: float | None, now_unix_s: float) -> str:
    """Return how long ago a time was, or in how long it will be, in its largest unit."""
    if unix_s is None:
        return ""
    span = short(abs(now_unix_s - unix_s))
    return f"{span} ago" if unix_s <= now_unix_s else f"in {span}"


def short(seconds: float | None) -> str:
    """Return a duration in its largest unit, where there is room for no more.

    >>> short(4000.0), short(59.9), short(0.004)
    ('1 h', '59 s', '0.004 s')
    """
    if seconds is None:
        return ""
    number, unit, *_ = units.format_duration(seconds).split(" ")
    return f"{number if seconds < 1 else number.partition('.')[0]} {unit}"


def is_wide() -> bool:
    """Tell whether there is room for what is good to know: on a wide screen, and in a pipe."""
    target = console()
    return not target.is_terminal or target.width >= WIDE_COLUMNS


def sparkline(values: Sequence[float | None]) -> str:
    """Return bars as high as *values*, the highest as high as can be; a cross where there is none.

    >>> sparkline([1.0, 2.0, None, 4.0])
    '▂▄✗█'
    """
    highest = max((value for value in values if value is not None), default=0.0)
    return "".join(
        "✗"
        if value is None
        else BARS[min(7, max(0, math.ceil(8 * value / highest) - 1)) if highest else 0]
        for value in values
    )


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
    writers: dict[str, Callable[[Any], str]] = {
        "duration": lambda seconds: units.format_duration(seconds).replace(".0 ", " "),
        "size": units.format_size,
        "signal": units.signal_name,
        "umask": lambda mask: f"{mask:03o}",
        "flag": lambda flag: str(flag).lower(),
        "ionice": lambda pair: f"{['none', 'realtime', 'best-effort', 'idle'][pair[0]]}:{pair[1]}",
        "overlap": lambda pair: (
            pair[0] + (f"={units.format_duration(pair[1])}" if pair[1] is not None else "")
        ),
        "tag": "=".join,
        "pattern": "=".join,
        "codes": verdict.format_codes,
        "expectation": verdict.format_expectation,
    }
    return str(writers.get(option_kind, str)(given))
