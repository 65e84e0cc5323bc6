r"""A step in the days of the month, which BusyBox counts from 0.

``*/2`` is the 2nd, 4th, ... 30th for BusyBox, and the 1st, 3rd, ... 31st for everybody else.

Bad (busybox)::

    0 5 */2 * * /usr/local/bin/rotate

Good (busybox)::

    0 5 1-31/2 * * /usr/local/bin/rotate
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.timing import field, place

_STEP = re.compile(r"\*/([0-9]+)")


def _find(job: Job) -> Iterator[Found]:
    day = field(job, "day")
    match = _STEP.fullmatch(day.text) if day is not None else None
    if day is None or match is None or int(match[1]) < 2:  # noqa: PLR2004 - */1 is all
        return
    meant = f"1-31/{match[1]}"
    first = min((value for value in day.values if value), default=0)
    yield job.found(
        place(job, day),
        f"{job.dialect.title} counts days from 0: {day.text} begins on day {first} there, "
        "and on the 1st everywhere else",
        f"write {meant}",
        safe=[(place(job, day), meant)],
    )


RULE = Rule("CW704", "even-days", WARNING, "job", _find, dialects=("busybox",), only_with=("*/",))
