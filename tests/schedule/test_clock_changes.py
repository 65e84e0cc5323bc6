"""Runs around changes of the clock are those that the daemons' own main loops start.

``vixie`` is what Debian's cron and cronie do minute by minute (``main()`` of their
cron.c): they keep a virtual clock, and catch up with it, or wait for it. BusyBox takes each elapsed
minute by its wall clock.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest

from cronwrap.schedule import Schedule, parse, previous, runs

MINUTE_S = 60
AROUND_S = 5 * 3600
LATE, JUMPED = 5, 180  # minutes, and beyond that the clock is new
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00"), ("Europe/Berlin", "2026-10-25T01:00"),
    ("Europe/Berlin", "2027-03-28T01:00"), ("Europe/Berlin", "2027-10-31T01:00"),
    ("America/New_York", "2026-03-08T07:00"), ("America/New_York", "2026-11-01T06:00"),
    ("America/New_York", "2027-03-14T07:00"), ("America/New_York", "2027-11-07T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"), ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2027-04-03T15:00"), ("Australia/Lord_Howe", "2027-10-02T15:30"),
]  # fmt: skip
SCHEDULES = [
    "30 2 * * *", "0 2 * * *", "59 1 * * *", "0 3 * * *", "45 1 * * *", "15,45 2 * * *",
    "*/30 2 * * *", "*/15 * * * *", "5 * * * *", "0 */2 * * *", "0 1-4 * * *", "15 2 * * 0",
    "*/7 1-2 * * *", "7 0-23 * * *", "@hourly",
]  # fmt: skip


def matches(schedule: Schedule, local_minute: int) -> bool:
    return schedule.matches(datetime(1970, 1, 1) + timedelta(minutes=local_minute))  # noqa: DTZ001


def vixie(schedule: Schedule, zone: ZoneInfo, start: int, end: int) -> Iterator[int]:
    """Yield when Debian's cron or cronie starts the job, if it is up from *start* on."""
    virtual = _local_minute(start, zone)
    for unix_s in range(start + MINUTE_S, end + 1, MINUTE_S):
        now = _local_minute(unix_s, zone)
        ahead = now - virtual
        if -JUMPED < ahead <= 0:  # set back: only those that follow the clock
            due = schedule.wild and matches(schedule, now)
        elif ahead <= LATE or ahead > JUMPED:
            first = now if ahead > JUMPED else virtual + 1
            due = any(matches(schedule, minute) for minute in range(first, now + 1))
            virtual = now
        else:  # set forward: the others catch up
            missed = range(now, now + 1) if schedule.wild else range(virtual + 1, now + 1)
            due = any(matches(schedule, minute) for minute in missed)
            virtual = now
        if due:
            yield unix_s


def busybox(schedule: Schedule, zone: ZoneInfo, start: int, end: int) -> Iterator[int]:
    """Yield when BusyBox's crond starts the job."""
    for unix_s in range(start + MINUTE_S, end + 1, MINUTE_S):
        if matches(schedule, _local_minute(unix_s, zone)):
            yield unix_s


def _local_minute(unix_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(unix_s, zone).utcoffset() or timedelta()
    return (unix_s + round(offset.total_seconds())) // MINUTE_S


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("dialect", ["debian", "cronie", "busybox"])
def test_runs_around_a_change_of_the_clock_are_those_of_the_daemon(
    dialect: str, zone: str, change: str
) -> None:
    here = ZoneInfo(zone)
    changed = round(datetime.fromisoformat(change).replace(tzinfo=timezone.utc).timestamp())
    start, end = changed - AROUND_S, changed + AROUND_S
    daemon = busybox if dialect == "busybox" else vixie
    for text in SCHEDULES:
        schedule = parse(text, dialect)
        due = list(daemon(schedule, here, start, end))

        assert (text, _ahead(schedule, start, end, here)) == (text, due)
        assert (text, _back(schedule, start, end, here)) == (text, due[::-1])


def _ahead(schedule: Schedule, start: int, end: int, here: ZoneInfo) -> list[int]:
    found = runs(schedule, datetime.fromtimestamp(start, here))
    times = (round(run.when.timestamp()) for run in found)
    return list(takewhile(lambda unix_s: unix_s <= end, times))


def _back(schedule: Schedule, start: int, end: int, here: ZoneInfo) -> list[int]:
    found = previous(schedule, datetime.fromtimestamp(end + 1, here))
    times = (round(run.when.timestamp()) for run in found)
    return list(takewhile(lambda unix_s: unix_s > start, times))
