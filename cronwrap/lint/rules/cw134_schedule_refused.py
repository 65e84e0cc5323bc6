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
    left = [(job.schedule_at.at(one.start, one.end), one) for one in job.schedule_errors]
    others = _others(job)
    while left and (said := next(others, None)) is not None:
        left = [one for one in left if said.end <= one[0].start or one[0].end <= said.start]
    for where, error in left:
        yield job.found(where, f"{error.message}; {costs(job.dialect)}", error.hint)


def _others(job: Job) -> Iterator[Found]:
    """Yield what other rules about schedules call errors in the line."""
    for rule in catalogue():
        if rule.per in ("job", "line") and rule.code.startswith(_GROUPS) and rule is not RULE:
            severity = rule.severity_in(job.dialect.name)
            if severity and (not rule.host or job.file.host is not None):
                yield from (one for one in rule.find(job) if (one.severity or severity) == ERROR)


RULE = Rule("CW134", "schedule-refused", ERROR, "job", _find)
