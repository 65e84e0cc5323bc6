r"""A ping that tells the exit status of the last command of a pipeline, not of the job.

The status of ``dump | gzip`` is that of ``gzip``, which is content with half a dump or with none.
The monitor is told of a success, and the backup is 20 bytes long. In bash, ``set -o pipefail``
makes a pipeline fail if any of it does; ``sh`` of Debian 12 (dash) does not know it.

Bad::

    0 3 * * * mysqldump shop | gzip > /backup/shop.gz && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    SHELL=/bin/bash
    0 3 * * * set -o pipefail; mysqldump shop | gzip > /backup/shop.gz && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import HELPER, JOB, Flow, Stand, flow_of
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import Command, Compound, Pipeline

# What only brings data: its failure is not the job's.
_SOURCES = frozenset({"cat", "echo", "head", "ls", "printf", "seq", "tail", "true", "yes", ":"})
_FILTERS = frozenset(
    {"awk", "cut", "grep", "egrep", "sed", "sort", "tac", "tr", "uniq", "wc", "tee"}
)


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    if "pipefail" in job.command.text or "PIPESTATUS" in job.command.text:
        return
    for stand in flow.stands:
        pipeline = _told_of(flow, stand)
        lost = _lost(flow, pipeline) if pipeline is not None else None
        if pipeline is None or lost is None:
            continue
        knows = not stand.script.is_posix and not stand.script.nest
        last = pipeline.commands[-1]
        name = last.program if isinstance(last, Command) else ""
        yield job.found(
            lost,
            f"if this fails the ping still tells the status of {name or 'the last command'}"
            if not flow.pings_in(pipeline)
            else "if this fails the ping is sent all the same",
            "begin the command with `set -o pipefail;`"
            if knows
            else "set SHELL=/bin/bash above and begin the command with `set -o pipefail;`",
            unsafe=[(Span(job.base, job.base), "set -o pipefail; ")] if knows else (),
        )


def _told_of(flow: Flow, stand: Stand) -> Pipeline | None:
    """Return the pipeline whose status a ping tells."""
    if stand.ping.tells not in ("success", "status"):
        return None
    if len(stand.pipeline.commands) > 1:
        return stand.pipeline
    if stand.step:
        and_then = stand.item.operators[stand.step - 1].text == "&&"
        return stand.item.pipelines[stand.step - 1] if and_then else None
    if stand.ping.tells == "status":
        for item in reversed(stand.before):
            last = item.pipelines[-1]
            if flow.kind(last) != HELPER or len(last.commands) > 1:
                return last
    return None


def _lost(flow: Flow, pipeline: Pipeline) -> Command | Compound | None:
    """Return the command of *pipeline* whose failure is lost."""
    for command in pipeline.commands[:-1]:
        program = command.innermost.program if isinstance(command, Command) else ""
        if flow.kind(command) == JOB and program not in _SOURCES | _FILTERS:
            return command
    return None


RULE = Rule("CW504", "pipeline-status", ERROR, "job", _find, only_with=CLIENT_TEXTS)
