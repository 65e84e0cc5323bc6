r"""An assignment below the jobs.

An assignment holds for the lines below it. At the end of the file it holds for none.

Bad::

    0 3 * * * /usr/local/bin/backup
    MAILTO=ops@example.org

Good::

    MAILTO=ops@example.org
    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator
from itertools import islice

from cronwrap.lint.crontab import Assignment, Found, Span
from cronwrap.lint.rule import WARNING, Rule

_ENOUGH = 1000  # jobs to look at
_FOR_CRON = {"MAILTO", "MAILFROM", "PATH", "SHELL", "HOME", "CRON_TZ"}


def _find(assignment: Assignment) -> Iterator[Found]:
    file = assignment.file
    if file.dialect.late_assignments or next(iter(assignment.jobs), None) is not None:
        return
    above = list(islice(file.jobs_between(0, assignment.number), _ENOUGH))
    name = assignment.name
    used = name in _FOR_CRON or any(f"${name}" in job.command.text for job in above)
    if not above or not used or any(job.value(name) == assignment.value for job in above[:1]):
        return
    line = Span(assignment.start, min(assignment.end + 1, len(file.data)))
    text = file.data[assignment.start : assignment.end].decode(errors="surrogateescape")
    yield assignment.found(
        assignment.whole,
        f"{name} holds for the lines below it, and there is no job below",
        "move it above the jobs",
        unsafe=[(Span(above[0].start, above[0].start), text + "\n"), (line, "")],
    )


RULE = Rule("CW129", "late-assignment", WARNING, "assignment", _find)
