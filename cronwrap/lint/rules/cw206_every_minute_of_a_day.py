r"""Stars for minute and hour beside a date.

``* * 1 * *`` does not mean "on the first": it is every minute of that day, 1,440 runs.

Bad::

    * * 1 * * /usr/local/bin/invoice

Good::

    0 0 1 * * /usr/local/bin/invoice
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.timing import field, is_whole, place

_OFFICE_DAYS = {1, 2, 3, 4, 5}


def _find(job: Job) -> Iterator[Found]:
    minute, hour = field(job, "minute"), field(job, "hour")
    if minute is None or hour is None or not (is_whole(minute) and is_whole(hour)):
        return
    dates = [field(job, name) for name in ("day", "month", "weekday")]
    limited = [one for one in dates if one is not None and not is_whole(one)]
    if not limited:
        return
    office = all(one.name == "weekday" and one.values >= _OFFICE_DAYS for one in limited)
    hours = job.schedule_at.at(minute.start, hour.end)
    yield job.found(
        hours,
        "runs 1,440 times on each such day, at every minute of it",
        "write 0 0 for once, at midnight",
        unsafe=[(place(job, minute), "0"), (place(job, hour), "0")],
        severity=WARNING if office else "",
    )


RULE = Rule("CW206", "every-minute-of-a-day", ERROR, "job", _find)
