r"""A mark of another cron before the schedule or the command.

``-`` before the schedule keeps cronie from logging the job, ``-n``, ``-q`` and ``-s`` before the
command are OpenBSD's and cronie's. Debian's cron refuses the first, and runs a program named
``-n``.

Bad::

    -*/5 * * * * /usr/local/bin/poll

Bad::

    0 3 * * * -n /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_FLAG = re.compile(r"-[nqs]{1,3}\s+")
_KNOWS_N = {"cronie"}


def _find(job: Job) -> Iterator[Found]:
    first = job.fields_at[0]
    if first.text.startswith("-") and not job.dialect.dash_prefix:
        dash = Span(first.start, first.start + 1)
        yield job.found(
            dash,
            f"- before the schedule is cronie's; {costs(job.dialect)}",
            "drop it",
            safe=[(dash, "")] if len(first.text) > 1 else [],  # alone, it is in a field's place
        )
    match = _FLAG.match(job.command.text)
    if match is not None and not (job.dialect.name in _KNOWS_N and match[0].strip() == "-n"):
        where = Span(job.command.start, job.command.start + len(match[0]))
        yield job.found(
            where,
            f"{match[0].strip()} is a mark of another cron: {job.dialect.title} runs a program of "
            "that name",
            "drop it",
            safe=[(where, "")],
        )


RULE = Rule("CW128", "dash-prefix", ERROR, "job", _find, only_with=("-",))
