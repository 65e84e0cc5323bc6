r"""A day field that begins with a star beside a weekday.

A field that begins with ``*`` counts as not limited, whatever follows: then Debian's cron and
cronie want both fields to match, day and weekday, and not either. This is known as a trick; BusyBox
and supercronic look at the values instead, and run the job on either.

Bad::

    0 0 */2 * mon /usr/local/bin/report

Good::

    0 0 * * mon /usr/local/bin/report
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.timing import days_a_year, field, is_whole, place


def _find(job: Job) -> Iterator[Found]:
    schedule, day, weekday = job.schedule, field(job, "day"), field(job, "weekday")
    if schedule is None or day is None or weekday is None or schedule.days_match != "and":
        return
    if (day.star or weekday.star) and not is_whole(day) and not is_whole(weekday):
        starred = day if day.star else weekday
        yield job.found(
            place(job, starred),
            f"{starred.text} begins with *, so {job.dialect.title} wants day and weekday to match: "
            f"{days_a_year(schedule)} days a year; BusyBox and supercronic run it on either",
            "ask for one of the two in the command, and every daemon does the same",
        )


RULE = Rule(
    "CW204", "star-in-day-list", INFO, "job", _find, severities={"portable": WARNING},
    dialects=("debian", "cronie", "portable"),
)  # fmt: skip
