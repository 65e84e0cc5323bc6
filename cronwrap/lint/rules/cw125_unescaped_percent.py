r"""A ``%`` that cron takes for a newline.

cron(8) ends the command at its first bare ``%`` and feeds what follows to its standard input, in
quotes too. BusyBox and supercronic do not.

What may be meant so, as in ``mail -s x root%It is done.``, is only a warning.

Bad::

    0 3 * * * tar czf /srv/backup-$(date +%F).tgz /etc

Good::

    0 3 * * * tar czf /srv/backup-$(date +\%F).tgz /etc
"""

import re
from collections.abc import Iterator

from cronwrap.lint import mask
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.handed import handed
from cronwrap.lint.rule import ERROR, WARNING, Rule

# What stands before a percent that is no newline: a format of date, or a word that is open.
_FORMAT = re.compile(r"\+(?:[^\s%]|\\%)*$|(printf|--format|-printf|awk)\b[^%]*$")
# What goes on as a command does, and not as a text: an option, a pipe, a redirection, or nothing.
_GOES_ON = re.compile(r"%\s*$|.*(\s--?[a-zA-Z]|\s\||&&|>\s*[/&])", re.DOTALL)
# Those that are given such a text on purpose.
_READERS = {"at", "bc", "cat", "ed", "ftp", "mail", "mailx", "mysql", "psql", "sendmail", "sqlite3",
            "tee", "wall", "write"}  # fmt: skip
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")
_SHOWN = 24


def _find(job: Job) -> Iterator[Found]:
    first = job.percent
    if first is None:
        return
    after = job.file.data[first.start : job.command.end].decode(errors="replace")
    surely = [*_surely(job)]
    shown = mask.line(job)[len(job.file.data[job.start : first.end].decode(errors="replace")) :]
    rest = shown[:_SHOWN] + ("..." if len(shown) > _SHOWN else "")
    edits = [(where, "\\%") for where in surely or _bare(job)]
    yield job.found(
        first,
        f"{job.dialect.title} ends the command here, and gives it {rest!r} as its input"
        if rest.strip()
        else f"{job.dialect.title} ends the command here",
        "write \\% for a percent sign",
        safe=edits if surely else (),
        unsafe=() if surely else edits,
        severity="" if surely or _goes_on(job, after) else WARNING,
    )


def _surely(job: Job) -> Iterator[Span]:
    """Yield the first percent signs that are meant as such; what follows one may be meant as input.

    As in ``mail -s "$(date +%F)" root%It is done.``.
    """
    kept, place, raw = b"", 0, job.raw
    for where in _bare(job):
        at = where.start - job.base
        kept += raw[place:at]
        if not _is_sign(job, kept, raw[at:]):
            return
        yield where
        kept, place = kept + rb"\%", at + 1


def _is_sign(job: Job, before: bytes, after: bytes) -> bool:
    """Tell whether a percent sign cuts in two what stands *before* it and *after*."""
    text = before.decode(errors="replace")
    words = text.split()
    in_url = bool(words) and "://" in words[-1] and _ENCODED.match(after)
    script = handed(before, job.dialect.name, job.shell_name).script
    return bool(script.errors or _FORMAT.search(text) or in_url)


def _goes_on(job: Job, after: str) -> bool:
    """Tell whether what is cut off goes on as the command does, and is no text for it."""
    programs = job.script.programs()
    reads = bool(programs) and programs[-1].program in _READERS
    return not reads and _GOES_ON.match(after) is not None


def _bare(job: Job) -> Iterator[Span]:
    """Yield each percent sign that has no backslash before it, as cron reads them."""
    at, raw = 0, job.raw
    while at < len(raw):
        if raw[at : at + 1] == b"\\":
            at += 1
        elif raw[at : at + 1] == b"%":
            yield Span(job.base + at, job.base + at + 1)
        at += 1


RULE = Rule("CW125", "unescaped-percent", ERROR, "job", _find, only_with=("%",))
