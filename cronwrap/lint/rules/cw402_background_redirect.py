r"""``&>`` in a line that ``sh`` reads, where it puts the job in the background.

dash reads ``job &> log`` as ``job &`` and ``> log``: the job runs in the background with its output
going to cron's mail, the log is emptied, and the line ends at once with 0. bash, which is
``/bin/sh`` on Red Hat, and BusyBox's sh redirect; BusyBox does not know ``&>>``.

Bad::

    0 3 * * * /usr/local/bin/backup &> /var/log/backup.log

Good::

    0 3 * * * /usr/local/bin/backup > /var/log/backup.log 2>&1
"""

from collections.abc import Iterator
from itertools import pairwise

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Operator, Redirect


def _find(job: Job) -> Iterator[Found]:
    for script in job.script.scripts():
        for before, after in pairwise(script.items):
            mark, redirect = before.terminator, _first(after)
            if redirect is None or mark is None or mark.end != redirect.start:
                continue
            if mark.text != "&" or redirect.operator not in (">", ">>") or _is_other(job, redirect):
                continue
            if job.dialect.name != "busybox" or redirect.operator == ">>":
                yield job.found(
                    Span(job.spot(mark).start, job.spot(redirect).end),
                    _does(job, redirect),
                    f"write `{redirect.operator} FILE 2>&1`",
                    safe=_as_sh_does(job, mark, redirect),
                )


def _does(job: Job, redirect: Redirect) -> str:
    if job.dialect.name == "busybox":
        return "BusyBox's sh does not know &>>: a syntax error, nothing of the line runs"
    sh = "sh, where it is not bash," if job.dialect.name == "cronie" else "sh"
    file = "empties this file" if redirect.operator == ">" else "leaves this file as it is"
    return f"{sh} runs the job in the background, {file} and ends with 0"


def _first(item: AndOr) -> Redirect | None:
    """Return the redirection that *item* begins with, if no program stands there."""
    command = item.pipelines[0].commands[0]
    if isinstance(command, Command) and not command.words and command.redirects:
        return command.redirects[0] if command.redirects[0].start == command.start else None
    return None


def _is_other(job: Job, redirect: Redirect) -> bool:
    """Tell whether it is ``&2>`` or ``2&>1``, which are CW405's."""
    before = job.raw[: redirect.start - 1][-2:]
    return job.raw[redirect.start : redirect.start + 1].isdigit() or before == b" 2"


def _as_sh_does(job: Job, mark: Operator, redirect: Redirect) -> list[tuple[Span | Operator, str]]:
    end = job.spot(redirect).end
    return [(mark, ""), (Span(end, end), " 2>&1")]


RULE = Rule(
    "CW402",
    "background-redirect",
    ERROR,
    "job",
    _find,
    severities={"cronie": WARNING},
    only_with=("&>",),
)
