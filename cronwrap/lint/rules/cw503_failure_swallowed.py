r"""A failure that is turned into a success before the ping.

``job || true`` succeeds whatever the job does, and so does ``job || echo failed``: what stands
behind ``&&`` is then always done, and ``$?`` is always 0. So does a group that ends in
``; true``; and ``! job`` succeeds exactly when the job fails.

Bad::

    0 3 * * * /usr/local/bin/backup || true && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import ENDS, HELPER, JOB, PING, Flow, flow_of, programs
from cronwrap.lint.pings import CLIENT_TEXTS, Ping
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import AndOr, Command, Compound, Node, Pipeline, Script


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        if stand.ping.tells == "success" and stand.step:
            item, step = stand.item, stand.step
        elif stand.place and not stand.step and _reads_status(stand.ping):
            item = stand.before[-1]
            step = len(item.pipelines)
        else:
            continue
        swallows = _swallower(flow, item, step)
        if swallows is not None:
            yield job.found(
                swallows,
                "this turns the job's failure into a success, which the ping then tells",
                "leave it out, or do it behind the ping",
            )


def _reads_status(ping: Ping) -> bool:
    return any(one.name == "?" for word in ping.command.args for one in word.variables)


def _swallower(flow: Flow, item: AndOr, step: int) -> Node | None:
    """Return what hides a failure of the job from what runs after ``pipelines[:step]``."""
    while step:
        step -= 1
        operator = item.operators[step - 1].text if step else ""
        pipeline = item.pipelines[step]
        kind = flow.kind(pipeline)
        if operator == "||" and kind in (HELPER, PING) and not _ends(pipeline):
            return pipeline if flow.kind(*item.pipelines[:step]) == JOB else None
        if kind == JOB:
            return pipeline if pipeline.negated else _last_of_group(flow, pipeline)
        if operator == "||":
            return None
    return None


def _ends(pipeline: Pipeline) -> bool:
    names = {command.program for command in programs(pipeline)}
    return bool(names & ENDS) or "false" in names


def _last_of_group(flow: Flow, pipeline: Pipeline) -> Node | None:
    """Return the ``true`` that ends ``(job; true)``."""
    inner = pipeline.commands[-1]
    if isinstance(inner, Compound) and inner.kind in ("group", "subshell"):
        script: Command | Script | None = inner.scripts[0] if inner.scripts else None
    else:
        script = inner.innermost.wrapped if isinstance(inner, Command) else None
    if not isinstance(script, Script) or not script.items:
        return None
    last = script.items[-1]
    names = [command.program for command in programs(last)]
    if len(script.items) > 1 and names[:1] in (["true"], [":"], ["echo"]) and len(names) == 1:
        return last if flow.kind(*script.items[:-1]) == JOB else None
    return _swallower(flow, last, len(last.pipelines))


RULE = Rule("CW503", "failure-swallowed", ERROR, "job", _find, only_with=CLIENT_TEXTS)
