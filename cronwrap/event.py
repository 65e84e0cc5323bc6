"""What is told of a run: one event per phase, the same for every service.

A plain class with slots, because the supervisor makes events too and must stay small
(dataclasses costs 20 ms to import). An event holds only what JSON can hold, but for
``output``, which is bytes; so it can be stored and sent to another process.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

START, SUCCESS, FAIL, LOG = PHASES = ("start", "success", "fail", "log")

REASONS = (
    "exit",  # the job ended by itself
    "signal",  # a signal ended it
    "timeout",  # it was ended at its timeout
    "not_started",  # it could not be started
    "stopped",  # the wrapper was told to stop
)

DEFAULTS: "dict[str, Any]" = {
    "check": "",
    "run_id": "",
    "phase": START,
    "reason": "",
    "detail": "",
    "started_unix_s": 0.0,
    "finished_unix_s": None,
    "duration_s": None,
    "exit_status": None,
    "signal": "",
    "core_dumped": False,
    "oom_killed": False,
    "host": "",
    "user": "",
    "command": "",
    "environment": "",
    "output": b"",
    "output_bytes": 0,
    "cpu_user_s": None,
    "cpu_system_s": None,
    "max_rss_bytes": None,
    "tree_max_rss_bytes": None,
    "tags": {},
    "late": False,
}


class Event:
    """One thing that happened to a run; frozen.

    Attributes:
        check: the name of the monitored job, as the user wrote it.
        run_id: a UUID with dashes, the same on all events of a run.
        phase: one of PHASES.
        reason: one of REASONS on a success or fail, else empty.
        detail: what a person should know beside it ("killed by the OOM killer ..."), or "".
        started_unix_s: wall clock when the job was started.
        finished_unix_s: wall clock at the job's end, None before it.
        duration_s: from spawn to the job's exit on a monotonic clock, None before it.
        exit_status: 0-255 as a shell shows it, 124 timed out, 128+N signal N; None before the end.
        signal: name of the signal that ended the job ("SIGKILL"), or "".
        core_dumped: the job left a core dump.
        oom_killed: the kernel killed a process of the job for want of memory.
        host, user: where it ran, and as whom.
        command: the job's command line, redacted, as a shell would be given it.
        environment: production, staging, ..., or "".
        output: the end of what the job wrote, redacted; any bytes.
        output_bytes: how much it wrote in all.
        cpu_user_s, cpu_system_s: of the job and all it waited for.
        max_rss_bytes: the largest process of the job.
        tree_max_rss_bytes: the largest sum over all of its processes that was seen.
        tags: the user's own words about the check.
        late: this is delivered later than its run's own report budget.
    """

    __slots__ = tuple(DEFAULTS)

    check: "str"
    run_id: "str"
    phase: "str"
    reason: "str"
    detail: "str"
    started_unix_s: "float"
    finished_unix_s: "float | None"
    duration_s: "float | None"
    exit_status: "int | None"
    signal: "str"
    core_dumped: "bool"
    oom_killed: "bool"
    host: "str"
    user: "str"
    command: "str"
    environment: "str"
    output: "bytes"
    output_bytes: "int"
    cpu_user_s: "float | None"
    cpu_system_s: "float | None"
    max_rss_bytes: "int | None"
    tree_max_rss_bytes: "int | None"
    tags: "Mapping[str, str]"
    late: "bool"

    def __init__(self, **values: "Any") -> None:
        unknown = values.keys() - DEFAULTS.keys()
        if unknown:
            raise TypeError(f"an event has no {', '.join(sorted(unknown))}")
        for name, default in DEFAULTS.items():
            object.__setattr__(self, name, values.get(name, default))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an event is frozen: {name}")

    def as_dict(self) -> "dict[str, Any]":
        """Return all fields by name; ``Event(**event.as_dict())`` is the same event."""
        return {name: getattr(self, name) for name in DEFAULTS}

    def replace(self, **changes: "Any") -> "Event":
        """Return the same event but for *changes*."""
        return Event(**{**self.as_dict(), **changes})

    @property
    def at_unix_s(self) -> float:
        """The phase's own time: the start of a start, the end of an end."""
        return self.started_unix_s if self.finished_unix_s is None else self.finished_unix_s
