r"""Sunday written as 7.

BusyBox knows weekdays 0 to 6: it logs an error about 7, and then runs the job every day.
Everybody else takes 0 and 7 for Sunday.

Bad (busybox)::

    0 6 * * 7 /usr/local/bin/weekly

Good (busybox)::

    0 6 * * 0 /usr/local/bin/weekly
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.timing import field

_SEVEN = re.compile(r"(?<![0-9/])7(?![0-9])")


def _find(job: Job) -> Iterator[Found]:
    weekday = field(job, "weekday")
    match = _SEVEN.search(weekday.text) if weekday is not None else None
    if weekday is not None and match is not None:
        alone = weekday.text == "7" or weekday.text.startswith("7,") or weekday.text.endswith(",7")
        where = job.schedule_at.at(weekday.start + match.start(), weekday.start + match.end())
        yield job.found(
            where,
            f"{job.dialect.title} has no weekday 7, and runs the job every day",
            "write 0 for Sunday",
            safe=[(where, "0")] if alone else [],
        )


RULE = Rule(
    "CW701", "sunday-as-seven", ERROR, "job", _find, dialects=("busybox",), only_with=("7",)
)
