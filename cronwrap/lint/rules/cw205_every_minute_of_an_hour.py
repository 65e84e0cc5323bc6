r"""A star for the minute beside an hour.

``* 5 * * *`` does not mean "at five": it is every minute from 05:00 to 05:59, sixty runs.

Bad::

    * 5 * * * /usr/local/bin/backup

Good::

    0 5 * * * /usr/local/bin/backup
    */5 9-17 * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.timing import clock, field, is_whole, place, runs_a_day

_MEANT_HOURS = 3  # who writes so many of them means every minute


def _find(job: Job) -> Iterator[Found]:
    minute, hour = field(job, "minute"), field(job, "hour")
    if minute is None or hour is None or job.schedule is None or not is_whole(minute):
        return
    if hour.star or not hour.values or len(hour.values) >= _MEANT_HOURS or "," in hour.text:
        return
    runs = runs_a_day(job.schedule)
    yield job.found(
        place(job, minute),
        f"runs {runs} times, at every minute from {clock(job.schedule)}",
        f"write 0 {hour.text} for once an hour then",
        unsafe=[(place(job, minute), "0")],
    )


RULE = Rule("CW205", "every-minute-of-an-hour", WARNING, "job", _find)
