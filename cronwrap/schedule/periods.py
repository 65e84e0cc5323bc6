"""How much time there is between the runs of a schedule, changes of the clock aside."""

from calendar import monthrange
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from cronwrap.schedule.model import ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, Schedule

_DAY_S = 86400


class Gaps(NamedTuple):
    """The shortest and the longest time between two runs."""

    shortest_s: int
    longest_s: int


def normal_period_s(schedule: Schedule) -> Gaps | None:
    """Return the shortest and the longest time between two runs; None if there are not two.

    >>> from cronwrap.schedule import parse
    >>> normal_period_s(parse("*/25 * * * *")), normal_period_s(parse("0 2 * * 1-5"))
    (Gaps(shortest_s=600, longest_s=1500), Gaps(shortest_s=86400, longest_s=259200))
    """
    if schedule.never or schedule.reboot:
        return None
    gaps: set[int] = set()
    first = last = 0  # of the runs within a minute, then an hour, then a day
    for values, unit_s in (
        (schedule.seconds or {0}, 1),
        (schedule.minutes, 60),
        (schedule.hours, 3600),
    ):
        gaps |= {(two - one) * unit_s + first - last for one, two in pairwise(sorted(values))}
        first += min(values) * unit_s
        last += max(values) * unit_s
    gaps |= {days * _DAY_S + first - last for days in _days_between(schedule)}
    return Gaps(min(gaps), max(gaps)) if gaps else None


def _days_between(schedule: Schedule) -> frozenset[int]:
    """Return how many days there may be from one day on which it runs to the next."""
    every_day = schedule.days == ALL_DAYS and schedule.weekdays == ALL_WEEKDAYS
    if every_day and schedule.months == ALL_MONTHS:
        return frozenset({1})
    return _day_gaps(schedule._replace(
        text="", minutes=frozenset(), hours=frozenset(), seconds=None, years=None, fields=(),
        oddities=(),
    ))  # fmt: skip


@lru_cache(maxsize=1024)
def _day_gaps(dates: Schedule) -> frozenset[int]:
    """Look through five years, or where weekdays fall differently each year, through 57.

    The calendar repeats after 28 years, and a day of such a cycle needs another one to have a gap.
    """
    by_weekday = dates.weekdays != ALL_WEEKDAYS or any(day.of_week for day in dates.special_days)
    by_date = dates.days != ALL_DAYS or dates.months != ALL_MONTHS
    years = 57 if by_weekday and by_date else 5
    found = [
        day.toordinal()
        for year in range(2000, 2000 + years)
        for month in sorted(dates.months)
        for day in _days_of(year, month)
        if dates.matches_date(day)
    ]
    return frozenset(later - earlier for earlier, later in pairwise(found))


@cache
def _days_of(year: int, month: int) -> tuple[date, ...]:
    return tuple(date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
