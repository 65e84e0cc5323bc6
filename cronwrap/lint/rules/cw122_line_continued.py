r"""A line that is to go on behind a backslash.

A crontab has no such thing but for BusyBox: the command ends in a backslash, and the next line is
one of its own, and a bad one.

Bad::

    0 3 * * * /usr/local/bin/backup \
        --full

Good::

    0 3 * * * /usr/local/bin/backup --full
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Line, Span
from cronwrap.lint.lines import Bad
from cronwrap.lint.rule import ERROR, Rule


def _find(job: Job) -> Iterator[Found]:
    raw = job.raw
    if job.dialect.joins_lines or not raw.endswith(b"\\"):
        return
    if (len(raw) - len(raw.rstrip(b"\\"))) % 2 == 0:
        return
    following = job.file.lines[job.number] if job.number < len(job.file.lines) else None
    last = job.command.start + len(raw)
    edits = []
    if following is not None and following.kind != "blank":
        blanks = len(following.data) - len(following.data.lstrip())
        edits = [(Span(last - 1, following.start + blanks), "")]
    yield job.found(
        Span(last - 1, last),
        f"a line does not go on behind a backslash{_following(following)}",
        "write the command on one line, or into a script",
        unsafe=edits,
    )


def _following(line: Line | None) -> str:
    """Return what becomes of the line that was to be the rest, where the daemon refuses it."""
    if not isinstance(line, Bad):
        return ": the command gets it as it stands"
    return f": the next line is one of its own; {costs(line.dialect)}"


RULE = Rule("CW122", "line-continued", ERROR, "job", _find, only_with=("\\",))
