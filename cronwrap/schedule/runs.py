"""When a schedule runs next and ran before, by a wall clock that is set forward and back.

Time is taken in stretches of one offset from UTC, because within a stretch each wall clock time is
there once: elapsed minutes and wall clock are then the same, and all that daemons do differently
is at a stretch's edges, as their dialects say.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from heapq import merge
from itertools import pairwise
from typing import NamedTuple

from cronwrap.schedule.dialects import DIALECTS, Dialect
from cronwrap.schedule.model import ALL_DAYS, ALL_HOURS, ALL_MONTHS, ALL_WEEKDAYS, Schedule

_DAY_S = 86400
_HORIZON_S = 10 * 366 * _DAY_S
_LONGEST_STRETCH_DAYS = 400
_LONGEST_JUMP_S = 3 * 3600  # beyond that, vixie's kin take it for a new clock
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks have no zone here
_EARLIEST_S, _LATEST_S = (
    round((moment - _EPOCH).total_seconds())
    for moment in (datetime(1, 1, 3), datetime(9999, 12, 29))  # noqa: DTZ001
)


class Run(NamedTuple):
    """A run that is due.

    Attributes:
        when: aware, in the zone that was asked for.
        note: what the change of the clock has to do with it; usually "".
    """

    when: datetime
    note: str


class Gaps(NamedTuple):
    """The shortest and the longest time between two runs, changes of the clock aside."""

    shortest_s: int
    longest_s: int


class _Stretch(NamedTuple):
    """A time of one offset from UTC, from *start* to before *end*, in Unix seconds."""

    start: int
    end: int
    before_s: int
    offset_s: int
    after_s: int


def runs(schedule: Schedule, after: datetime) -> Iterator[Run]:
    """Yield the runs after an aware time, soonest first; none that is more than ten years ahead.

    >>> from datetime import timezone
    >>> from cronwrap.schedule import parse
    >>> next(runs(parse("30 2 * * *"), datetime(2024, 3, 1, tzinfo=timezone.utc))).when.hour
    2
    """
    return _runs(schedule, after, reverse=False)


def previous(schedule: Schedule, before: datetime) -> Iterator[Run]:
    """Yield the runs before an aware time, newest first."""
    return _runs(schedule, before, reverse=True)


def _runs(schedule: Schedule, moment: datetime, *, reverse: bool) -> Iterator[Run]:
    zone = moment.tzinfo
    if zone is None:
        raise ValueError("the time must have a zone")
    if schedule.never or schedule.reboot:
        return
    limit = moment.timestamp()
    last = None
    for stretch in _stretches(zone, int(limit // 1), reverse=reverse):
        for unix_s, note in _in_stretch(schedule, stretch, limit, reverse=reverse):
            if unix_s != last and (unix_s < limit if reverse else unix_s > limit):
                yield Run(datetime.fromtimestamp(unix_s, zone), note)
            last = unix_s


def _stretches(zone: tzinfo, moment_s: int, *, reverse: bool) -> Iterator[_Stretch]:
    """Yield stretches from a day on the other side of a moment: its last change still matters."""
    sign = -1 if reverse else 1
    edge = min(max(moment_s - sign * _DAY_S, _EARLIEST_S), _LATEST_S)
    goal = min(max(moment_s + sign * _HORIZON_S, _EARLIEST_S), _LATEST_S)
    while edge * sign < goal * sign:
        inside = edge - 1 if reverse else edge
        other = _change(zone, inside, goal, sign)
        start, end = (other, edge) if reverse else (edge, other)
        yield _Stretch(
            start, end, _offset(zone, start - 1), _offset(zone, inside), _offset(zone, end)
        )
        edge = other


@lru_cache(maxsize=256)
def _change(zone: tzinfo, inside: int, goal: int, sign: int) -> int:
    """Return where the stretch around a moment ends (or starts, backwards)."""
    offset_s = _offset(zone, inside)
    near = inside
    for _ in range(_LONGEST_STRETCH_DAYS):
        far = near + sign * _DAY_S
        if far * sign >= goal * sign:
            far = goal
        if _offset(zone, far) != offset_s:
            break
        near = far
        if far == goal:
            return goal
    else:
        return near
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if _offset(zone, middle) == offset_s else (near, middle)
    return max(near, far)


def _offset(zone: tzinfo, unix_s: int) -> int:
    offset = datetime.fromtimestamp(unix_s, zone).utcoffset()
    return round(offset.total_seconds()) if offset else 0


def _in_stretch(
    schedule: Schedule, stretch: _Stretch, limit: float, *, reverse: bool
) -> Iterator[tuple[int, str]]:
    """Yield the runs of a stretch, and what the change of the clock has to do with each."""
    daemon = DIALECTS[schedule.dialect]
    start, end, offset_s = stretch.start, stretch.end, stretch.offset_s
    skipped, repeated = _rules(schedule, daemon)
    notes: dict[int, str] = {}
    extra: list[tuple[int, str]] = []
    if stretch.before_s < offset_s:
        extra = _late(schedule, stretch, skipped, notes)
    elif stretch.before_s > offset_s:
        if repeated == "first" or (repeated == "go" and offset_s < 0):
            start += stretch.before_s - offset_s
        elif repeated == "both" and schedule.hours != ALL_HOURS:
            notes.update(_second_ones(schedule, stretch))
    if stretch.after_s > offset_s and skipped == "go" and offset_s < 0:
        extra += [
            (_unix(wall) - stretch.after_s, f"{wall:%H:%M} is skipped: earlier by as much")
            for wall in _walls(schedule, end, end + stretch.after_s - offset_s, offset_s)
        ]
    if stretch.after_s < offset_s and repeated == "go" and stretch.after_s >= 0:
        end -= offset_s - stretch.after_s
    if reverse:
        end = min(end, int(limit // 1) + 1)
    else:
        start = max(start, int(limit // 1))
    own = (
        (unix_s, notes.get(unix_s, ""))
        for wall in _walls(schedule, start, end, offset_s, reverse=reverse)
        for unix_s in (_unix(wall) - offset_s,)
    )
    extra.sort(reverse=reverse)
    return merge(own, extra, reverse=reverse)


def _rules(schedule: Schedule, daemon: Dialect) -> tuple[str, str]:
    """Return what becomes of skipped and of repeated times of this schedule."""
    hourly = schedule.hours == ALL_HOURS
    if (daemon.follows == "wild" and schedule.wild) or (daemon.follows == "hourly" and hourly):
        return "skip", "both"
    if daemon.once_a_day_first and len(schedule.hours) == 1:
        return daemon.skipped, "first"
    return daemon.skipped, daemon.repeated


def _late(
    schedule: Schedule, stretch: _Stretch, skipped: str, notes: dict[int, str]
) -> list[tuple[int, str]]:
    """Return the runs at wall clock times that were skipped at a stretch's start."""
    start, jump_s = stretch.start, stretch.offset_s - stretch.before_s
    missed = list(_walls(schedule, start, start + jump_s, stretch.before_s))
    if not missed or (skipped == "go" and stretch.before_s < 0):
        return []
    which = f"{missed[0]:%H:%M}"
    if skipped == "at_end" and jump_s <= _LONGEST_JUMP_S:
        all_of_them = f"{which} and {len(missed) - 1} more are" if missed[1:] else f"{which} is"
        return [(start, f"{all_of_them} skipped: right after that")]
    if skipped in ("later", "go"):
        return [
            (_unix(wall) - stretch.before_s, f"{wall:%H:%M} is skipped: later by as much")
            for wall in missed
        ]
    if schedule.hours != ALL_HOURS:
        first = next(_walls(schedule, start, stretch.end, stretch.offset_s), None)
        if first is not None:
            notes[_unix(first) - stretch.offset_s] = (
                f"not on {missed[0]:%Y-%m-%d}: {which} is skipped"
            )
    return []


