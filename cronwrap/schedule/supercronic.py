"""How supercronic reads a field: Raymond Hill's cronexpr, with what Quartz added to cron."""

import re
from functools import cache

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import SpecialDay
from cronwrap.schedule.reading import Reading, Refused, Scan, bad_value

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
_ITEM = re.compile("[^,]+")
_LARGEST_STEP = 59  # its table of numbers ends there


def read_supercronic(text: str, field: Range) -> Reading:
    """Read a field as supercronic does.

    It looks at the shape of all items first, and then takes them one by one; in fields other than
    days it stops at the first ``*``, and does not see what is wrong behind it.
    """
    scan = Scan(text, field)
    found = [_item(scan, match) for match in _ITEM.finditer(text)]
    if not found:
        raise Refused("empty", 0, len(text))
    special: list[SpecialDay] = []
    limited = True
    for item in found:
        if isinstance(item, Refused):
            raise item
        if isinstance(item, SpecialDay):
            special.append(item)
        elif item is not None:
            scan.values.update(item)
        else:
            limited = False
            if field.name not in ("day", "weekday"):
                break
    if not limited:
        return Reading(frozenset(range(field.low, field.high + 1)), limited=False)
    return scan.reading()._replace(special_days=tuple(special))


def _item(scan: Scan, match: "re.Match[str]") -> "list[int] | SpecialDay | Refused | None":
    """Return an item's values; None for all; why it is refused if nothing keeps it from being."""
    start, scan.at = match.span()
    item = match[0].lower()
    if item in ("*", "?"):
        return None
    shape = _shape(scan.field.name).fullmatch(item)
    if shape is None:
        return _special(scan, item) or _why(scan, start)
    first, last, step_text = shape["first"], shape["last"], shape["step"]
    high = 6 if scan.field.name == "weekday" else scan.field.high
    step = 1 if step_text is None else _step(scan, start, step_text, high)
    low = scan.field.low if first is None else _number(scan, start, first)
    if last is not None:
        high = _number(scan, start, last)
        if low > high and step_text is None:
            raise scan.refused("backwards", start, low=low, high=high)
        if low > high:
            scan.odd("wrap_empty", start, match[0])
    elif first is not None and step_text is None:
        high = low
    return [value for value in range(low, high + 1, step) if value >= scan.field.low]


def _step(scan: Scan, start: int, digits: str, largest: int) -> int:
    if digits in ("0", "00"):
        raise scan.refused("step_zero", start)
    step = int(digits[:3])
    if len(digits) > 2 or step > min(largest, _LARGEST_STEP):  # noqa: PLR2004 - 059 is not in its table
        raise scan.refused("step_too_large", start, word=digits, high=min(largest, _LARGEST_STEP))
    return step


def _number(scan: Scan, start: int, word: str) -> int:
    """Return what a value stands for.

    Its tables of months and weekdays lack 01 to 09, which become 0: a Sunday, or no month at all.
    """
    if not word.isdigit():
        return scan.field.low + scan.field.names.index(word[:3])
    if scan.field.name not in ("month", "weekday"):
        return int(word)
    if len(word) > 1 and word.startswith("0"):
        meant = "Sunday" if scan.field.name == "weekday" else "no month"
        scan.odd("zero_padded", start, f"{word} is {meant}")
        return 0
    return int(word) % 7 if scan.field.name == "weekday" else int(word)


def _special(scan: Scan, item: str) -> SpecialDay | None:
    if scan.field.name == "day":
        if item in ("l", "lw"):
            return SpecialDay("last" if item == "l" else "last_workday")
        workday = re.fullmatch(f"({_PATTERNS['day']})w", item)
        return SpecialDay("workday", int(workday[1])) if workday else None
    if scan.field.name == "weekday":
        match = re.fullmatch(f"({_values('weekday')})(?:l|#([1-5]))", item)
        if match is None:
            return None
        weekday = _number(scan, scan.at - len(item), match[1])
        if match[2]:
            return SpecialDay("nth_weekday", int(match[2]), weekday)
        return SpecialDay("last_weekday", weekday=weekday)
    return None


def _why(scan: Scan, start: int) -> Refused:
    word = scan.text[start : scan.at]
    if word.isdigit():
        return scan.refused("out_of_range", start)
    return bad_value(word, 0).moved(start)


def _values(name: str) -> str:
    names = _LONG_NAMES.get(name, "").split()
    return "|".join([_PATTERNS[name], *(part for long in names for part in (long, long[:3]))])


@cache
def _shape(name: str) -> "re.Pattern[str]":
    value = _values(name)
    return re.compile(rf"(?:\*|(?P<first>{value})(?:-(?P<last>{value}))?)(?:/(?P<step>[0-9]+))?")
