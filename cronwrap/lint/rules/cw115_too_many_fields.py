r"""A sixth field before the command.

Quartz and Spring have a field for seconds in front. cron takes the first five, and the sixth
becomes the user or the first word of the command.

Bad::

    0 */5 * * * * /usr/local/bin/poll

Good::

    */5 * * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_FIELD = re.compile(r"\*(/[0-9]+)?|\?|[0-9]+([-/,][0-9]+)+")


def _find(job: Job) -> Iterator[Found]:
    if job.nickname or job.dialect.most_fields > 5:  # noqa: PLR2004 - supercronic knows seconds
        return
    command = job.command.text
    word = (
        job.user.text
        if job.user is not None
        else command.split(None, 1)[0]
        if command.strip()
        else ""
    )
    if not _FIELD.fullmatch(word):
        return
    at = job.user or job.command
    first = job.fields_at[0]
    seconds = Span(first.start, job.fields_at[1].start)
    takes = "the user" if job.user is not None else "the command"
    yield job.found(
        Span(at.start, at.start + len(word)),
        f"a sixth field: {job.dialect.title} takes {word} for {takes}",
        "drop the field for seconds, which is the first",
        unsafe=[(seconds, "")] if first.text.isdigit() else [],
    )


RULE = Rule("CW115", "too-many-fields", ERROR, "job", _find)
