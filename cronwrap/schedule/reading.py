"""What the readers of all daemons share: how they say what they read and why they refuse."""

import re
from typing import NamedTuple

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
    """

    values: frozenset[int]
    oddities: tuple[Oddity, ...] = ()
    limited: bool = True
    special_days: tuple[SpecialDay, ...] = ()


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
