r"""An ``&`` at the wrong side of a redirection.

``job &2>/dev/null`` and ``job & >/dev/null`` run the job in the background and redirect nothing of
it; the line ends at once with 0. ``job >/dev/null 2&>1`` gives the job an argument 2, and writes a
file called 1; so does ``2>1``.

Bad::

    0 3 * * * /usr/local/bin/backup > /var/log/backup.log &2>1

Good::

    0 3 * * * /usr/local/bin/backup > /var/log/backup.log 2>&1
"""

from collections.abc import Iterator
from itertools import pairwise

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Redirect, Script

_BACKGROUND = "this & runs the job in the background, its output is not redirected"


def _find(job: Job) -> Iterator[Found]:
    for script in job.script.scripts():
        if len(script.items) > 1:
            yield from _in_background(job, script)
    for redirect in job.script.redirects():
        if redirect.fd != 2 or redirect.operator != ">" or redirect.target is None:  # noqa: PLR2004 - stderr
            continue
        before = job.raw[: redirect.start].rstrip(b" ")
        if redirect.target.text == "1" and not before.endswith(b"&"):
            yield job.found(
                redirect,
                "this writes the errors into a file called 1",
                "write `2>&1`",
                unsafe=[(redirect, "2>&1")],
                severity=WARNING,
            )


def _in_background(job: Job, script: Script) -> Iterator[Found]:
    for before, after in pairwise(script.items):
        mark, redirect = before.terminator, _first(after) if before.background else None
        if mark is None or redirect is None:
            continue
        start, end = job.spot(mark).start, job.spot(redirect).end
        gap = job.raw[mark.end : redirect.start]
        has_fd = job.raw[redirect.start : redirect.start + 1].isdigit()
        if _is_lost_digit(before):
            two = before.pipelines[-1].commands[-1].end
            where = Span(job.base + two - 1, end)
            yield job.found(
                where,
                "this gives the job the argument 2, runs it in the background and writes a file"
                f" called {redirect.target.text if redirect.target is not None else ''}",
                "write `2>&1`",
                unsafe=[(where, "2>&1")] if not script.nest else (),
            )
        elif gap.strip(b" ") == b"" and (gap or has_fd):
            new = job.raw[redirect.start : redirect.end].decode(errors="surrogateescape")
            new = "2>&1" if has_fd and new.replace(" ", "") in ("2>1", "2>&1") else new
            yield job.found(
                Span(start, end),
                _BACKGROUND,
                f"write `{new}`",
                unsafe=[(Span(start, end), new)],
            )


def _first(item: AndOr) -> Redirect | None:
    """Return the redirection that *item* begins with, if no program stands there."""
    command = item.pipelines[0].commands[0]
    is_bare = isinstance(command, Command) and not command.words and command.redirects
    return command.redirects[0] if is_bare else None


def _is_lost_digit(item: AndOr) -> bool:
    """Tell whether it ends in the 2 of ``2&>1``."""
    last, mark = item.pipelines[-1].commands[-1], item.terminator
    if not isinstance(last, Command) or not last.args or mark is None:
        return False
    return last.args[-1].text == "2" and last.args[-1].end == mark.start


RULE = Rule("CW405", "misplaced-ampersand", ERROR, "job", _find, only_with=("&", "2>1", "2> 1"))
