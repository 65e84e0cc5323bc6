r"""A nickname and fields.

``@daily`` stands in the place of all five fields: what follows it is the command.

Bad::

    @daily 0 5 * * * /usr/local/bin/backup

Good::

    0 5 * * * /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_FIELDS = re.compile(r"(?:[0-9*][0-9*,/-]*\s+){2,5}")


def _find(job: Job) -> Iterator[Found]:
    at = job.user or job.command
    text = job.file.data[at.start : job.command.end].decode(errors="surrogateescape")
    match = _FIELDS.match(text) if job.nickname else None
    if match is not None:
        fields = match[0].strip()
        yield job.found(
            Span(at.start, at.start + len(fields)),
            f"{job.nickname} stands for all five fields: {fields.split()[0]} is taken for "
            f"{'the user' if job.user else 'the command'}",
            f"write either {job.nickname} or {fields}",
        )


RULE = Rule("CW127", "nickname-and-fields", ERROR, "job", _find, only_with=("@",))
