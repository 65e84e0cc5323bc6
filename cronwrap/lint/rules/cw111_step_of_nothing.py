r"""A step that is zero, or no number.

Debian's cron and cronie refuse it; BusyBox takes the first value alone; systemd-cron's generator
and bcron hang in it, and with them all jobs of the host.

Bad::

    */0 * * * * /usr/local/bin/poll

Good::

    */5 * * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_REFUSED = {"step_zero", "bad_step"}


def _find(job: Job) -> Iterator[Found]:
    for error in job.schedule_errors:
        if error.kind not in {*_REFUSED, "step_hangs"}:
            continue
        more = "" if error.kind == "step_hangs" else f"; {costs(job.dialect)}"
        where = job.schedule_at.at(error.start, error.end)
        yield job.found(where, f"{error.message}{more}", error.hint)
    for oddity in job.schedule.oddities if job.schedule is not None else ():
        if oddity.kind == "step_zero":
            where = job.schedule_at.at(oddity.start, oddity.end)
            yield job.found(where, oddity.detail, "write a step of 1 or more")


RULE = Rule("CW111", "step-of-nothing", ERROR, "job", _find, only_with=("/",))
