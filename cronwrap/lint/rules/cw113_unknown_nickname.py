r"""A nickname that cron does not know.

There are ``@reboot @yearly @annually @monthly @weekly @daily @midnight @hourly``, in lower case.
``@every 5m`` is of robfig/cron, in Kubernetes and other Go programs; no daemon knows it.

Bad::

    @Daily /usr/local/bin/backup

Bad::

    @every_minute /usr/local/bin/poll

Good::

    @daily /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.errors import nearest
from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.schedule.messages import OF_OTHERS

_KNOWN = (
    *("@reboot", "@yearly", "@annually", "@monthly"),
    *("@weekly", "@daily", "@midnight", "@hourly"),
)


def _find(job: Job) -> Iterator[Found]:
    name = job.nickname
    if not name or job.schedule is not None or name in _KNOWN:
        return  # what some daemons know is CW702's
    lower = name.lower()
    where = job.schedule_at.at(0, len(name))
    of_others = next((hint for head, hint in OF_OTHERS if lower.startswith(head)), "")
    hint = of_others or nearest(lower, list(_KNOWN))
    yield job.found(
        where,
        f"{job.dialect.title} does not know {name}; {costs(job.dialect)}",
        f"write {lower}" if lower in _KNOWN else hint,
        safe=[(where, lower)] if lower in _KNOWN else [],
    )


RULE = Rule("CW113", "unknown-nickname", ERROR, "job", _find, only_with=("@",))
