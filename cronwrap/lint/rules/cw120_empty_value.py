r"""An empty value without quotes.

Debian 12's cron takes ``MAILTO=`` for a bad line and refuses the whole file; Debian 13's and
cronie do not mind. bcron refuses the line, and supercronic dies of it.

Bad::

    MAILTO=
    0 3 * * * /usr/local/bin/backup

Good::

    MAILTO=""
    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found, Span
from cronwrap.lint.rule import ERROR, Rule

_COSTS = {
    "debian": "Debian 12's cron refuses the whole file for it, and Debian 13's takes it",
    "portable": "Debian 12's cron refuses the whole file for it",
    "supercronic": "supercronic dies of it",
    "bcron": "bcron refuses the line",
}


def _find(assignment: Assignment) -> Iterator[Found]:
    costs = _COSTS.get(assignment.dialect.name)
    if costs and not assignment.value and not assignment.quote:
        end = Span(assignment.whole.end, assignment.whole.end)
        name = assignment.name
        yield assignment.found(
            assignment.whole,
            f"{name} is empty, without quotes; {costs}",
            f'write {name}=""',
            safe=[(end, '""')],
        )


RULE = Rule("CW120", "empty-value", ERROR, "assignment", _find)
