r"""A mark of another cron before the schedule or the command.

``-`` before the schedule keeps cronie from logging the job, and ``-n`` before the command from
sending mail; ``-n``, ``-q`` and ``-s`` are OpenBSD's. Debian's cron refuses the first, and runs a
program named ``-n``. cronie refuses a command that begins with any other option.

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
from cronwrap.lint.lines import parsed
from cronwrap.lint.rule import ERROR, Rule

_FLAG = re.compile(r"-[nqs]{1,3}(?:\s+|\Z)")
_ANY_FLAG = re.compile(r"-\S*\s*")


def _find(job: Job) -> Iterator[Found]:
    first = job.schedule_at
    if first.text.startswith("-") and not job.dialect.dash_prefix:
        dash = Span(first.start, first.start + 1)
        yield job.found(
            dash,
            f"- before the schedule is cronie's; {costs(job.dialect)}",
            "drop it",
            safe=[(dash, "")] if _is_right_without(job) else [],
        )
    text, has_own = job.command.text, job.dialect.command_options
    match = (_ANY_FLAG if has_own else _FLAG).match(text) if text.startswith("-") else None
    if match is not None:
        flag = match[0].strip()
        where = Span(job.command.start, job.command.start + len(match[0]))
        yield job.found(
            where,
            f"{job.dialect.title} knows but -n before a command, not {flag}; {costs(job.dialect)}"
            if has_own and flag != "-n"
            else f"there is no command after -n; {costs(job.dialect)}"
            if has_own
            else f"{flag} is a mark of another cron: {job.dialect.title} runs a program of that "
            "name",
            "drop it",
            safe=[(where, "")] if _FLAG.match(match[0]) and where.end < job.command.end else [],
        )


def _is_right_without(job: Job) -> bool:
    text = job.schedule_at.text[1:]
    return not text.startswith(" ") and parsed(text, job.dialect.name)[0] is not None


RULE = Rule("CW128", "dash-prefix", ERROR, "job", _find, only_with=("-",))
