"""How BusyBox crond reads a field: ``ParseField`` of ``miscutils/crond.c``.

It refuses nothing. What it does not understand it logs, and keeps the bits that it has set; it
counts towards a range's end modulo the field's size, so ranges wrap, and an end that does not
exist is never reached: the fail-safe stops it when every bit is set. A month 0, which it counts as
-1, is the bit in memory before January: Saturday.
"""

import re

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.reading import DIGITS, Reading, Scan, c_int

_STEP = re.compile(r"[ \t-\r]*[+-]?[0-9]+")
_FAIL_SAFE = 1024
# The arrays of a line, as they follow each other in memory; days are counted from 0 on.
_SIZES = {"weekday": 7, "month": 12, "hour": 24, "day": 32, "minute": 60}
_ORDER = list(_SIZES)


def read_busybox(text: str, field: Range) -> Reading:
    """Read a field as BusyBox crond does."""
    scan = Scan(text, field)
    understood = _item(scan)
    while understood and scan.take(","):
        understood = _item(scan)
    if scan.at < len(text) or not understood:
        scan.at = len(text)
        if not any(oddity.kind == "every_value" for oddity in scan.oddities):
            scan.odd("error_logged", 0, text)
    before = frozenset(value for value in scan.values if value < 0)
    scan.values -= before
    if field.name == "month":  # its own numbers begin with 0
        scan.values = {value + 1 for value in scan.values}
    limited = len(scan.values) < _SIZES[field.name]
    return scan.reading(limited=limited)._replace(before=before)


def spill(readings: dict[str, Reading]) -> dict[str, Reading]:
    """Return what the fields are taken for when each has set bits before its own."""
    found = {name: set(reading.values) for name, reading in readings.items()}
    for name, reading in readings.items():
        for bit in reading.before:
            place, left = _ORDER.index(name), -bit
            while place and left > 0:
                place -= 1
                left -= _SIZES[_ORDER[place]]
            if left <= 0:
                found[_ORDER[place]].add(-left + (_ORDER[place] == "month"))
    return {
        name: reading._replace(
            values=frozenset(found[name]), limited=len(found[name]) < _SIZES[name]
        )
        for name, reading in readings.items()
    }


def _item(scan: Scan) -> bool:
    """Read one item; return whether it is worth to read on."""
    start, size = scan.at, _SIZES[scan.field.name]
    first = last = -1
    while True:
        if scan.take("*"):
            first, last = 0, size - 1
        else:
            number = _value(scan)
            if number is None:
                return False
            first, last = (number, last) if first < 0 else (first, number)
        if scan.next != "-" or last >= 0:
            break
        scan.at += 1
    last = first if last < 0 else last
    return _fill(scan, start, first, last, _step(scan))


def _value(scan: Scan) -> int | None:
    digits = scan.match(DIGITS)
    if digits:
        return c_int(digits) - (scan.field.name == "month")
    name = scan.text[scan.at : scan.at + 3].lower()
    if name in scan.field.names:
        scan.at += 3
        return scan.field.names.index(name)
    return None


def _step(scan: Scan) -> int:
    """Return what strtol makes of a step: 0 where there is none behind the slash."""
    if not scan.take("/"):
        return 1
    word = scan.match(_STEP).strip()
    step = c_int(word.lstrip("+-")) if word else 0
    return -step if word.startswith("-") else step


def _fill(scan: Scan, start: int, first: int, last: int, step: int) -> bool:
    """Set bits up to the last; return whether it came to an end."""
    size, until_next, here = _SIZES[scan.field.name], 1, first - 1
    for _ in range(_FAIL_SAFE - 1):
        here = (here + 1) % size if here + 1 >= 0 else here + 1  # C's remainder of -1 is -1
        until_next -= 1
        if until_next == 0:
            scan.values.add(here)
            until_next = step
        if here == last:
            break
    else:
        scan.odd("every_value", start, scan.text[start : scan.at])
        return False
    if first < 0:
        scan.odd("outside", start, f"the place before {scan.field.name} {scan.field.low}")
    elif step <= 0:
        scan.odd("step_zero", start, f"only {first}")
    elif step > max((last - first) % size, 1):
        scan.odd("step_too_large", start, f"only {first}")
    return True
