r"""A step behind a single number.

``0/5`` is "every five from 0 on" for Quartz and supercronic. Debian's cron and cronie refuse it;
BusyBox, systemd-cron and bcron take the number alone.

Bad::

    0/5 * * * * /usr/local/bin/poll

Good::

    */5 * * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_STEP = re.compile(r"(?:^|,)([0-9]+)/([0-9]+)(?=,|$)")
_HIGHEST = (59, 23, 31, 12, 6)


def _find(job: Job) -> Iterator[Found]:
    if "/" not in job.schedule_at.text or job.dialect.name == "supercronic":
        return
    if job.nickname or len(job.fields_at) != len(_HIGHEST):
        return
    for field, highest in zip(job.fields_at, _HIGHEST, strict=True):
        for match in _STEP.finditer(field.text):
            low, step = match[1], match[2]
            meant = f"*/{step}" if low == "0" else f"{low}-{highest}/{step}"
            where = Span(field.start + match.start(1), field.start + match.end())
            refused = job.schedule_error is not None
            does = costs(job.dialect) if refused else f"{job.dialect.title} runs it at {low} alone"
            yield job.found(
                where,
                f"a step stands behind the single number {low}; {does}",
                f"write {meant}",
                unsafe=[(where, meant)],
            )


RULE = Rule("CW112", "step-without-range", ERROR, "job", _find, only_with=("/",))
