r"""A day that some months do not have.

The 31st comes seven times a year, the 29th and 30th not in every February: ``0 0 29 2 *`` runs in
leap years alone.

Bad::

    0 0 31 * * /usr/local/bin/close-the-month

Good::

    0 0 1 * * /usr/local/bin/close-the-month
    0 0 31 1,3,5,7,8,10,12 * /usr/local/bin/long-months
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.timing import MONTHS, field, listed, place

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EVERY_MONTH_HAS = 28
_LONGEST = 31
_FEBRUARY = 2


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    if schedule is None or not schedule.days or min(schedule.days) <= _EVERY_MONTH_HAS:
        return
    day = field(job, "day")
    if day is None or schedule.days_match == "or" or schedule.never:
        return
    short = [month for month in sorted(schedule.months) if _LENGTHS[month - 1] < min(schedule.days)]
    if schedule.months == {_FEBRUARY}:
        yield job.found(
            place(job, day),
            "runs on 29 February alone: in leap years",
            "write 0 0 1 3 *, or another day, for once a year",
        )
    if not short or len(schedule.months) == 1:
        return
    names = listed(MONTHS[month - 1] for month in short)
    often = len(schedule.months) - len(short)
    yield job.found(
        place(job, day),
        f"there is no day {min(schedule.days)} in {names}: runs in {_months(often)} of a usual year",
        "for the last day of each month write 28-31, and ask in the command whether it is",
        severity=WARNING if min(schedule.days) == _LONGEST else "",
    )


def _months(count: int) -> str:
    return f"{count} months" if count > 1 else "one month"


RULE = Rule("CW210", "day-not-in-every-month", INFO, "job", _find)
