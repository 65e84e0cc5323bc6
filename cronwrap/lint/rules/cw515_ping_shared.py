r"""One check for several jobs.

The monitor cannot tell which of the jobs a ping comes from: either keeps the check green while the
other fails or does not run at all. The same job on several lines, each with a schedule of its own,
is one job. Also the names that ``cronwrap --check``, ``cronitor exec`` and ``runitor`` are given.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
    0 4 * * * /usr/local/bin/report && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
    0 4 * * * /usr/local/bin/report && curl -fsS -m 10 -o /dev/null https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import JOB, WRAPPERS, flow_of, is_wrapper
from cronwrap.lint.pings import CLIENT_TEXTS, check_of, pings_of
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import Command, Node
from cronwrap.run import options

_RUNITOR = ("-uuid", "--uuid", "-slug", "--slug")


class _Told(NamedTuple):
    """What a job tells, and of what.

    Attributes:
        checks: each check that it tells of its end, and where in the command that is named.
        programs: what it runs beside its pings: lines that run the same are one job.
    """

    checks: dict[str, Span]
    programs: tuple[str, ...]


def _gather(job: Job) -> _Told | None:
    checks = {check: Span(where.start, where.end) for check, where in _checks(job)}
    return _Told(checks, _programs(job)) if checks else None


def _find(gathered: list[tuple[Job, _Told]]) -> Iterator[Found]:
    first: dict[str, tuple[Job, tuple[str, ...]]] = {}
    for job, told in gathered:
        for check, where in told.checks.items():
            other, programs = first.setdefault(check, (job, told.programs))
            if programs != told.programs:
                place = "" if other.file is job.file else f" of {other.file.path}"
                yield job.found(
                    Span(job.base + where.start, job.base + where.end),
                    f"line {other.number}{place} reports another job to the same check: either"
                    " keeps it green while the other fails",
                    "make a check for each job",
                )


def _checks(job: Job) -> Iterator[tuple[str, Node]]:
    """Yield each check that *job* tells of its end, and the word that names it."""
    for ping in pings_of(job):
        if ping.tells in ("success", "status"):
            yield check_of(ping.url), ping.word
    for command in job.script.commands():
        if is_wrapper(command):
            name = _name(command)
            where = next((word for word in command.args if name and name in word.literal), command)
            if name:
                yield f"{command.program} {name}", where


def _name(wrapper: Command) -> str:
    """Return the name of the check that a wrapper is given."""
    words = wrapper.values
    if wrapper.program == "cronwrap":
        return options.parse(words[words[:1] == ["run"] :]).given.get("check", [""])[-1]
    if wrapper.program == "cronitor":
        return words[1]
    pairs = pairwise(words)
    return next((value for word, value in pairs if word in _RUNITOR), "")


def _programs(job: Job) -> tuple[str, ...]:
    """Return what *job* runs beside its pings."""
    flow = flow_of(job)
    return tuple(
        " ".join([command.name, *command.values])
        for command in flow.programs
        if flow.kind(command) == JOB
    )


RULE = Rule(
    "CW515", "ping-shared", ERROR, "facts", _find,
    gather=_gather, only_with=(*CLIENT_TEXTS, *sorted(WRAPPERS)),
)  # fmt: skip
