"""For people: each finding with its line and a mark under the offence."""

from collections.abc import Sequence
from typing import NamedTuple

from cronwrap.lint import mask
from cronwrap.lint.finding import Finding

WIDTH = 110  # of what is shown of a line
_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36"}


class _Part(NamedTuple):
    """What is shown of a line, and from which column to before which the mark goes."""

    text: str
    start: int
    end: int


def text(findings: Sequence[Finding], paths: Sequence[str], *, colour: bool = False) -> str:  # noqa: ARG001 - as each format
    """Return the findings as blocks of lines."""
    return "\n".join(_block(finding, colour=colour) for finding in findings)


def _block(finding: Finding, *, colour: bool) -> str:
    def paint(words: str, code: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if colour and words else words

    place, colour_code = finding.location, _COLOURS[finding.severity]
    part = _part(finding)
    margin = " " * len(str(place.line))
    head = f"{mask.printable(finding.path)}:{place.line}:{place.column}: "
    code = f"[{finding.rule.code} {finding.rule.name}]"
    carets = "^" * max(1, part.end - part.start)
    rows = [
        f"{head}{paint(finding.severity, colour_code)}: {paint(finding.message, '1')} {code}",
        f"  {place.line} | {part.text}",
        f"  {margin} | {' ' * part.start}{paint(carets, colour_code)}",
    ]
    fix = finding.found.fix
    hint = finding.hint + (" (--fix does)" if fix and fix.safe else "")
    rows += [f"  {margin} = {hint}"] if finding.hint else []
    return "\n".join(rows) + "\n"


def _part(finding: Finding) -> _Part:
    """Return what is shown of the line: around the offence, where it is long."""
    place = finding.location
    shown = mask.printable(mask.line(finding.line))
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(shown)
    first = 0
    if len(shown) > WIDTH:
        first = max(0, min(start - WIDTH // 3, len(shown) - WIDTH))
        before, after = "…" if first else "", "…" if first + WIDTH < len(shown) else ""
        shown = before + shown[first + len(before) : first + WIDTH - len(after)] + after
    return _Part(shown, start - first, min(end - first, len(shown)))
