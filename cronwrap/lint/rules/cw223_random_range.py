r"""A random value where the daemon draws none.

cronie, systemd-cron and OpenBSD's cron draw one of the values of ``0~10`` when they load the
file. Debian's cron reads up to the ``~`` and skips the rest: every host runs it at 0.

Bad::

    0~10 3 * * * /usr/local/bin/fetch

Good::

    7 3 * * * /usr/local/bin/fetch
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule


def _find(job: Job) -> Iterator[Found]:
    text = job.schedule_at.text
    schedule = job.schedule
    for error in job.schedule_errors:
        if "~" not in text[error.start : error.end]:
            continue
        yield job.found(
            job.schedule_at.at(error.start, error.end),
            f"{job.dialect.title} draws no random values, and refuses this",
            "write one value",
        )
    for oddity in schedule.oddities if schedule is not None else ():
        if "~" in text[oddity.start : oddity.end] and oddity.kind != "random":
            number = len(text[: oddity.start + 1].split()) - 1
            taken = schedule.fields[number] if schedule is not None else None
            if taken is None:
                continue
            where = job.schedule_at.at(taken.start, taken.end)
            first = min(taken.values, default=0)
            yield job.found(
                where,
                f"{job.dialect.title} draws no random values: {taken.text} is {first} for it, "
                "on every host",
                f"write one value, such as {first}, another on each host",
                unsafe=[(where, str(first))],
            )


RULE = Rule("CW223", "random-range", ERROR, "job", _find, only_with=("~",))
