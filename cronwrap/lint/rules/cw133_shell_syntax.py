r"""A command that the shell cannot read.

A quote that is not closed, a parenthesis too many: the shell complains when the job is due, and
runs nothing of it. A text that was to be filled in, as ``/srv/<name>``, is read as redirections; of a
here-document (``<<EOF``) there is only the first line.

Bad::

    0 3 * * * echo "the backup begins

Good::

    0 3 * * * echo "the backup begins"
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_HERE = re.compile(rb"(?<!<)<<-?\s*[\"'\\]?\w")
_BLANK = re.compile(r"<[A-Za-z][\w -]*>")
_FILLED = re.compile(r"\S*[/=](<[A-Za-z][\w -]*>)")  # nobody writes a redirection so


def _find(job: Job) -> Iterator[Found]:
    if b"<" in job.raw:
        yield from _filled(job)
    errors = job.script.errors
    # What is cut by a percent sign is CW125's; a backslash at the end, which sh takes, CW122's.
    if not errors or job.percent is not None or job.raw.endswith(b"\\"):
        return
    text = job.command.text
    if _HERE.match(job.raw, errors[0].start):
        yield job.found(
            errors[0],
            f"{job.shell_name} gets no text here: the lines below are lines of the crontab",
            "write printf 'TEXT' | before the command, or move all of it into a script",
        )
        return
    odd = next((quote for quote in "\"'`" if text.count(quote) % 2), "")
    why = f"a {odd} is not closed" if odd else "something is missing, or too much"
    blank = _BLANK.search(text)
    yield job.found(
        errors[0],
        f"{job.shell_name} cannot read this: {why}; nothing of the command runs",
        f"write what {blank[0]} stands for" if blank else "try it with sh -n",
    )


def _filled(job: Job) -> Iterator[Found]:
    """Yield what is a text to fill in, where the shell reads it as ``<`` and ``>``."""
    raw = job.raw.decode("latin-1")
    starts = {redirect.start for command in job.script.commands() for redirect in command.redirects}
    for match in _FILLED.finditer(raw) if not job.script.errors else ():
        if match.start(1) in starts and "://" not in match[0]:
            word = match[1]
            yield job.found(
                Span(job.base + match.start(1), job.base + match.end(1)),
                f"{job.shell_name} takes {word} for files to read and to write",
                f"write what {word} stands for",
            )


RULE = Rule("CW133", "shell-syntax", ERROR, "job", _find)
