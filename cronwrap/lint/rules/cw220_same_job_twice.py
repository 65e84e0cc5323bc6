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


def _find(files: list[Crontab]) -> Iterator[Found]:
    seen: dict[tuple[object, ...], Job] = {}
    for file in files:
        for job in file.jobs:
            if job.schedule is None or job.schedule.never or job.schedule.reboot:
                continue
            user = job.user.text if job.user is not None else file.owner
            times = job.schedule._replace(text="", fields=(), oddities=(), wild=False)
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


RULE = Rule("CW220", "same-job-twice", WARNING, "files", _find)
