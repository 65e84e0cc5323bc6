r"""A program or script by a path that begins nowhere.

Cron starts jobs in HOME, supercronic in its own directory. A path such as ``./run.sh`` works in
the terminal that stands elsewhere, and is not found by cron.

Bad::

    0 3 * * * ./run.sh

Good::

    0 3 * * * /srv/app/run.sh
    0 4 * * * cd /srv/app && ./run.sh
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.surroundings import Ran, home, is_elsewhere, named_files, resolved

# A word with a slash that does not begin with one, or an interpreter: few lines have either.
_WORTH = re.compile(
    r"(?:\A|[\s;&|({'\"`])(?:[\w.-]+/|\.\s|source\s)|(?:python|php|perl|ruby|node|Rscript|sh)[\d.]*\s"
)


def _find(job: Job) -> Iterator[Found]:
    near = [ran for ran in named_files(job.script) if ran.word.literal[:1] != "/"]
    for ran in near if near and _WORTH.search(job.command.text) else ():
        yield from _relative(job, ran)


def _relative(job: Job, ran: Ran) -> Iterator[Found]:
    text = ran.word.literal
    if text[:1] in "/~$`" or text in ("-", "") or "{" in text or "://" in text:
        return
    chosen = job.dialect.assignments == "vixie" and job.value(
        "HOME"
    )  # where jobs start, on purpose
    if chosen or _is_there(job, ran) or _is_moved(job, ran):
        return
    place = home(job)
    own = job.dialect.name == "supercronic"  # an image says which one that is
    where = "in the daemon's own directory" if own else "in HOME"
    yield job.found(
        ran.word,
        f"{job.dialect.title} starts jobs {where}{f', {place}' if place else ''}:"
        f" {text} is looked for there",
        "write the full path, or `cd /its/directory && ` before it",
        severity=INFO if own else "",
    )


def _is_there(job: Job, ran: Ran) -> bool:
    host = job.file.host
    path = resolved(job, ran.command, ran.word.literal) if host is not None else ""
    return host is not None and bool(path) and host.exists(path)


def _is_moved(job: Job, ran: Ran) -> bool:
    """Tell whether the line goes to another directory before, or to another machine."""
    return any(
        command.program in ("cd", "pushd")
        or any(value.startswith(("-C", "-D", "--chdir", "--directory")) for value in command.values)
        for command in job.script.commands()
        if command.start <= ran.word.start and command is not ran.command
    ) or is_elsewhere(job, ran.command)


RULE = Rule("CW310", "relative-path", WARNING, "job", _find)
