r"""A blank within a field.

cron takes what stands behind it for the next field, and the command moves into the schedule.

Bad::

    */ 5 * * * * /usr/local/bin/poll

Bad::

    0, 30 * * * * /usr/local/bin/poll

Good::

    0,30 * * * * /usr/local/bin/poll
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_JOINS = (",", "/", "-")
_FIELD = re.compile(r"[*\d][*\d,/~-]*|[a-z]{3}(?:[-,][a-z]{3})*", re.IGNORECASE)


def _find(job: Job) -> Iterator[Found]:
    if job.schedule is not None or job.nickname:
        return
    words = job.fields_at
    for first, (before, behind) in enumerate(pairwise(words)):
        if (before.text.endswith(_JOINS) and len(before.text) > 1) or behind.text.startswith(
            _JOINS
        ):
            last = first + 1
            while words[last].text.endswith(_JOINS) and last + 1 < len(words):
                last += 1
            if not _moves_up(job, last - first):
                continue
            parts = words[first : last + 1]
            whole = "".join(part.text for part in parts)
            yield job.found(
                Span(before.start, parts[-1].end),
                f"there is a blank within a field; {costs(job.dialect)}",
                f"write {whole}",
                unsafe=[(Span(one.end, two.start), "") for one, two in pairwise(parts)],
            )
            return


def _moves_up(job: Job, count: int) -> bool:
    """Tell whether so many fields more stand where the user and the command should."""
    behind = job.file.data[job.fields_at[-1].end : job.command.end].split(maxsplit=count)[:count]
    words = [word.decode(errors="replace") for word in behind]
    return len(words) == count and all(map(_FIELD.fullmatch, words))


RULE = Rule("CW110", "blank-in-field", ERROR, "job", _find)
