r"""A value that is right elsewhere, and that this daemon takes for another one.

systemd-cron 2.5 runs a job on every day whose weekday is ``sun`` or ``sunday`` by itself, and reads
``0``, ``7`` and ``sat-sun`` as they are meant. supercronic reads weekdays and months with a leading
zero as 0: ``01`` is Sunday, and a month that never comes.

Bad (systemd)::

    0 6 * * sun /usr/local/bin/weekly

Bad (supercronic)::

    0 6 1 01 * /usr/local/bin/yearly

Good (systemd)::

    0 6 * * 7 /usr/local/bin/weekly
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_MISREAD = ("sunday_daily", "zero_padded", "empty_list")


def _find(job: Job) -> Iterator[Found]:
    for oddity in job.schedule.oddities if job.schedule is not None else ():
        if oddity.kind not in _MISREAD:
            continue
        where = job.schedule_at.at(oddity.start, oddity.end)
        text = job.schedule_at.text[oddity.start : oddity.end]
        meant = ""
        if oddity.kind == "zero_padded":
            meant = text.lstrip("0") if text.isdigit() else ""
        elif text.isalpha():
            meant = "7"
        hint = f"write {meant}" if meant else "write plain numbers"
        yield job.found(where, oddity.detail, hint, safe=[(where, meant)] if meant else [])


RULE = Rule("CW711", "misread-value", ERROR, "job", _find, dialects=("systemd", "supercronic"))
