r"""A nickname that this daemon does not know for sure.

bcron knows none; BusyBox only if it was built so, OpenWrt's drops the line, and Debian's build of
it dies of it; supercronic knows neither ``@reboot`` nor ``@midnight``.

Bad (busybox)::

    @daily /usr/local/bin/backup

Good (busybox)::

    0 0 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.schedule import DEFAULT, DIALECTS

_FIELDS = DIALECTS[DEFAULT].nicknames


def _find(job: Job) -> Iterator[Found]:
    name = job.nickname.lower()
    known = job.schedule is not None and job.schedule_error is None
    if not name or (known and job.dialect.name != "busybox"):
        return
    fields = _FIELDS.get(name, "")
    if not fields and name != "@reboot":
        return  # nobody knows it: CW113
    yield job.found(
        job.schedule_at,
        f"{job.dialect.title} may not know {name}, and then the job never runs"
        if known
        else f"{job.dialect.title} does not know {name}; {costs(job.dialect)}",
        f"write {fields}" if fields else "start it with the machine or the container instead",
        unsafe=[(job.schedule_at, fields)] if fields else [],
    )


RULE = Rule(
    "CW702", "nickname", ERROR, "job", _find, dialects=("busybox", "bcron", "supercronic"),
    only_with=("@",),
)  # fmt: skip
