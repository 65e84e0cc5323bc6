"""How often a job runs, and when, in words: for the rules about schedules."""

from collections.abc import Iterable
from datetime import date, timedelta

from cronwrap.lint.crontab import Job, Span
from cronwrap.schedule import Field, Schedule

# A year of 365 days to count in; which one makes little difference.
_FIRST, _DAYS = date(2025, 1, 1), 365
_SIZES = {"minute": 60, "hour": 24, "day": 31, "month": 12, "weekday": 7}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def field(job: Job, name: str) -> Field | None:
    """Return a field of the job's schedule: "minute", "hour", "day", "month" or "weekday"."""
    schedule = job.schedule
    for one in schedule.fields if schedule is not None else ():
        if one.name == name:
            return one
    return None


def place(job: Job, one: Field) -> Span:
    """Return where a field stands in the file."""
    return job.schedule_at.at(one.start, one.end)


def is_whole(one: Field) -> bool:
    """Tell whether a field has all of its values."""
    return len(one.values) == _SIZES.get(one.name, 0)


def runs_a_day(schedule: Schedule) -> int:
    """Return how often it runs on a day on which it runs."""
    return len(schedule.minutes) * len(schedule.hours) * len(schedule.seconds or {0})


def days_a_year(schedule: Schedule) -> int:
    """Return on how many days of a year it runs."""
    days = (_FIRST + timedelta(days=number) for number in range(_DAYS))
    return sum(map(schedule.matches_date, days))


def clock(schedule: Schedule) -> str:
    """Return its first and its last time of a day: "05:00 to 05:59"."""
    first = f"{min(schedule.hours):02}:{min(schedule.minutes):02}"
    last = f"{max(schedule.hours):02}:{max(schedule.minutes):02}"
    return first if first == last else f"{first} to {last}"


def listed(words: Iterable[object]) -> str:
    """Return words as a sentence has them.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *most, last = map(str, words)
    return f"{', '.join(most)} and {last}" if most else last


def compact(values: Iterable[int]) -> str:
    """Return numbers as cron's lists and ranges write them.

    >>> compact({0, 1, 2, 22, 23}), compact({1, 2, 4})
    ('0-2,22-23', '1-2,4')
    """
    runs: list[list[int]] = []
    for value in sorted(values):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
