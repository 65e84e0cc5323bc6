r"""A variable that this daemon does not heed.

BusyBox takes SHELL, PATH and MAILTO, with no blank before the ``=``, and drops the line of any
other name without a word: the job does not get it. RANDOM_DELAY is known to cronie and systemd-cron only.

Bad (busybox)::

    DATA=/srv/data
    0 3 * * * /usr/local/bin/backup

Bad::

    RANDOM_DELAY=30
    0 3 * * * /usr/local/bin/backup

Good (busybox)::

    0 3 * * * export DATA=/srv/data; /usr/local/bin/backup
"""

import shlex
from collections.abc import Iterator
from itertools import islice

from cronwrap.lint.crontab import Assignment, Found, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule

_MOST_JOBS = 1000  # that one fix may change
_KNOW_DELAY = ("cronie", "systemd")


def _find(assignment: Assignment) -> Iterator[Found]:
    name, title = assignment.name, assignment.dialect.title
    if assignment.ignored and name in assignment.dialect.names:
        blanks = Span(assignment.name_at.end, assignment.value_at.start)
        yield assignment.found(
            assignment.whole,
            f"{title} drops this line: it wants no blank before the = or after it",
            f"write {name}={assignment.value_at.text}",
            safe=[(blanks, "=")],
        )
    elif assignment.ignored and name != "CRON_TZ":
        yield assignment.found(
            assignment.whole,
            f"{title} drops this line: it takes SHELL, PATH and MAILTO, and no job gets {name}",
            "set it in the job: export NAME=value; command".replace("NAME", name),
            unsafe=_moved(assignment),
        )
    elif name == "RANDOM_DELAY" and assignment.dialect.name not in _KNOW_DELAY:
        yield assignment.found(
            assignment.name_at,
            f"{title} does not heed RANDOM_DELAY: the jobs start at the full minute",
            "let the job wait by itself: cronwrap --splay 30m",
            severity=WARNING,
        )


def _moved(assignment: Assignment) -> list[tuple[Span, str]]:
    """Return the edits that put it into the jobs; none where a # in it would cut them."""
    text, jobs = assignment.value_at.text, list(islice(assignment.jobs, _MOST_JOBS + 1))
    if "#" in text or not assignment.name.isidentifier() or not 0 < len(jobs) <= _MOST_JOBS:
        return []
    value = text if text[:1] in "\"'" else shlex.quote(text)
    starts = [Span(job.command.start, job.command.start) for job in jobs]
    comment = Span(assignment.whole.start, assignment.whole.start)
    return [(comment, "# "), *((start, f"export {assignment.name}={value}; ") for start in starts)]


RULE = Rule("CW317", "variable-ignored", ERROR, "assignment", _find)
