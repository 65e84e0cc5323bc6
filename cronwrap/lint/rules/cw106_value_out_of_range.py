r"""A number that its field does not have.

Minutes go from 0 to 59, hours from 0 to 23, days from 1 to 31, months from 1 to 12 and weekdays
from 0 to 7. Debian's cron refuses the whole file, cronie the line; BusyBox logs it and then runs
the job at every minute, hour or day of that field.

Bad::

    61 * * * * /usr/local/bin/report

Bad (busybox)::

    0 25 * * * /usr/local/bin/report

Good::

    1 * * * * /usr/local/bin/report
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.schedule import Schedule

_TAKEN = ("every_value", "outside")  # BusyBox runs the job all the same
_RANGES = {
    "minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 6)
}  # fmt: skip
_NUMBER = re.compile(r"\d+")
_SUNDAY = 7


def _find(job: Job) -> Iterator[Found]:
    for error in job.schedule_errors:
        if error.kind != "out_of_range":
            continue
        yield job.found(
            job.schedule_at.at(error.start, error.end),
            f"{error.message}; {costs(job.dialect)}",
            error.hint,
        )
    if job.schedule is not None and job.schedule.oddities:
        yield from _taken(job, job.schedule)


def _taken(job: Job, schedule: Schedule) -> Iterator[Found]:
    for oddity in schedule.oddities:
        if oddity.kind not in _TAKEN:
            continue
        field = next(one for one in schedule.fields if one.start <= oddity.start < one.end)
        numbers = map(int, _NUMBER.findall(field.text))
        if field.name == "weekday" and max(numbers, default=0) <= _SUNDAY:
            continue  # another rule's
        low, high = _RANGES[field.name]
        where = job.schedule_at.at(oddity.start, oddity.end)
        yield job.found(where, oddity.detail, f"write {low} to {high}")


RULE = Rule("CW106", "value-out-of-range", ERROR, "job", _find)
