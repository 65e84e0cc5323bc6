r"""A ping by curl that takes an error for an answer.

Without ``-f`` curl ends with 0 whatever HTTP status comes back: of a check that has been deleted
(404), nothing is seen but the error page in the job's mail. ``-fsS`` fails, keeps the progress meter
away and still says why.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import flow_of
from cronwrap.lint.rule import INFO, WARNING, Rule

_FAILS = {"f", "fail", "fail-with-body", "K", "config", "w", "write-out"}


def _find(job: Job) -> Iterator[Found]:
    for stand in flow_of(job).stands:
        client, flags = stand.ping.command, stand.ping.flags
        if client.program != "curl" or flags & _FAILS:
            continue
        new = "f" if flags & {"s", "silent"} else "fs"
        new += "" if flags & {"S", "show-error"} else "S"
        matters = stand.step < len(stand.item.operators)
        end = job.spot(client.words[0]).end
        yield job.found(
            client.words[0],
            "curl takes an error (404: the check is gone) for a success"
            + (", and what follows depends on it" if matters else ""),
            f"add `-{new}`",
            safe=[(Span(end, end), f" -{new}")],
            severity=WARNING if matters else INFO,
        )


RULE = Rule("CW512", "ping-error-unseen", INFO, "job", _find, only_with=("curl",))
