r"""A wrapper that covers the first command only.

The shell takes the line apart before the wrapper sees it: of ``cronwrap -- a && b`` the wrapper
gets ``a``. What becomes of ``b`` is not captured, timed or reported, and in ``cronwrap -- dump |
gzip > f`` the dump itself is what is captured. To cover all of it, give the wrapper a shell.

Bad::

    0 3 * * * cronwrap --check nightly -- /usr/local/bin/dump && /usr/local/bin/upload

Good::

    0 3 * * * cronwrap --check nightly -- sh -c '/usr/local/bin/dump && /usr/local/bin/upload'
    0 4 * * * cronwrap --check report -- /usr/local/bin/report 2>&1 | logger -t report
"""

from collections.abc import Iterator
from typing import NamedTuple

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import JOB, WRAPPERS, Flow, flow_of, wrapper_of
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import AndOr, Command, Compound, Node, Pipeline

# What only takes the output away.
_SINKS = frozenset({"awk", "cat", "cronolog", "grep", "logger", "mail", "mailx", "multilog", "rotatelogs",
                    "sed", "systemd-cat", "tail", "tee", "ts"})  # fmt: skip


class _Cover(NamedTuple):
    """A wrapper, what it runs, and what follows that it does not run."""

    wrapper: Command
    inner: Node
    outside: Node
    piped: bool


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for script in job.script.scripts():
        for item in script.items:
            for cover in _covers(flow, item):
                name = cover.wrapper.program
                what = "stands behind the |" if cover.piped else "stands behind the &&"
                yield job.found(
                    cover.outside,
                    f"{name} does not cover this: it {what}, where the shell runs it by itself",
                    f"write `{name} ... -- {_shell(job, cover)} '...'` around all of it",
                    unsafe=_around(job, cover),
                )


def _covers(flow: Flow, item: AndOr) -> Iterator[_Cover]:
    for step, pipeline in enumerate(item.pipelines):
        for place, command in enumerate(pipeline.commands):
            wrapper = wrapper_of(command) if isinstance(command, Command) else None
            if wrapper is None or not isinstance(wrapper.wrapped, Command):
                continue
            rest = [one for one in pipeline.commands[place + 1 :] if _is_work(flow, one)]
            if rest:
                yield _Cover(wrapper, wrapper.wrapped, pipeline.commands[-1], piped=True)
            elif place + 1 == len(pipeline.commands):
                last = _last_behind(flow, item, step)
                if last is not None:
                    yield _Cover(wrapper, wrapper.wrapped, last, piped=False)


def _is_work(flow: Flow, command: Command | Compound) -> bool:
    name = command.innermost.program if isinstance(command, Command) else ""
    return flow.kind(command) == JOB and name not in _SINKS and not _is_covered(command)


def _is_covered(command: Command | Compound) -> bool:
    return isinstance(command, Command) and wrapper_of(command) is not None


def _last_behind(flow: Flow, item: AndOr, step: int) -> Pipeline | None:
    """Return the last of what runs behind ``&&`` after a wrapper that does not cover it."""
    last = None
    for operator, pipeline in zip(item.operators[step:], item.pipelines[step + 1 :], strict=True):
        if operator.text != "&&" or any(map(_is_covered, pipeline.commands)):
            break
        if flow.kind(pipeline) == JOB:
            last = pipeline
    return last


def _shell(job: Job, cover: _Cover) -> str:
    return "bash -o pipefail -c" if cover.piped else f"{job.shell_name} -c"


def _around(job: Job, cover: _Cover) -> list[tuple[Span, str]]:
    """Return the edits that put a shell around all of it, where quotes allow that."""
    inside = job.raw[cover.inner.start : cover.outside.end]
    if cover.wrapper.nest or b"'" in inside:
        return []
    start, end = job.spot(cover.inner).start, job.spot(cover.outside).end
    return [(Span(start, start), f"{_shell(job, cover)} '"), (Span(end, end), "'")]


RULE = Rule("CW520", "wrapper-covers-first", ERROR, "job", _find, only_with=tuple(sorted(WRAPPERS)))
