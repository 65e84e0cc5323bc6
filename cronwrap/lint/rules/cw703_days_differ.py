r"""Day and weekday together, which daemons read differently.

systemd-cron and bcron run the job only on days that both fields name; Debian's cron, cronie and
BusyBox on days that either does, and cron(5) says so.

Bad (systemd)::

    0 0 1 * mon /usr/local/bin/count

Good (systemd)::

    0 0 1 * * /usr/local/bin/count
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.timing import days_a_year, field, is_whole, place


def _find(job: Job) -> Iterator[Found]:
    schedule, day, weekday = job.schedule, field(job, "day"), field(job, "weekday")
    if schedule is None or day is None or weekday is None or schedule.days_match != "and":
        return
    if is_whole(day) or is_whole(weekday):
        return
    either = days_a_year(schedule._replace(days_match="or"))
    yield job.found(
        place(job, weekday),
        f"{job.dialect.title} wants day and weekday to match: {days_a_year(schedule)} days a year; "
        f"cron(5) has either, which is {either}",
        "limit one of the two here, and ask for the other in the command",
    )


RULE = Rule("CW703", "days-differ", WARNING, "job", _find, dialects=("systemd", "bcron"))
