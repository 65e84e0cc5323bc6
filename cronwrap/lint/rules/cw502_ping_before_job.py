r"""A success ping that is sent before the job has run.

The monitor is told of a success that nobody knows of yet; if the job then fails or hangs, the
check stays green. Only a start ping belongs before the job, and only where the service has one.

Bad::

    0 3 * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c && /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
    0 4 * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e/start; /usr/local/bin/report; curl -fsS -m 10 -o /dev/null https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e/$?
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import CHECK, JOB, Flow, Stand, flow_of
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import ERROR, Rule


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        if (
            stand.ping.tells == "success"
            and _comes_first(flow, stand)
            and _is_followed(flow, stand)
        ):
            yield job.found(
                stand.ping.command,
                "this ping says success before the job has run",
                "put it behind the job, after &&",
            )


def _comes_first(flow: Flow, stand: Stand) -> bool:
    before = (*stand.before, *stand.item.pipelines[: stand.step], *stand.pipeline.commands[:-1])
    return flow.kind(*before) not in (JOB, CHECK)


def _is_followed(flow: Flow, stand: Stand) -> bool:
    """Tell whether a job runs after it; what stands behind ``||`` is what to do if it fails."""
    item, rest = stand.item, list(stand.script.items[stand.place + 1 :])
    after = zip(item.operators[stand.step :], item.pipelines[stand.step + 1 :], strict=True)
    for operator, pipeline in after:
        if operator.text == "||":
            break
        if flow.kind(pipeline) == JOB:
            return True
    return flow.kind(*rest) == JOB


RULE = Rule("CW502", "ping-before-job", ERROR, "job", _find, only_with=CLIENT_TEXTS)
