r"""A sixth field before the command.

Quartz and Spring have a field for seconds in front. cron takes the first five, and the sixth
becomes the user or the first word of the command; Debian's cron and cronie refuse one that begins
with ``*``.

Bad::

    0 */5 * * * * /usr/local/bin/poll

Good::

    */5 * * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_FIELD = re.compile(r"\*(/[0-9]+)?|\?|[0-9]+([-/,][0-9]+)+")
_BEGINNINGS = frozenset("*?0123456789")  # of what may be a field


def _find(job: Job) -> Iterator[Found]:
    if job.dialect.most_fields > 5:  # noqa: PLR2004 - supercronic knows seconds
        return
    at = job.user or job.command
    if at.text[:1] not in _BEGINNINGS:
        return
    word = (at.text.split(None, 1) or [""])[0]
    is_field, is_refused = bool(_FIELD.fullmatch(word)), _is_refused(job, word)
    if (not is_field and not is_refused) or job.nickname:
        return
    first = job.fields_at[0]
    seconds = Span(first.start, job.fields_at[1].start)
    role = "the user" if job.user is not None else "the command"
    yield job.found(
        Span(at.start, at.start + len(word)),
        f"{role} may not begin with *; {costs(job.dialect)}"
        if is_refused
        else f"a sixth field: {job.dialect.title} takes {word} for {role}",
        "drop the field for seconds, which is the first" if is_field else "",
        unsafe=[(seconds, "")] if is_field and first.text.isdigit() else [],
    )


def _is_refused(job: Job, word: str) -> bool:
    return word.startswith("*") and not job.dialect.star_command


RULE = Rule("CW115", "too-many-fields", ERROR, "job", _find)
