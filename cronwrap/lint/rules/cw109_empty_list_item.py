r"""A comma with nothing before or behind it.

Bad::

    1,,3 3 * * * /usr/local/bin/backup

Good::

    1,3 3 * * * /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.schedule import ScheduleError, parse

_COMMAS = re.compile(r",{2,}")


def _find(job: Job) -> Iterator[Found]:
    if job.schedule is not None and not job.schedule.oddities:
        return
    text = job.schedule_at.text
    for field in job.fields_at:
        mended = _COMMAS.sub(",", field.text).strip(",")
        if mended == field.text or not mended:
            continue
        where = job.schedule_at.at(
            field.start - job.schedule_at.start, field.end - job.schedule_at.start
        )
        yield job.found(
            where,
            f"a value is missing in {field.text}; {costs(job.dialect)}",
            f"write {mended}",
            safe=[(where, mended)] if _is_right(text.replace(field.text, mended), job) else [],
        )


def _is_right(text: str, job: Job) -> bool:
    try:
        return not parse(text, job.dialect.name).oddities
    except ScheduleError:
        return False


RULE = Rule("CW109", "empty-list-item", ERROR, "job", _find, only_with=(",",))
