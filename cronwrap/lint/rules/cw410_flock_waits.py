r"""A ``flock`` that waits for the lock, or that guards the first command only.

Without ``-n`` or ``-w``, runs that find the lock taken wait for it, one more with each period, and
then run one after the other. And of ``flock -n L a && b`` only ``a`` is guarded: the shell has
taken the line apart before flock sees it.

Bad::

    */5 * * * * flock /run/lock/sync /usr/local/bin/sync
    0 3 * * * flock -n /run/lock/load /usr/local/bin/load && /usr/local/bin/index

Good::

    */5 * * * * flock -n /run/lock/sync /usr/local/bin/sync
    0 3 * * * flock -n /run/lock/load sh -c '/usr/local/bin/load && /usr/local/bin/index'
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import JOB, Flow, flow_of
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Pipeline
from cronwrap.schedule import normal_period_s
from cronwrap.units import format_duration

_PATIENT = {"-w", "--timeout", "--wait", "-n", "--nonblock", "--nb", "-u", "--unlock"}
_SHORT_S = 3600


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.commands():
        if command.program == "flock" and command.wrapped is not None and _waits(command):
            every_s = _shortest_gap_s(job)
            if 0 < every_s <= _SHORT_S and job.dialect.overlaps and not _is_shared(job, command):
                end = job.spot(command.words[0]).end
                yield job.found(
                    command.words[0],
                    "a run that finds the lock taken waits for it without end, one more every"
                    f" {format_duration(every_s)}",
                    "write flock -n to leave a run out, or -w SECONDS to wait for a while",
                    unsafe=[(Span(end, end), " -n")],
                )
    for script in job.script.scripts():
        for item in script.items:
            yield from _unguarded(job, item)


def _waits(command: Command) -> bool:
    for word in command.args:
        text = word.literal
        if not text.startswith("-"):
            return True
        short = text[1:] if text[:2] != "--" else ""
        if text.partition("=")[0] in _PATIENT or set(short) & set("nuw"):
            return False
    return True


def _shortest_gap_s(job: Job) -> int:
    gaps = normal_period_s(job.schedule) if job.schedule is not None else None
    return gaps.shortest_s if gaps is not None else 0


def _is_shared(job: Job, command: Command) -> bool:
    """Tell whether other lines take the same lock: then to wait is what it is for."""
    lock = next((word.literal for word in command.args if "/" in word.literal), "")
    return job.file.paths[lock] > 1


def _unguarded(job: Job, item: AndOr) -> Iterator[Found]:
    for step, pipeline in enumerate(item.pipelines[:-1]):
        command = pipeline.commands[-1]
        if not isinstance(command, Command) or command.program != "flock":
            continue
        inner, last = command.wrapped, _last_behind(flow_of(job), item, step)
        if not isinstance(inner, Command) or last is None:
            continue
        start, end = job.spot(inner).start, job.spot(last).end
        quotable = not command.nest and b"'" not in job.raw[inner.start : last.end]
        shell = f"{job.shell_name} -c '"
        yield job.found(
            last,
            "flock does not guard this: the lock is free again when it runs",
            f"write `flock ... {shell}...'` around both",
            unsafe=[(Span(start, start), shell), (Span(end, end), "'")] if quotable else (),
        )


def _last_behind(flow: Flow, item: AndOr, step: int) -> Pipeline | None:
    """Return the last job that runs behind ``&&`` after it, and takes no lock of its own."""
    last = None
    for operator, pipeline in zip(item.operators[step:], item.pipelines[step + 1 :], strict=True):
        names = {one.program for one in pipeline.commands if isinstance(one, Command)}
        if operator.text != "&&" or "flock" in names:
            break
        if flow.kind(pipeline) == JOB:
            last = pipeline
    return last


RULE = Rule("CW410", "flock-waits", WARNING, "job", _find, only_with=("flock",))
