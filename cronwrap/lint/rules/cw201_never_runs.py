r"""A date that never comes.

The 31st of February, or of April: every daemon takes such a line, and never runs it. Nobody says
anything.

Bad::

    0 0 31 2,4 * /usr/local/bin/close-the-month

Good::

    0 0 28-31 * * [ "$(date -d tomorrow +\%d)" != 01 ] || /usr/local/bin/close-the-month
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.timing import MONTHS, field, listed, place


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    if schedule is None or not schedule.never or not (schedule.days and schedule.months):
        return
    if any(oddity.kind == "wrap_empty" for oddity in schedule.oddities):
        return  # CW202 tells of that
    day, month = field(job, "day"), field(job, "month")
    if day is not None and month is not None and schedule.minutes and schedule.hours:
        names = listed(MONTHS[number - 1] for number in sorted(schedule.months))
        has = "has" if len(schedule.months) == 1 else "have"
        yield job.found(
            place(job, day),
            f"{names} {has} no day {min(schedule.days)}; "
            f"{job.dialect.title} takes the line and never runs the job",
            "write a day that there is; for the last of each month see the example of this rule",
        )


RULE = Rule("CW201", "never-runs", ERROR, "job", _find)
