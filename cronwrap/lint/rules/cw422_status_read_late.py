r"""A ``$?`` that is no longer the job's.

``$?`` is the status of the last command, so that after ``job; logger done; ...`` it is that of
``logger``, which always succeeds; and behind ``&&`` it is 0 in any case. Keep it at once:
``rc=$?``.

Bad::

    0 3 * * * /usr/local/bin/backup; logger done; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/$?

Good::

    0 3 * * * /usr/local/bin/backup; rc=$?; logger done; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/$rc
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import HELPER, JOB, PING, Flow, flow_of, programs
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Pipeline, Script, Variable


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for script in job.script.scripts():
        for place, item in enumerate(script.items):
            status = _status(item.pipelines[0])
            between = _between(flow, script, place) if status is not None else None
            if status is not None and between is not None:
                yield job.found(
                    status,
                    f"this is the exit status of `{between}`, not of the job",
                    "keep it right behind the job: `rc=$?`, and write $rc here",
                )
            yield from _after_success(job, item)


def _status(pipeline: Pipeline) -> Variable | None:
    """Return the ``$?`` in the words of *pipeline* or what it assigns."""
    for command in pipeline.commands:
        if isinstance(command, Command):
            values = [one.value for one in command.assigns if one.value is not None]
            for word in (*command.words, *values):
                for variable in word.variables:
                    if variable.name == "?":
                        return variable
    return None


def _between(flow: Flow, script: Script, place: int) -> str | None:
    """Return the helper whose status ``$?`` is, if a job has run before it."""
    if not place or script.items[place - 1].background:
        return None
    last = script.items[place - 1].pipelines[-1]
    if len(script.items[place - 1].pipelines) > 1 or flow.kind(last) not in (HELPER, PING):
        return None
    names = [command.program for command in programs(last)]
    if not names or names[0] in ("wait", "set", "trap", "false", "eval", ".", "source"):
        return None
    return names[0] if flow.kind(*script.items[: place - 1]) == JOB else None


def _after_success(job: Job, item: AndOr) -> Iterator[Found]:
    for operator, pipeline in zip(item.operators, item.pipelines[1:], strict=True):
        status = _status(pipeline) if operator.text == "&&" else None
        if status is not None:
            yield job.found(
                status,
                "behind && this is always 0: after a failure nothing of this runs",
                "write ; in place of && to tell of failures too",
                severity=WARNING,
            )


RULE = Rule("CW422", "status-read-late", ERROR, "job", _find, only_with=("$?", "${?"))