def _second_ones(schedule: Schedule, stretch: _Stretch) -> dict[int, str]:
    end = stretch.start + stretch.before_s - stretch.offset_s
    return {
        _unix(wall) - stretch.offset_s: f"{wall:%H:%M} comes twice: the second time"
        for wall in _walls(schedule, stretch.start, end, stretch.offset_s)
    }


def _walls(
    schedule: Schedule, start: int, end: int, offset_s: int, *, reverse: bool = False
) -> Iterator[datetime]:
    """Yield the wall clock times at which it runs between two moments, by one offset."""
    first, last = (_EPOCH + timedelta(seconds=unix_s + offset_s) for unix_s in (start, end))
    hours, minutes, seconds = (
        sorted(values, reverse=reverse)
        for values in (schedule.hours, schedule.minutes, schedule.seconds or {0})
    )
    step = timedelta(days=-1 if reverse else 1)
    day = (last - timedelta(seconds=1) if reverse else first).replace(hour=0, minute=0, second=0)
    while day < last and day + timedelta(days=1) > first:
        if day.month not in schedule.months:
            # To the last day of this month, or the first one: the rest of it cannot match
            edge = 1 if reverse else monthrange(day.year, day.month)[1]
            day = day.replace(day=edge)
        elif schedule.matches_date(day):
            for hour in hours:
                on_hour = day.replace(hour=hour)
                if on_hour + timedelta(hours=1) <= first or on_hour >= last:
                    continue
                for minute in minutes:
                    for second in seconds:
                        wall = on_hour.replace(minute=minute, second=second)
                        if first <= wall < last:
                            yield wall
        day += step


def _unix(wall: datetime) -> int:
    return round((wall - _EPOCH).total_seconds())


def normal_period_s(schedule: Schedule) -> Gaps | None:
    """Return the shortest and the longest time between two runs; None if there are not two.

    >>> from cronwrap.schedule import parse
    >>> normal_period_s(parse("*/25 * * * *")), normal_period_s(parse("0 2 * * 1-5"))
    (Gaps(shortest_s=600, longest_s=1500), Gaps(shortest_s=86400, longest_s=259200))
    """
    if schedule.never or schedule.reboot:
        return None
    times = sorted(
        3600 * hour + 60 * minute + second
        for hour in schedule.hours
        for minute in schedule.minutes
        for second in schedule.seconds or {0}
    )
    within = [later - earlier for earlier, later in pairwise(times)]
    over_night = times[0] - times[-1]
    days = _days_between(schedule)
    gaps = within + [_DAY_S * count + over_night for count in days]
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
