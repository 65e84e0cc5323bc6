r"""The same job twice.

The same command of the same user at the same times, in this file or in two: it runs twice at once.

Bad::

    0 3 * * * /usr/local/bin/backup
    0 3 * * * /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/backup
    0 15 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.schedule import Schedule


def _find(files: list[Crontab]) -> Iterator[Found]:
    seen: dict[tuple[object, ...], Job] = {}
    times_of = _Times()
    for file in files:
        for job in file.jobs:
            times = times_of(job)
            if times is None:
                continue
            user = job.user.text if job.user is not None else file.owner
            first = seen.setdefault((user, job.raw.strip(), times), job)
            if first is not job:
                where = f"line {first.number}"
                if first.file is not file:
                    where += f" of {first.file.path}"
                yield job.found(
                    job.command,
                    f"the same job as in {where}: it runs twice at the same times",
                    "drop one of the two",
                )


class _Times:
    """Numbers for when jobs run: a schedule is too large to be compared for each of many jobs."""

    def __init__(self) -> None:
        self._by_text: dict[tuple[str, str], int | None] = {}
        self._numbers: dict[Schedule, int] = {}

    def __call__(self, job: Job) -> int | None:
        """Return a number that jobs which run at the same times share; None for none, or at boot."""
        key = (job.schedule_at.text, job.dialect.name)
        if key not in self._by_text:
            self._by_text[key] = self._number(job.schedule)
        return self._by_text[key]

    def _number(self, schedule: Schedule | None) -> int | None:
        if schedule is None or schedule.never or schedule.reboot:
            return None
        times = schedule._replace(text="", fields=(), oddities=(), wild=False)
        return self._numbers.setdefault(times, len(self._numbers))


RULE = Rule("CW220", "same-job-twice", WARNING, "files", _find)
