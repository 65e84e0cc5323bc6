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
from cronwrap.lint.rule import ERROR, INFO, Rule
from cronwrap.schedule import ScheduleError, parse

_COMMAS = re.compile(r",{2,}")


def _find(job: Job) -> Iterator[Found]:
    taken = job.schedule is not None  # as systemd-cron, supercronic and bcron do
    does = f"{job.dialect.title} takes it all the same" if taken else costs(job.dialect)
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
            f"a value is missing in {field.text}; {does}",
            f"write {mended}",
            safe=[(where, mended)] if _is_right(text.replace(field.text, mended), job) else [],
            severity=INFO if taken else "",
        )


def _is_right(text: str, job: Job) -> bool:
    try:
        return not parse(text, job.dialect.name).oddities
    except ScheduleError:
        return False


RULE = Rule("CW109", "empty-list-item", ERROR, "job", _find, only_with=(",",))
