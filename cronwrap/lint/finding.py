"""What is told: a rule, what it found, and where that stands for people and machines."""

from functools import lru_cache
from typing import NamedTuple

from cronwrap.lint import mask
from cronwrap.lint.crontab import Crontab, Found, Line
from cronwrap.lint.rule import Rule


class Location(NamedTuple):
    """Lines and columns, from 1; columns count characters, the end is the first one after."""

    line: int
    column: int
    end_line: int
    end_column: int


class Finding(NamedTuple):
    """A rule, how bad it is here, and what it found."""

    rule: Rule
    severity: str
    found: Found

    @property
    def path(self) -> str:
        """The file, as it was named."""
        return self.found.file.path

    @property
    def line(self) -> Line:
        """The line that it begins in."""
        return self.found.file.line_at(self.found.start)

    @property
    def location(self) -> Location:
        """Where it stands."""
        return locate(self.found.file, self.found.start, self.found.end)

    @property
    def message(self) -> str:
        """What is wrong, without secrets."""
        return _clean(self.found.message, self.line)

    @property
    def hint(self) -> str:
        """What to write instead, without secrets."""
        return _clean(self.found.hint, self.line)


def locate(file: Crontab, start: int, end: int) -> Location:
    """Return where the bytes from *start* to before *end* of *file* stand."""
    first = file.line_at(start)
    last = first if end <= first.end else file.line_at(end - 1)
    return Location(
        first.number, _column(first, start), last.number, _column(last, min(end, last.end))
    )


def _column(line: Line, place: int) -> int:
    before = line.file.data[line.start : max(line.start, place)]
    return len(before.decode(errors="replace")) + 1


@lru_cache(maxsize=1024)
def _clean(text: str, line: Line) -> str:
    return mask.printable(mask.words(text, line)) if text else ""
