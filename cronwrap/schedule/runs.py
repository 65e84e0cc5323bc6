"""When a schedule runs next and ran before, by a wall clock that is set forward and back.

All that daemons do differently is at the edges of stretches of one offset from UTC; the dialects
say what: which runs fall out, are late, or come twice.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import merge
from typing import NamedTuple

from cronwrap.schedule.dialects import DIALECTS, Dialect
from cronwrap.schedule.model import ALL_HOURS, Schedule
from cronwrap.schedule.stretches import Stretch, stretches

_LONGEST_JUMP_S = 3 * 3600  # beyond that, vixie's kin take it for a new clock
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks have no zone here


class Run(NamedTuple):
    """A run that is due.

    Attributes:
        when: aware, in the zone that was asked for.
        note: what the change of the clock has to do with it; usually "".
    """

    when: datetime
    note: str


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
    for stretch in stretches(zone, int(limit // 1), reverse=reverse):
        for unix_s, note in _in_stretch(schedule, stretch, limit, reverse=reverse):
            if unix_s != last and (unix_s < limit if reverse else unix_s > limit):
                yield Run(datetime.fromtimestamp(unix_s, zone), note)
            last = unix_s


def _in_stretch(
    schedule: Schedule, stretch: Stretch, limit: float, *, reverse: bool
) -> Iterator[tuple[int, str]]:
    """Yield the runs of a stretch, and what the change of the clock has to do with each."""
    skipped, repeated = _rules(schedule, DIALECTS[schedule.dialect])
    late, notes = _late(schedule, stretch, skipped)
    extra = late + _early(schedule, stretch, skipped)
    start, end = _once(stretch, repeated)
    if repeated == "both" and schedule.hours != ALL_HOURS:
        notes.update(_second_ones(schedule, stretch))
    if reverse:
        end = min(end, int(limit // 1) + 1)
    else:
        start = max(start, int(limit // 1))
    own = (
        (unix_s, notes.get(unix_s, ""))
        for wall in _walls(schedule, start, end, stretch.offset_s, reverse=reverse)
        for unix_s in (_unix(wall) - stretch.offset_s,)
    )
    return merge(own, sorted(extra, reverse=reverse), reverse=reverse) if extra else own


def _rules(schedule: Schedule, daemon: Dialect) -> tuple[str, str]:
    """Return what becomes of skipped and of repeated times of this schedule."""
    hourly = schedule.hours == ALL_HOURS
    if (daemon.follows == "wild" and schedule.wild) or (daemon.follows == "hourly" and hourly):
        return "skip", "both"
    if daemon.once_a_day_first and len(schedule.hours) == 1:
        return daemon.skipped, "first"
    return daemon.skipped, daemon.repeated


def _late(
    schedule: Schedule, stretch: Stretch, skipped: str
) -> tuple[list[tuple[int, str]], dict[int, str]]:
    """Return the late runs of times that were skipped at a stretch's start; or a note of them."""
    start, jump_s = stretch.start, stretch.offset_s - stretch.before_s
    missed = list(_walls(schedule, start, start + jump_s, stretch.before_s))
    if not missed or (skipped == "go" and stretch.before_s < 0):
        return [], {}
    which = f"{missed[0]:%H:%M}"
    if skipped == "at_end" and jump_s <= _LONGEST_JUMP_S:
        all_of_them = f"{which} and {len(missed) - 1} more are" if missed[1:] else f"{which} is"
        return [(start, f"{all_of_them} skipped: right after that")], {}
    if skipped in ("later", "go"):
        late = [
            (_unix(wall) - stretch.before_s, f"{wall:%H:%M} is skipped: later by as much")
            for wall in missed
        ]
        return late, {}
    first = next(_walls(schedule, start, stretch.end, stretch.offset_s), None)
    if first is None or schedule.hours == ALL_HOURS:
        return [], {}
    note = f"not on {missed[0]:%Y-%m-%d}: {which} is skipped"
    return [], {_unix(first) - stretch.offset_s: note}


def _early(schedule: Schedule, stretch: Stretch, skipped: str) -> list[tuple[int, str]]:
    """Return the runs of times that are skipped at a stretch's end, and that come before it."""
    if skipped != "go" or stretch.offset_s >= 0:
        return []
    end, jump_s = stretch.end, stretch.after_s - stretch.offset_s
    return [
        (_unix(wall) - stretch.after_s, f"{wall:%H:%M} is skipped: earlier by as much")
        for wall in _walls(schedule, end, end + jump_s, stretch.offset_s)
    ]


def _once(stretch: Stretch, repeated: str) -> tuple[int, int]:
    """Return where a stretch starts and ends without the times that count in its neighbours."""
    start, end, offset_s = stretch.start, stretch.end, stretch.offset_s
    if repeated == "first" or (repeated == "go" and offset_s < 0):
        start += max(stretch.before_s - offset_s, 0)
    if repeated == "go" and stretch.after_s >= 0:
        end -= max(offset_s - stretch.after_s, 0)
    return start, end


def _second_ones(schedule: Schedule, stretch: Stretch) -> dict[int, str]:
    end = stretch.start + stretch.before_s - stretch.offset_s
    return {
        _unix(wall) - stretch.offset_s: f"{wall:%H:%M} comes twice: the second time"
        for wall in _walls(schedule, stretch.start, end, stretch.offset_s)
    }


def _walls(
    schedule: Schedule, start: int, end: int, offset_s: int, *, reverse: bool = False
) -> Iterator[datetime]:
    """Yield the wall clock times at which it runs between two moments, by one offset."""
    if start >= end:
        return
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
