"""A schedule as a daemon understands it: sets of minutes, hours, days, months and weekdays."""

from calendar import monthrange
from datetime import date, datetime
from typing import NamedTuple

from cronwrap.errors import CronwrapError

ALL_MINUTES, ALL_HOURS = frozenset(range(60)), frozenset(range(24))
ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS = (
    frozenset(range(1, 32)),
    frozenset(range(1, 13)),
    frozenset(range(7)),
)
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_SATURDAY, _SUNDAY = 6, 7  # as isoweekday() has them


class ScheduleError(CronwrapError):
    """The daemon refuses this expression.

    Attributes:
        kind: a short word for what is wrong: "out_of_range", "step_zero"; see messages.py.
        start, end: where, in characters of the expression.
        field: the name of the field, "minute"; "" if it is none of them.
    """

    exit_status = 2

    def __init__(
        self, message: str, *, hint: str = "", kind: str, start: int, end: int, field: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind
        self.start = start
        self.end = end
        self.field = field


class Oddity(NamedTuple):
    """Something that the daemon accepts, but that is not what it looks like.

    Attributes:
        kind: "junk_skipped", "wrap_empty", "every_value"; messages.py has them all.
        start, end: where, in characters of the expression.
        detail: what the daemon makes of it, for people.
    """

    kind: str
    start: int
    end: int
    detail: str


class Field(NamedTuple):
    """One field of an expression, and the values that the daemon takes it for.

    Attributes:
        name: "second", "minute", "hour", "day", "month", "weekday" or "year".
        text: as it is written.
        start, end: where, in characters of the expression.
        values: what it matches; weekdays are 0 to 6 from Sunday.
        star: whether it begins with ``*``, by which some daemons decide how days are matched.
    """

    name: str
    text: str
    start: int
    end: int
    values: frozenset[int]
    star: bool


class SpecialDay(NamedTuple):
    """A day that depends on the month: what ``L``, ``15W``, ``5L`` and ``5#2`` stand for.

    Attributes:
        kind: "last", "last_workday", "workday", "last_weekday" or "nth_weekday".
        number: the day of "workday"; which one of "nth_weekday".
        weekday: of the last two, 0 to 6 from Sunday.
    """

    kind: str
    number: int = 0
    weekday: int = 0

    @property
    def of_week(self) -> bool:
        """Whether it stands in the field for weekdays."""
        return self.kind.endswith("_weekday")

    def day(self, year: int, month: int) -> int:
        """Return the day of a month that it means; 0 if that month has none."""
        last = monthrange(year, month)[1]
        if self.kind == "last":
            return last
        if self.of_week:
            first = 1 + (self.weekday - date(year, month, 1).isoweekday()) % 7
            count = (last - first) // 7 if self.kind == "last_weekday" else self.number - 1
            day = first + 7 * count
            return day if day <= last else 0
        day = last if self.kind == "last_workday" else self.number
        return _workday(year, month, day, last) if day <= last else 0


def _workday(year: int, month: int, day: int, last: int) -> int:
    """Return the Monday to Friday that is nearest to a day, in the same month."""
    weekday = date(year, month, day).isoweekday()
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == _SUNDAY:
        return day + 1 if day < last else day - 2
    return day


class Schedule(NamedTuple):
    """What a daemon makes of an expression.

    Attributes:
        text: the expression.
        dialect: the name of the daemon's dialect.
        minutes, hours, days, months, weekdays: when it runs; weekdays are 0 to 6 from Sunday.
        days_match: "or" if the day or the weekday must match, "and" if both must: what this
            daemon does with this expression.
        seconds, years: only where the expression has such fields.
        special_days: days that depend on the month, beside *days* and *weekdays*.
        reboot: it runs when the daemon starts, and at no other time.
        wild: its minute or hour begins with ``*``: such jobs follow the clock through a change
            of daylight saving time, the others run once, for Debian's cron and cronie.
        fields: the fields as they are written; none for a nickname such as ``@daily``.
        oddities: what it is not what it looks like.
    """

    text: str
    dialect: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    days_match: str = "and"
    seconds: frozenset[int] | None = None
    years: frozenset[int] | None = None
    special_days: tuple[SpecialDay, ...] = ()
    reboot: bool = False
    wild: bool = False
    fields: tuple[Field, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    def matches(self, local: datetime) -> bool:
        """Return whether it runs in the minute (or second, if it has seconds) of a wall clock."""
        return (
            not self.reboot
            and local.minute in self.minutes
            and local.hour in self.hours
            and (self.seconds is None or local.second in self.seconds)
            and self.matches_date(local)
        )

    def matches_date(self, when: date) -> bool:
        """Return whether it runs on a date."""
        if when.month not in self.months or (
            self.years is not None and when.year not in self.years
        ):
            return False
        day, weekday = when.day in self.days, when.isoweekday() % 7 in self.weekdays
        for special in self.special_days:
            hit = special.day(when.year, when.month) == when.day
            day, weekday = (day, weekday or hit) if special.of_week else (day or hit, weekday)
        return (day or weekday) if self.days_match == "or" else (day and weekday)

    @property
    def never(self) -> bool:
        """Whether it can never run: ``0 0 31 2 *``, or a range that is empty."""
        if self.reboot:
            return False
        if not (self.minutes and self.hours and self.months) or self.years == frozenset():
            return True
        possible_day = bool(self.special_days) or any(
            min(self.days, default=32) <= _LONGEST_MONTHS.get(month, 31) for month in self.months
        )
        of_month = any(not special.of_week for special in self.special_days)
        of_week = any(special.of_week for special in self.special_days)
        day, weekday = possible_day and bool(self.days or of_month), bool(self.weekdays or of_week)
        return not (day or weekday if self.days_match == "or" else day and weekday)
