"""How systemd-cron 2.5 reads a field, to write an ``OnCalendar=`` from it.

Measured, and so in ``systemd-crontab-generator.cpp``: ``sun`` as the end of a range is 7, and a
day alone is a range from itself to itself, so that ``sun`` alone is 0 to 7: every day. A name of
a month is refused, because the flag of the failed try to read it as a number stays up.
"""

import re

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity, SpecialDay
from cronwrap.schedule.reading import Reading, Refused, bad_value

_NUMBER = re.compile(r"[\v\f\r]*\+?([0-9]+)")
_LARGEST = 2**64


def read_systemd(text: str, field: Range) -> Reading:
    """Read a field as systemd-cron does."""
    if field.name == "day" and text == "L":
        return Reading(frozenset(), special_days=(SpecialDay("last"),))
    if field.name == "weekday" and len(text) > 1 and text.endswith("L"):
        weekday = _number(text[:-1])
        if weekday is not None and weekday <= field.high:
            return Reading(
                frozenset(), special_days=(SpecialDay("last_weekday", weekday=weekday % 7),)
            )
    values: set[int] = set()
    oddities: list[Oddity] = []
    for item in re.finditer(r"[^,]+", text):
        _item(item[0], item.start(), field, values, oddities)
    if not values:
        raise Refused("empty", 0, len(text))
    return Reading(frozenset(values), tuple(oddities))


def _item(item: str, at: int, field: Range, values: set[int], oddities: list[Oddity]) -> None:
    end = at + len(item)
    span, slash, step_text = item.partition("/")
    step = _number(step_text) if slash else 1
    if step is None:
        raise Refused("bad_step", at + len(span), end, word=step_text)
    if span == "*":
        low, high = field.low, field.high
    else:
        first, dash, last = span.partition("-")
        low = _value(first, at, field)
        high = _value(last, at + len(first) + 1, field, ends=True) if dash else low
        if not dash and field.name == "weekday":
            high = _value(first, at, field, ends=True)
        if low < field.low or low > field.high:
            raise Refused("out_of_range", at, at + len(first), word=first)
        if low > high:
            raise Refused("backwards", at, end, word=span, low=low, high=high)
        if high > field.high:
            oddities.append(Oddity("cut_to_range", at, end, f"up to {field.high}"))
        if not dash and low != high:
            oddities.append(Oddity("sunday_daily", at, end, "every day"))
        high = min(high, field.high)
    if step == 0:
        raise Refused("step_hangs", at + len(span), end, word=item)
    if step > max(high - low, 1):
        oddities.append(Oddity("step_too_large", at, end, f"only {low}"))
    values.update(range(low, high + 1, step))


def _value(word: str, at: int, field: Range, *, ends: bool = False) -> int:
    name = word[:3].lower()
    if name in field.names:
        if field.name == "month":
            raise Refused(
                "month_name", at, at + len(word), word=word, low=1 + field.names.index(name)
            )
        return 7 if ends and name == "sun" else field.names.index(name)
    number = _number(word)
    if number is None:
        raise bad_value(word, 0).moved(at)
    return number


def _number(word: str) -> int | None:
    """Return what strtoull makes of the whole word; None if it is no number."""
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    digits = match[1].lstrip("0")
    number = int(digits or "0") if len(digits) <= 20 else _LARGEST  # noqa: PLR2004 - digits of 2**64
    return number if number < _LARGEST else None
