r"""A schedule that the daemon refuses, for a reason that no other rule is about.

The other rules about schedules name the common mistakes. This one makes sure that none goes by in
silence: what one daemon takes another refuses, and one bad line makes Debian's cron drop the whole
file, and keeps supercronic from starting.

Bad::

    0 4 * * mon/2 /usr/local/bin/backup

Bad (supercronic)::

    0 */24 * * * /usr/local/bin/backup

Good::

    0 4 * * 1,3,5 /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule, catalogue

_GROUPS = ("CW1", "CW2", "CW7")


def _find(job: Job) -> Iterator[Found]:
    error = job.schedule_error
    if error is None or _explained(job):
        return
    where = job.schedule_at.at(error.start, error.end)
    yield job.found(where, f"{error.message}; {costs(job.dialect)}", error.hint)


def _explained(job: Job) -> bool:
    """Return whether another rule about schedules calls something in the line an error."""
    return any(
        (found.severity or rule.severity_in(job.dialect.name)) == ERROR
        for rule in catalogue()
        if rule.per in ("job", "line") and rule.code.startswith(_GROUPS) and rule is not RULE
        if rule.severity_in(job.dialect.name) and (not rule.host or job.file.host is not None)
        for found in rule.find(job)
    )


RULE = Rule("CW134", "schedule-refused", ERROR, "job", _find)
