"""A schedule in words, made from the sets and not from the text: what will really happen."""

from collections.abc import Iterable
from itertools import pairwise

from cronwrap.schedule.model import (
    ALL_DAYS,
    ALL_HOURS,
    ALL_MINUTES,
    ALL_MONTHS,
    ALL_WEEKDAYS,
    Field,
    Schedule,
    SpecialDay,
)

_MONTHS = (
    "", "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MOST_TIMES = 6
_EVERY = {
    "second": ALL_MINUTES,
    "minute": ALL_MINUTES,
    "hour": ALL_HOURS,
    "day": ALL_DAYS,
    "month": ALL_MONTHS,
    "weekday": ALL_WEEKDAYS,
}


def words(schedule: Schedule) -> str:
    """Return when it runs, for people.

    >>> from cronwrap.schedule import parse
    >>> words(parse("0 */2 * * mon")), words(parse("*/5 9-17 1 * *"))
    ('at minute 0 of every 2nd hour, on Monday', 'every 5 minutes from 09:00 to 17:55, on day 1 of the month')
    """
    if schedule.reboot:
        return "once, when the daemon starts"
    if schedule.never:
        return f"never: {_why_never(schedule)}"
    days, months = _days(schedule), _months(schedule)
    if months and days.endswith("of the month"):
        days, months = days.replace("the month", months), ""
    time = _time(schedule)
    if not days and ":" in time and " from " not in time:
        time += " every day"
    parts = [time, days, f"in {months}" if months else ""]
    if schedule.years is not None and len(schedule.years) < 130:  # noqa: PLR2004 - 1970 to 2099
        parts.append(f"in {_numbers(schedule.years)}")
    return ", ".join(part for part in parts if part)


def values_in_words(field: Field) -> str:
    """Return the values of one field.

    >>> from cronwrap.schedule import parse
    >>> [values_in_words(field) for field in parse("*/7 22-2 * 1-3 mon-fri").fields]
    ['0 to 56 in steps of 7', 'none', 'every one', 'January to March', 'Monday to Friday']
    """
    if not field.values:
        return "none"
    if field.values == _EVERY.get(field.name):
        return "every one"
    if field.name == "weekday":
        return _weekday_phrase(field.values, [])
    return _month_phrase(field.values) if field.name == "month" else _numbers(field.values)


def _why_never(schedule: Schedule) -> str:
    for values, name in (
        (schedule.minutes, "minute"),
        (schedule.hours, "hour"),
        (schedule.months, "month"),
    ):
        if not values:
            return f"no {name} is left"
    if not schedule.days and not schedule.special_days:
        return "no day of the month is left"
    if not schedule.weekdays and not schedule.special_days:
        return "no weekday is left"
    months = _listed(_MONTHS[month] for month in sorted(schedule.months))
    return f"there is no {min(schedule.days)} {months}"


def _time(schedule: Schedule) -> str:
    seconds = ""
    if schedule.seconds is not None and schedule.seconds != {0}:
        all_of_them = schedule.seconds == ALL_MINUTES
        seconds = "every second, " if all_of_them else f"at second {_numbers(schedule.seconds)}, "
    return seconds + _clock(schedule.minutes, schedule.hours)


def _clock(minutes: frozenset[int], hours: frozenset[int]) -> str:
    if len(minutes) * len(hours) <= _MOST_TIMES and hours != ALL_HOURS:
        return "at " + _listed(
            f"{hour:02}:{minute:02}" for hour in sorted(hours) for minute in sorted(minutes)
        )
    step = _step(minutes)
    if step and 60 % step == 0 and len(minutes) == 60 // step > 1:
        rate = "every minute" if step == 1 else f"every {step} minutes"
        if hours == ALL_HOURS:
            return f"{rate} from minute {min(minutes)} on" if min(minutes) else rate
        if _is_range(hours):
            first, last = f"{min(hours):02}:{min(minutes):02}", f"{max(hours):02}:{max(minutes):02}"
            return f"{rate} from {first} to {last}"
        if not min(minutes):
            return f"{rate} of {_hours(hours)}"
    plural = "s" if len(minutes) > 1 else ""
    return f"at minute{plural} {_numbers(minutes)} of {_hours(hours)}"


def _hours(hours: frozenset[int]) -> str:
    if hours == ALL_HOURS:
        return "every hour"
    step = _step(hours)
    if step > 1 and 24 % step == 0 and len(hours) == 24 // step:
        start = f" from {min(hours):02}:00 on" if min(hours) else ""
        return f"every {_nth(step)} hour{start}"
    return f"hour{'s' if len(hours) > 1 else ''} {_numbers(hours)}"


def _days(schedule: Schedule) -> str:
    of_month = [special for special in schedule.special_days if not special.of_week]
    of_week = [special for special in schedule.special_days if special.of_week]
    days = _day_phrase(schedule.days, of_month) if schedule.days != ALL_DAYS else ""
    weekdays = _weekday_phrase(schedule.weekdays, of_week)
    if schedule.days_match == "or":
        if schedule.days == ALL_DAYS or schedule.weekdays == ALL_WEEKDAYS:
            return ""
        return f"on {' and on '.join(part for part in (days, weekdays) if part)}"
    if days and weekdays:
        return f"on {days}, if that is {weekdays.replace(' and ', ' or ')}"
    return f"on {days or weekdays}" if days or weekdays else ""


def _day_phrase(days: frozenset[int], special: list[SpecialDay]) -> str:
    parts = [_special(day) for day in special]
    if days:
        parts.insert(0, f"day{'s' if len(days) > 1 else ''} {_numbers(days)} of the month")
    return _listed(parts)


def _weekday_phrase(weekdays: frozenset[int], special: list[SpecialDay]) -> str:
    parts = [_special(day) for day in special]
    if weekdays != ALL_WEEKDAYS:
        from_monday = sorted(weekdays, key=lambda day: day or 7)
        if len(from_monday) > 2 and from_monday[-1] - from_monday[0] in (  # noqa: PLR2004 - a range
            len(from_monday) - 1,
            len(from_monday) - 8,
        ):
            parts.insert(0, f"{_WEEKDAYS[from_monday[0]]} to {_WEEKDAYS[from_monday[-1]]}")
        else:
            parts[:0] = [_WEEKDAYS[day] for day in from_monday]
    return _listed(parts)


def _special(day: SpecialDay) -> str:
    return {
        "last": "the last day of the month",
        "last_workday": "the last Monday to Friday of the month",
        "workday": f"the Monday to Friday nearest to day {day.number} of the month",
        "last_weekday": f"the last {_WEEKDAYS[day.weekday]} of the month",
        "nth_weekday": f"the {_nth(day.number)} {_WEEKDAYS[day.weekday]} of the month",
    }[day.kind]


def _months(schedule: Schedule) -> str:
    return "" if schedule.months == ALL_MONTHS else _month_phrase(schedule.months)


def _month_phrase(months: frozenset[int]) -> str:
    ordered = sorted(months)
    if len(ordered) > 2 and _is_range(months):  # noqa: PLR2004 - a range
        return f"{_MONTHS[ordered[0]]} to {_MONTHS[ordered[-1]]}"
    return _listed(_MONTHS[month] for month in ordered)


def _numbers(values: Iterable[int]) -> str:
    """Return numbers with their ranges and steps.

    >>> _numbers({1, 2, 3, 4, 9}), _numbers(range(0, 60, 7))
    ('1 to 4 and 9', '0 to 56 in steps of 7')
    """
    ordered = sorted(values)
    step = _step(ordered)
    if len(ordered) > 4 and step > 1:  # noqa: PLR2004 - fewer are better said one by one
        return f"{ordered[0]} to {ordered[-1]} in steps of {step}"
    parts: list[list[int]] = []
    for value in ordered:
        if parts and value == parts[-1][-1] + 1:
            parts[-1].append(value)
        else:
            parts.append([value])
    said: list[str] = []
    for part in parts:
        if len(part) > 2:  # noqa: PLR2004 - "1 to 2" is no shorter than "1 and 2"
            said.append(f"{part[0]} to {part[-1]}")
        else:
            said.extend(map(str, part))
    return _listed(said)


def _step(values: Iterable[int]) -> int:
    """Return the one distance between neighbours; 0 if there are several, or none."""
    ordered = sorted(values)
    steps = {later - earlier for earlier, later in pairwise(ordered)}
    return steps.pop() if len(steps) == 1 else 0


def _is_range(values: frozenset[int]) -> bool:
    return max(values) - min(values) == len(values) - 1


def _nth(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _listed(parts: Iterable[str]) -> str:
    """Join with commas and a last "and".

    >>> _listed(["a"]), _listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last
