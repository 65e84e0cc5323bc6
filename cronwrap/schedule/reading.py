"""What the readers of all daemons share: how they say what they read and why they refuse."""

import re
from typing import NamedTuple

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity, SpecialDay

DIGITS = re.compile(r"[0-9]+")
LETTERS_AND_DIGITS = re.compile(r"[0-9A-Za-z]+")


class Reading(NamedTuple):
    """What a daemon takes one field for.

    Attributes:
        values: in the daemon's own numbers: BusyBox has a day 0, vixie's kin a weekday 7.
        oddities: with positions from the field's start.
        limited: whether the daemon counts the field as a restriction of days.
        special_days: days that depend on the month.
        before: how far before the field's first number BusyBox sets bits, as -1.
    """

    values: frozenset[int]
    oddities: tuple[Oddity, ...] = ()
    limited: bool = True
    special_days: tuple[SpecialDay, ...] = ()
    before: frozenset[int] = frozenset()


class Refused(Exception):  # noqa: N818 - a daemon's answer, which becomes a ScheduleError
    """The daemon refuses a field; positions are from the field's start."""

    def __init__(self, kind: str, start: int, end: int, **details: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.start = start
        self.end = end
        self.details = details

    def moved(self, by: int) -> "Refused":
        """Return the same of a field in which what was read begins *by* characters later."""
        return Refused(self.kind, self.start + by, self.end + by, **self.details)


class Scan:
    """A field while it is read: what is written, how far one is, and what was found."""

    def __init__(self, text: str, field: Range) -> None:
        self.text = text
        self.field = field
        self.at = 0
        self.values: set[int] = set()
        self.oddities: list[Oddity] = []

    @property
    def next(self) -> str:
        """The next character; "" at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, character: str) -> bool:
        """Go past a character if it is the next one."""
        found = self.next == character
        self.at += found
        return found

    def match(self, pattern: "re.Pattern[str]") -> str:
        """Go past what a pattern matches here, and return it."""
        found = pattern.match(self.text, self.at)
        word = found.group() if found else ""
        self.at += len(word)
        return word

    def odd(self, kind: str, start: int, detail: str) -> None:
        """Note something odd from a place up to here."""
        self.oddities.append(Oddity(kind, start, self.at, detail))

    def refused(self, kind: str, start: int, **details: object) -> Refused:
        """Return why the daemon refuses what stands between a place and here."""
        details.setdefault("word", self.text[start : self.at])
        return Refused(kind, start, self.at, **details)

    def reading(self, *, limited: bool = True) -> Reading:
        """Return what the field was taken for."""
        return Reading(frozenset(self.values), tuple(self.oddities), limited)


def c_int(digits: str) -> int:
    """Return what C's ``(int)strtol(digits)`` makes of decimal digits, overflow included.

    >>> c_int("007"), c_int("4294967297"), c_int("9" * 5000)
    (7, 1, -1)
    """
    significant = digits.lstrip("0")
    number = 2**63 - 1 if len(significant) > 19 else min(int(significant or "0"), 2**63 - 1)  # noqa: PLR2004 - digits of 2**63
    return (number + 2**31) % 2**32 - 2**31


def bad_value(text: str, at: int) -> Refused:
    """Return why the daemon cannot go on at a place: what stands there is no value."""
    end = at
    while end < len(text) and text[end] not in ",-/":
        end += 1
    word = text[at:end]
    if not word and (at == len(text) or text[at] == ","):
        return Refused("empty", max(at - 1, 0), min(at + 1, len(text)))
    if "~" in word:
        return Refused("random", at, end)
    if word in ("?", "L", "W", "LW") or re.fullmatch(r"[0-9A-Za-z]*(?:#[0-9]?|[LlWw])", word):
        return Refused("quartz", at, end, word=word)
    if word == "H":
        return Refused("jenkins", at, end)
    return Refused("bad_value", at, max(end, at + 1), word=word or text[at : at + 1])
