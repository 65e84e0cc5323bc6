"""For people: each finding with its line and a mark under the offence."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from cronwrap.lint import mask
from cronwrap.lint.crontab import Job
from cronwrap.lint.finding import Finding
from cronwrap.lint.formats import shown

_ABOUT_SCHEDULES = "CW2"
WIDTH = 110  # of what is shown of a line, where nothing says how much there is room for
_LEAST_WIDTH = 40
_COLOURS = {"error": "1;31", "warning": "1;35", "info": "1"}  # as readable on white as on black


class _Part(NamedTuple):
    """What is shown of a line, and from which column to before which the mark goes."""

    text: str
    start: int
    end: int


def text(
    findings: Sequence[Finding],
    paths: Sequence[str],  # noqa: ARG001 - as each format
    *,
    colour: bool = False,
    now: datetime | None = None,
    columns: int = 0,
) -> str:
    """Return the findings as blocks of lines.

    With *now*, an aware time, those about schedules show the next runs; what a program reads must
    not differ from day to day. With *columns*, a terminal's, what is shown of a line fits in.
    """

    def show(finding: Finding) -> str:
        frame = len(f"  {finding.location.line} | ")
        width = max(columns - frame, _LEAST_WIDTH) if columns else WIDTH
        return _block(finding, _part(finding, width), colour=colour, now=now)

    return "\n".join(shown(findings, show))


def _next_runs(finding: Finding, now: datetime) -> str:
    """Return the next runs of the job that a finding about a schedule is about, else ""."""
    from cronwrap.schedule import runs

    job = finding.line
    if not finding.rule.code.startswith(_ABOUT_SCHEDULES) or not isinstance(job, Job):
        return ""
    if job.schedule is None or job.schedule.never or job.schedule.reboot:
        return ""
    return ", ".join(f"{run.when:%a %Y-%m-%d %H:%M}" for run in islice(runs(job.schedule, now), 3))


def _block(finding: Finding, part: _Part, *, colour: bool, now: datetime | None) -> str:
    def paint(words: str, code: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if colour and words else words

    place, colour_code = finding.location, _COLOURS[finding.severity]
    margin = " " * len(str(place.line))
    head = f"{mask.printable(finding.path)}:{place.line}:{place.column}: "
    code = f"[{finding.rule.code} {finding.rule.name}]"
    blanks = " " * _cells(part.text[: part.start])
    carets = "^" * max(1, _cells(part.text[part.start : part.end]))
    rows = [
        f"{head}{paint(finding.severity, colour_code)}: {paint(finding.message, '1')} {code}",
        f"  {place.line} | {part.text}",
        f"  {margin} | {blanks}{paint(carets, colour_code)}",
    ]
    fix = finding.found.fix
    hint = finding.hint + (" (--fix does)" if fix and fix.safe else "")
    rows += [f"  {margin} = {hint}"] if finding.hint else []
    upcoming = _next_runs(finding, now) if now is not None else ""
    rows += [f"  {margin} = next runs: {upcoming}"] if upcoming else []
    return "\n".join(rows) + "\n"


def _cells(text: str) -> int:
    """Return how many columns of a terminal *text* takes.

    >>> _cells("echo"), _cells("日本"), _cells("e\u0301")
    (4, 4, 1)
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def _part(finding: Finding, width: int) -> _Part:
    """Return what is shown of the line: around the offence, where it is long."""
    place = finding.location
    shown = mask.printable(mask.line(finding.line))
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(shown)
    first = 0
    if len(shown) > width:
        first = max(0, min(start - width // 3, len(shown) - width))
        before, after = "…" if first else "", "…" if first + width < len(shown) else ""
        shown = before + shown[first + len(before) : first + width - len(after)] + after
    return _Part(shown, start - first, min(end - first, len(shown)))
