r"""A line that pings a monitor and runs nothing.

It tells that the machine is up, that cron runs and that the network is there; nothing of any job.
If that is meant, say so in a comment above that has the word heartbeat or alive in it.

Bad::

    */5 * * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    # Heartbeat of this host
    */5 * * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import CHECK, JOB, flow_of
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import INFO, Rule

_MEANT = re.compile(r"heart-?beat|alive|dead ?man|watchdog|\bup\b|uptime", re.IGNORECASE)


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    if not flow.stands or any(flow.kind(one) in (JOB, CHECK) for one in flow.programs):
        return
    if job.percent is not None or job.script.errors or _MEANT.search(job.comment_above):
        return
    yield job.found(
        flow.stands[0].ping.command,
        "this says that cron runs, and nothing of any job",
        "ping behind the job that it is about; or write `# heartbeat` above if that is meant",
    )


RULE = Rule("CW507", "ping-without-job", INFO, "job", _find, only_with=CLIENT_TEXTS)
