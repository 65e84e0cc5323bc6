"""How systemd-cron 2.5 reads a field, to write an ``OnCalendar=`` from it.

Measured, and so in ``systemd-crontab-generator.cpp``: ``sun`` as the end of a range is 7, and a
day alone is a range from itself to itself, so that ``sun`` alone is 0 to 7: every day. A name of
a month is refused, because the flag of the failed try to read it as a number stays up.
"""

import re

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import SpecialDay
from cronwrap.schedule.reading import Reading, Refused, Scan, bad_value

_ITEM = re.compile("[^,]+")
_NUMBER = re.compile(r"[\v\f\r]*\+?([0-9]+)")
_LARGEST = 2**64 - 1


def read_systemd(text: str, field: Range) -> Reading:
    """Read a field as systemd-cron does."""
    special = _last_days(text, field)
    if special:
        return Reading(frozenset(), special_days=special)
    scan = Scan(text, field)
    for match in _ITEM.finditer(text):
        start, scan.at = match.span()
        _item(scan, start)
    if not text.strip(","):
        if field.name != "weekday":
            raise Refused("empty", 0, len(text))
        scan.at = len(text)
        scan.odd("empty_list", 0, text)
        scan.values.update(range(field.high))
    return scan.reading()


def _last_days(text: str, field: Range) -> tuple[SpecialDay, ...]:
    """Return what ``L`` stands for: a day alone, the last of a weekday behind its number."""
    if field.name == "day" and text == "L":
        return (SpecialDay("last"),)
    if field.name == "weekday" and re.fullmatch(r"[0-7*]L", text):
        weekdays = range(7) if text[0] == "*" else (int(text[0]) % 7,)
        return tuple(SpecialDay("last_weekday", weekday=weekday) for weekday in weekdays)
    return ()


def _item(scan: Scan, start: int) -> None:
    span, slash, step_text = scan.text[start : scan.at].partition("/")
    step = _number(step_text) if slash else 1
    if step is None:
        raise scan.refused("bad_step", start + len(span), word=step_text)
    if "~" in span:
        _random(scan, start, span)
        return
    low, high = scan.field.low, scan.field.high
    if span != "*":
        low, high = _ends(scan, start, span)
    if step == 0:
        raise scan.refused("step_hangs", start)
    if step > max(high - low, 1):
        scan.odd("step_too_large", start, f"only {low}")
    scan.values.update(range(low, high + 1, step))


def _random(scan: Scan, start: int, span: str) -> None:
    """Take the first of the values that may be drawn: one is, each time the file is loaded.

    What stands before or behind ``~`` and is no value is 0; what is drawn may be one more than
    the end.
    """
    field = scan.field
    first, _, last = span.partition("~")
    low = _beginning(first, field) if first else field.low
    high = _beginning(last, field) if last else field.high
    if "~" in last or "-" in (first[:1], last[:1]):
        raise scan.refused("random", start)
    highest = min(high + 1, field.high)
    if high < field.low or not field.low <= low <= highest:
        raise scan.refused("out_of_range", start)
    scan.values.add(low)
    scan.odd("random", start, f"one of {low} to {highest}")


def _beginning(word: str, field: Range) -> int:
    """Return the value that a word begins with; 0 for none."""
    if word[:3].lower() in field.names:
        return field.low + field.names.index(word[:3].lower())
    match = (_NUMBER.fullmatch if field.name == "month" else _NUMBER.match)(word)
    return (_number(match[0]) if match else None) or 0


def _ends(scan: Scan, start: int, span: str) -> tuple[int, int]:
    field = scan.field
    first, dash, last = span.partition("-")
    low = _value(first, start, field)
    high = _value(last if dash else first, start + len(first + dash) * bool(dash), field, ends=True)
    if low < field.low or low > field.high:
        raise scan.refused("out_of_range", start, word=first)
    if low > high:
        raise scan.refused("backwards", start, word=span, low=low, high=high)
    if high > field.high:
        scan.odd("cut_to_range", start, f"{span} up to {field.high}")
    if first[:3].lower() in field.names and (junk := re.search(r"[^A-Za-z].*", first)):
        scan.odd("junk_skipped", start, junk[0])
    if not dash and low != high:
        scan.odd("sunday_daily", start, span)
    return low, min(high, field.high)


def _value(word: str, at: int, field: Range, *, ends: bool = False) -> int:
    name = word[:3].lower()
    if name in field.names:
        number = field.low + field.names.index(name)
        if field.name == "month":
            raise Refused("month_name", at, at + len(word), word=word, low=number)
        return 7 if ends and name == "sun" else number
    parsed = _number(word)
    if parsed is None:
        raise bad_value(word, 0).moved(at)
    return parsed


def _number(word: str) -> int | None:
    """Return what strtoull makes of the whole word; None if it is no number."""
    match = _NUMBER.fullmatch(word)
    digits = match[1].lstrip("0") if match else ""
    if match is None or len(digits) > len(str(_LARGEST)) or int(digits or "0") > _LARGEST:
        return None
    return int(digits or "0")
