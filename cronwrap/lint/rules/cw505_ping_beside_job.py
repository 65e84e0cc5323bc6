r"""A ping that does not wait for its job, which runs in the background.

After ``&`` the shell goes on at once: the monitor is told of a success while the job has hardly
begun, and of nothing when it fails.

Bad::

    0 3 * * * /usr/local/bin/backup & curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import CHECK, HELPER, JOB, Flow, Stand, flow_of, programs
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import AndOr, Compound, Operator


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        mark = _mark(flow, stand)
        if mark is None:
            continue
        is_next = stand.step == 0 and stand.before and stand.before[-1].terminator is mark
        yield job.found(
            mark,
            "the job runs in the background: the ping is sent at once, whatever becomes of the job",
            "join them with &&",
            unsafe=[(mark, "&&")] if is_next else (),
        )


def _mark(flow: Flow, stand: Stand) -> Operator | None:
    """Return the ``&`` that lets a job run beside the ping after it."""
    if stand.ping.tells not in ("success", "status"):
        return None
    for pipeline in reversed(stand.item.pipelines[: stand.step]):
        group = pipeline.commands[-1]
        if isinstance(group, Compound) and group.kind in ("group", "subshell") and group.scripts:
            last = group.scripts[0].items[-1:]
            return last[0].terminator if last and _beside(flow, last[0]) else None
        if flow.kind(pipeline) not in (HELPER, CHECK):
            return None
    for item in reversed(stand.before):
        if _beside(flow, item):
            follows = stand.script.items[stand.script.items.index(item) + 1]
            return None if _is_redirect(follows) else item.terminator
        if flow.kind(item) == JOB or "wait" in {one.program for one in programs(item)}:
            return None
    return None


def _beside(flow: Flow, item: AndOr) -> bool:
    return item.background and flow.kind(item) == JOB


def _is_redirect(item: AndOr) -> bool:
    """Tell whether it begins as the rest of ``&> file`` and ``&2> file`` does (CW402, CW405)."""
    first = item.pipelines[0].commands[0]
    return bool(first.redirects) and first.start == first.redirects[0].start


RULE = Rule("CW505", "ping-beside-job", ERROR, "job", _find, only_with=CLIENT_TEXTS)
