r"""A user that this host does not have.

Debian's cron refuses the whole file for it, cronie logs it when the job is due.

Bad (/etc/cron.d/app)::

    0 3 * * * deply /usr/local/bin/backup

Good (/etc/cron.d/app)::

    0 3 * * * root /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.errors import similar
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule


def _find(job: Job) -> Iterator[Found]:
    host, user = job.file.host, job.user
    if host is None or user is None or not host.users or "/" in user.text:
        return
    if host.user(user.text) is None:
        costs = "the job never runs"
        if job.dialect.bad_line == "file":
            costs = f"{job.dialect.title} refuses the whole file: none of its jobs run"
        yield job.found(
            user,
            f"there is no user {user.text} here; {costs}",
            similar(user.text, list(host.users))
            or "write a user that there is, or create this one",
        )


RULE = Rule("CW118", "unknown-user", ERROR, "job", _find, host=True)
