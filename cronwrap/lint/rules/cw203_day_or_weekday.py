r"""A day of the month and a weekday that both count.

Where neither field begins with ``*``, cron runs the job on every day that either of them names:
``1-7 * mon`` is the first week and every Monday besides, about a hundred days a year. Debian's
cron, cronie, BusyBox and supercronic do so; systemd-cron and bcron want both.

A comment above the line that says "or" shows that it is meant.

Bad::

    0 0 1-7 * mon /usr/local/bin/first-monday

Good::

    0 0 1-7 * * [ "$(date +\%u)" != 1 ] || /usr/local/bin/first-monday
    # On the first of the month or on a Monday.
    0 0 1 * mon /usr/local/bin/count
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.lines import Place
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.timing import days_a_year, field, place

_MEANT = re.compile(r"\b(or|either)\b", re.IGNORECASE)


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    if schedule is None or schedule.days_match != "or":
        return
    day, weekday = field(job, "day"), field(job, "weekday")
    if day is None or weekday is None or _MEANT.search(job.comment_above or ""):
        return
    runs = days_a_year(schedule)
    both = days_a_year(schedule._replace(days_match="and"))
    yield job.found(
        place(job, weekday),
        f"{job.dialect.title} runs it on the days of the month {day.text}, and besides on the "
        f"weekdays {weekday.text}: {runs} days a year; both together are {both}",
        "limit the days of the month here, and ask for the weekday in the command",
        unsafe=_fix(job, weekday.values),
    )


def _fix(job: Job, weekdays: frozenset[int]) -> list[tuple[Place, str]]:
    """Return the edits that ask for the weekday in the command, where one line can say it."""
    weekday = field(job, "weekday")
    items = job.script.items
    simple = len(items) == 1 and len(items[0].pipelines) == 1 and not items[0].background
    if weekday is None or not simple or len(weekdays) != 1:
        return []
    number = next(iter(weekdays)) or 7  # as date +%u has it
    percent = "\\%" if job.dialect.percent else "%"
    guard = f'[ "$(date +{percent}u)" != {number} ] || '
    return [(place(job, weekday), "*"), (job.command.at(0, 0), guard)]


RULE = Rule("CW203", "day-or-weekday", WARNING, "job", _find)
