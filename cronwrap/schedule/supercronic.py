"""How supercronic reads a field: Raymond Hill's cronexpr, with what Quartz added to cron."""

import re
from functools import cache

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity, SpecialDay
from cronwrap.schedule.reading import Reading, Refused, bad_value

_LONG_NAMES = {
    "month": "january february march april may june july august september october november december",
    "weekday": "sunday monday tuesday wednesday thursday friday saturday",
}
_PATTERNS = {
    "second": "0?[0-9]|[1-5][0-9]",
    "minute": "0?[0-9]|[1-5][0-9]",
    "hour": "0?[0-9]|1[0-9]|2[0-3]",
    "day": "0?[1-9]|[12][0-9]|3[01]",
    "month": "0?[1-9]|1[012]",
    "weekday": "0?[0-7]",
    "year": "19[789][0-9]|20[0-9]{2}",
}
_KNOWN_STEPS = 60  # its table of numbers ends at 59, and goes on with the years


def read_supercronic(text: str, field: Range) -> Reading:
    """Read a field as supercronic does."""
    values: set[int] = set()
    oddities: list[Oddity] = []
    special: list[SpecialDay] = []
    limited = True
    items = [
        _item(match[0], match.start(), field, oddities) for match in re.finditer("[^,]+", text)
    ]
    if not items:
        raise Refused("empty", 0, len(text))
    of_days = field.name in ("day", "weekday")
    for found in items:
        if found is None:
            limited = False
            if not of_days:  # it looks no further
                return Reading(frozenset(range(field.low, field.high + 1)))
        elif isinstance(found, Refused):
            raise found
        elif isinstance(found, SpecialDay):
            special.append(found)
        else:
            values.update(found)
    if not limited:
        return Reading(frozenset(range(field.low, field.high + 1)), limited=False)
    return Reading(frozenset(values), tuple(oddities), special_days=tuple(special))


def _item(
    item: str, at: int, field: Range, oddities: list[Oddity]
) -> "range | list[int] | SpecialDay | Refused | None":
    """Return an item's values; None for all; what refuses it unless ``*`` stands before it."""
    item = item.lower()
    if item in ("*", "?"):
        return None
    match = _shape(field.name).fullmatch(item)
    end = at + len(item)
    if match is None:
        special = _special(item, field)
        return special or _why(item, at, field)
    first, last, step_text = match["first"], match["last"], match["step"]
    high = 6 if field.name == "weekday" else field.high
    if first is not None and last is None and step_text is None:
        value = _number(first, at, field, oddities)
        return [] if value is None else [value]
    step = 1
    if step_text is not None:
        step = int(step_text) if len(step_text) < 3 and int(step_text) < _KNOWN_STEPS else 0  # noqa: PLR2004 - two digits
        if step_text in ("0", "00"):
            raise Refused("step_zero", at, end, word=step_text)
        if not 1 <= step <= high:
            raise Refused("step_too_large", at, end, word=step_text)
    low = field.low
    if first is not None:
        low = _number(first, at, field, oddities) or 0
    if last is not None:
        high = _number(last, at, field, oddities) or 0
        if low > high and step_text is None:
            raise Refused("backwards", at, end, word=item, low=low, high=high)
        if low > high:
            oddities.append(Oddity("wrap_empty", at, end, item))
    return [value for value in range(low, high + 1, step) if value >= field.low]


def _number(word: str, at: int, field: Range, oddities: list[Oddity]) -> int | None:
    """Return what a value stands for; None for a number it knows the shape of, but not the value.

    Its tables of months and weekdays lack 01 to 09: they become 0, a Sunday or no month at all.
    """
    if word.isdigit():
        if field.name not in ("month", "weekday") or word == "0" or not word.startswith("0"):
            return int(word) % 7 if field.name == "weekday" else int(word)
        meant = "Sunday" if field.name == "weekday" else "no month"
        oddities.append(Oddity("zero_padded", at, at + len(word), f"{word} is {meant}"))
        return 0 if field.name == "weekday" else None
    return field.low + field.names.index(word[:3])


def _special(item: str, field: Range) -> SpecialDay | None:
    if field.name == "day":
        if item in ("l", "lw"):
            return SpecialDay("last" if item == "l" else "last_workday")
        workday = re.fullmatch(f"({_PATTERNS['day']})w", item)
        return SpecialDay("workday", int(workday[1])) if workday else None
    if field.name == "weekday":
        match = re.fullmatch(f"({_values('weekday')})(?:l|#([1-5]))", item)
        if match is None:
            return None
        weekday = _number(match[1], 0, field, []) or 0
        if match[2]:
            return SpecialDay("nth_weekday", int(match[2]), weekday)
        return SpecialDay("last_weekday", weekday=weekday)
    return None


def _why(item: str, at: int, field: Range) -> Refused:
    number = re.match("[0-9]+", item)
    if number and number[0] == item:
        return Refused("out_of_range", at, at + len(item), word=item)
    return bad_value(item, 0).moved(at)


def _values(name: str) -> str:
    names = _LONG_NAMES.get(name, "").split()
    return "|".join([_PATTERNS[name], *(part for long in names for part in (long, long[:3]))])


@cache
def _shape(name: str) -> "re.Pattern[str]":
    value = _values(name)
    return re.compile(rf"(?:\*|(?P<first>{value})(?:-(?P<last>{value}))?)(?:/(?P<step>[0-9]+))?")
