"""How BusyBox crond reads a field: ``ParseField`` of ``miscutils/crond.c``.

It refuses nothing. What it does not understand it logs, and keeps the bits that it has set; it
counts towards a range's end modulo the field's size, so ranges wrap, and an end that does not
exist is never reached: the fail-safe stops it when every bit is set.
"""

import re

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity
from cronwrap.schedule.reading import DIGITS, Reading, c_int

_STEP = re.compile(r"[ \t-\r]*([+-]?)([0-9]+)")
_FAIL_SAFE = 1024
_SIZES = {"minute": 60, "hour": 24, "day": 32, "month": 12, "weekday": 7}  # days from 0 on


class _Unreadable(Exception):  # noqa: N818 - not an error: the daemon goes on
    """It stops reading the field here."""


def read_busybox(text: str, field: Range) -> Reading:
    """Read a field as BusyBox crond does; months are counted from 1, as everywhere."""
    bits: set[int] = set()
    oddities: list[Oddity] = []
    at = 0
    try:
        at = _item(text, at, field, bits, oddities)
        while text[at : at + 1] == ",":
            at += 1
            at = _item(text, at, field, bits, oddities)
        if at < len(text):
            raise _Unreadable
    except _Unreadable:
        oddities.append(Oddity("error_logged", 0, len(text), text))
    shift = 1 if field.name == "month" else 0
    return Reading(
        frozenset(bit + shift for bit in bits),
        tuple(oddities),
        limited=len(bits) < _SIZES[field.name],
    )


def _item(text: str, at: int, field: Range, bits: set[int], oddities: list[Oddity]) -> int:
    size, start = _SIZES[field.name], at
    first = last = -1
    while True:
        if text[at : at + 1] == "*":
            first, last, at = 0, size - 1, at + 1
        else:
            number, at = _value(text, at, field)
            if first < 0:
                first = number
            else:
                last = number
        if text[at : at + 1] != "-" or last >= 0:
            break
        at += 1
    if last < 0:
        last = first
    step = 1
    if text[at : at + 1] == "/":
        step, at = _step(text, at + 1)
    _fill(text, (start, at), (first, last, step), size, bits, oddities)
    return at


def _value(text: str, at: int, field: Range) -> tuple[int, int]:
    digits = DIGITS.match(text, at)
    if digits is not None:
        return c_int(digits.group()) - (field.name == "month"), digits.end()
    name = text[at : at + 3].lower()
    if name in field.names:
        return field.names.index(name), at + 3
    raise _Unreadable


def _step(text: str, at: int) -> tuple[int, int]:
    """Return what strtol makes of a step; 0, and no character read, where there is none."""
    match = _STEP.match(text, at)
    if match is None:
        return 0, at
    step = c_int(match[2])
    return (-step if match[1] == "-" else step), match.end()


def _fill(
    text: str,
    place: tuple[int, int],
    span: tuple[int, int, int],
    size: int,
    bits: set[int],
    oddities: list[Oddity],
) -> None:
    (start, end), (first, last, step) = place, span
    until_next, here = 1, first - 1
    for _ in range(_FAIL_SAFE - 1):
        here = (here + 1) % size if here + 1 >= 0 else here + 1
        until_next -= 1
        if until_next == 0:
            if here >= 0:
                bits.add(here)
            until_next = step
        if here == last:
            break
    else:
        oddities.append(Oddity("every_value", start, end, text[start:end]))
        raise _Unreadable
    if step <= 0:
        oddities.append(Oddity("step_zero", start, end, f"only {first}"))
    elif step > max((last - first) % size, 1):
        oddities.append(Oddity("step_too_large", start, end, f"only {first}"))
