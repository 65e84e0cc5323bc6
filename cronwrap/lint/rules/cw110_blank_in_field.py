r"""A blank within a field.

cron takes what stands behind it for the next field, and the command moves into the schedule.

Bad::

    */ 5 * * * * /usr/local/bin/poll

Bad::

    0, 30 * * * * /usr/local/bin/poll

Good::

    0,30 * * * * /usr/local/bin/poll
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_JOINS = (",", "/", "-")


def _find(job: Job) -> Iterator[Found]:
    if job.schedule is not None or job.nickname:
        return
    for before, behind in zip(job.fields_at, job.fields_at[1:], strict=False):
        if (before.text.endswith(_JOINS) and len(before.text) > 1) or behind.text.startswith(
            _JOINS
        ):
            blanks = Span(before.end, behind.start)
            whole = before.text + behind.text
            yield job.found(
                Span(before.start, behind.end),
                f"there is a blank within a field; {costs(job.dialect)}",
                f"write {whole}",
                unsafe=[(blanks, "")],
            )
            return


RULE = Rule("CW110", "blank-in-field", ERROR, "job", _find)
