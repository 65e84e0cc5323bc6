"""Time in stretches of one offset from UTC.

Within a stretch each wall clock time is there once, and elapsed minutes and wall clock are the
same. Python's time zones do not tell their changes; they are looked for day by day, which misses
none that ever was.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

_DAY_S = 86400
_HORIZON_S = 10 * 366 * _DAY_S
_LONGEST_STRETCH_DAYS = 400
# Two days from the ends of Python's calendar, in Unix seconds: no zone is as far from UTC
_EARLIEST_S, _LATEST_S = -62135424000, 253402041600


class Stretch(NamedTuple):
    """A time of one offset from UTC, from *start* to before *end*, in Unix seconds."""

    start: int
    end: int
    before_s: int
    offset_s: int
    after_s: int


def stretches(zone: tzinfo, moment_s: int, *, reverse: bool) -> Iterator[Stretch]:
    """Yield stretches from a day on the other side of a moment: its last change still matters."""
    sign = -1 if reverse else 1
    edge = min(max(moment_s - sign * _DAY_S, _EARLIEST_S), _LATEST_S)
    goal = min(max(moment_s + sign * _HORIZON_S, _EARLIEST_S), _LATEST_S)
    while edge * sign < goal * sign:
        inside = edge - 1 if reverse else edge
        other = _change(zone, inside, goal, sign)
        start, end = (other, edge) if reverse else (edge, other)
        yield Stretch(
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
