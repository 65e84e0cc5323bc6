r"""A number that its field does not have.

Minutes go from 0 to 59, hours from 0 to 23, days from 1 to 31, months from 1 to 12 and weekdays
from 0 to 7. Debian's cron refuses the whole file, cronie the line; BusyBox logs it and then runs
the job at every minute, hour or day of that field.

Bad::

    61 * * * * /usr/local/bin/report

Good::

    1 * * * * /usr/local/bin/report
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_COSTS = {
    "file": "refuses the whole file: none of its jobs run",
    "line": "refuses this line",
    "exit": "refuses the file and exits",
}


def _find(job: Job) -> Iterator[Found]:
    error = job.schedule_error
    if error is not None and error.kind == "out_of_range":
        costs = _COSTS.get(job.dialect.bad_line, "runs the job at odd times")
        yield job.found(
            job.schedule_at.at(error.start, error.end),
            f"{error.message}; {job.dialect.title} {costs}",
            error.hint,
        )


RULE = Rule("CW106", "value-out-of-range", ERROR, "job", _find)
