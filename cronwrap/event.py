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
    "stalled",  # it was ended because it wrote nothing for too long
    "stopped",  # the wrapper was told to stop
    "output",  # what it wrote or reported breaks a rule
    "too_short",  # it succeeded too soon
    "lost",  # its wrapper was cut off: power, SIGKILL, the OOM killer
    "missed",  # it has not run, and should have
    "overlap",  # it was skipped: another run holds its lock
    "paused",  # it was skipped: somebody has paused the check
)

# Each end in words; what is not here says "failed".
_ENDS = {
    "signal": "was killed by {signal}",
    "timeout": "timed out",
    "not_started": "could not be started",
    "stopped": "was stopped",
    "stalled": "stalled",
    "lost": "was cut off",
    "missed": "has not run",
    "overlap": "was skipped",
    "paused": "was skipped",
    "output": "failed",
    "too_short": "failed",
}
_NO_DURATION = {"start", "not_started", "missed", "overlap", "paused"}
_PHASES = {"start": "started", "success": "succeeded", "log": "reports"}

_COMMAND_CHARACTERS = 300  # of the command line in a report
_LINE_CHARACTERS = 400  # so far from a cut, the beginning of a line is near

DEFAULTS: "dict[str, Any]" = {
    "check": "",
    "run_id": "",
    "phase": START,
    "reason": "",
    "detail": "",
    "warning": "",
    "note": "",
    "metrics": {},
    "attempts": 1,
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
    "failures": 0,
    "fail_after": 1,
    "recovered": False,
    "late": False,
    "superseded": False,
}
# What one endpoint is told in its own way: it belongs to a delivery, and to no run.
OF_A_DELIVERY = ("recovered", "late", "superseded")


class Event:
    """One thing that happened to a run; frozen.

    Attributes:
        check: the name of the monitored job, as the user wrote it.
        run_id: a UUID with dashes, the same on all events of a run.
        phase: one of PHASES.
        reason: one of REASONS on a success or fail, or on the log of a skipped run; else empty.
        detail: what a person should know beside it ("killed by the OOM killer ..."), or "".
        warning: why this end, although no failure, is one to look at, or "".
        note: what the job itself reported of the run, redacted, or "".
        metrics: numbers that the job reported, by name.
        attempts: how often the job was started in this run.
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
        failures: how many ends of this check in a row have failed, this one included; on a success,
            how many failed before it. 0 where nobody asked the history.
        fail_after: from which failure in a row on it is told as one.
        recovered: a success after failures that this endpoint was told of.
        late: this is delivered later than its run's own report budget.
        superseded: late, and the endpoint knows of a newer end of the same check already.
    """

    __slots__ = tuple(DEFAULTS)

    check: "str"
    run_id: "str"
    phase: "str"
    reason: "str"
    detail: "str"
    warning: "str"
    note: "str"
    metrics: "Mapping[str, float]"
    attempts: "int"
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
    failures: "int"
    fail_after: "int"
    recovered: "bool"
    late: "bool"
    superseded: "bool"

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
        if self.finished_unix_s is not None:
            return self.finished_unix_s
        return self.started_unix_s + (self.duration_s or 0.0)  # a log while the job runs

    @property
    def slug(self) -> str:
        """The check's name in ``[a-z0-9_-]``, at most 50 characters, for services that want that.

        A name that had to be changed ends in a hash of what it was, so that no two checks meet.

        >>> Event(check="sync_invoices").slug, Event(check="Sync Invoices").slug
        ('sync_invoices', 'sync-invoices-9e91e01f')
        """
        import hashlib
        import re

        if re.fullmatch(r"[a-z0-9_-]{0,50}", self.check):
            return self.check
        digest = hashlib.sha256(self.check.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        words = re.sub(r"[^a-z0-9_]+", "-", self.check.lower()).strip("-")
        return f"{words[:41].rstrip('-') or 'check'}-{digest}"

    @property
    def summary(self) -> str:
        """What happened, in one line.

        >>> Event(check="nightly", phase="fail", reason="exit", exit_status=3, duration_s=12.34,
        ...       host="h1").summary
        'nightly failed: exit status 3 after 12.3 s on h1'
        """
        words = [self.check or "the job", self._what()]
        timed = not self.recovered and not {self.phase, self.reason} & _NO_DURATION
        if self.duration_s is not None and timed:
            words.append(f"after {_duration(self.duration_s)}")
        if self.host:
            words.append(f"on {self.host}")
        warning = f"warning: {self.warning}" if self.warning else ""
        said = "; ".join(filter(None, (self.detail, warning)))
        line = " ".join(words)
        return _one_line(f"{line}: {said}" if said else line)

    def _what(self) -> str:
        if self.recovered:
            times = "failure" if self.failures == 1 else "failures"
            return f"succeeded again, after {self.failures} {times}"
        if self.phase in _PHASES and (self.phase != LOG or not self.reason):
            return _PHASES[self.phase]
        if self.reason in _ENDS:
            return _ENDS[self.reason].format(signal=self.signal or "a signal")
        if self.phase == LOG and self.exit_status is not None:
            return f"ended with exit status {self.exit_status}"
        return f"failed: exit status {self.exit_status}" if self.exit_status else "failed"

    def report(self, limit_bytes: int) -> str:
        """Return what a person wants to read: summary, facts, and the end of the output.

        Never more than *limit_bytes* in UTF-8. The output gives way first, from its front, for
        the reason of a failure stands at the end; then the facts; then the end of the summary.
        """
        head = _fitting(self.summary + "\n", max(limit_bytes, 0))
        note = self.note and f"note: {_one_line(self.note)}"
        for line in filter(None, (note, self._facts())):
            if len(f"{head}{line}\n".encode()) <= limit_bytes // 2:
                head += f"{line}\n"
        return head + self.output_end(limit_bytes - len(head.encode()))

    def _facts(self) -> str:
        cpu_s = None if self.cpu_user_s is None else self.cpu_user_s + (self.cpu_system_s or 0.0)
        memory_bytes = self.tree_max_rss_bytes or self.max_rss_bytes
        facts = (
            self.late and f"reported late, it ended at {_utc(self.at_unix_s)}",
            self.run_id and f"run {self.run_id}",
            self.command and f"command: {_one_line(self.command)[:_COMMAND_CHARACTERS]}",
            "" if cpu_s is None else f"CPU {_duration(cpu_s)}",
            memory_bytes and f"peak memory {memory_bytes / 1e6:,.1f} MB",
            *(f"{name} {value}" for name, value in self.metrics.items()),
        )
        return ", ".join(fact for fact in facts if fact)

    def output_end(self, limit_bytes: int, *, marked: bool = True) -> str:
        """Return as much of the end of the output as *limit_bytes* of UTF-8 can hold.

        What is no UTF-8 is replaced and NULs are left out. With *marked*, a line before it says
        how much of the output it is; there is no mark without output, nor where it cannot fit.
        """
        total_bytes = max(self.output_bytes, len(self.output))
        mark = f"\nlast {total_bytes:,} of {total_bytes:,} bytes of output:\n" if marked else ""
        source, text = _end_of(self.output, limit_bytes - len(mark), total_bytes)
        if not text or not marked:
            return text
        kept_bytes = len(source.encode("utf-8", "surrogateescape"))
        kept = "" if kept_bytes == total_bytes else f"last {kept_bytes:,} of "
        return f"\n{kept}{total_bytes:,} bytes of output:\n{text}"


def _end_of(output: bytes, room_bytes: int, total_bytes: int) -> "tuple[str, str]":
    """Return the end of *output* twice: as it was (bad bytes as surrogates), and fit to be sent."""
    import re

    if room_bytes <= 0:
        return "", ""
    whole = output[-room_bytes - 1 :]  # one more, to see whether a line begins at the cut
    if len(whole) < total_bytes:
        whole = re.sub(rb"\A[\x80-\xbf]{1,3}", b"", whole)  # the rest of a character cut in two
    source = whole.decode("utf-8", "surrogateescape")
    # Character for character the same, but each bad byte takes three: cut by what is sent.
    clean = re.sub("[\ud800-\udfff]", "\ufffd", source)
    end = len(clean.encode()[-room_bytes:].decode("utf-8", "ignore"))
    front = len(source) - end
    if front:
        line = clean.find("\n", max(front - 1, 0), front + min(_LINE_CHARACTERS, end // 2)) + 1
        front = max(front, line)
    return source[front:], clean[front:].replace("\0", "")


def _fitting(text: str, limit_bytes: int) -> str:
    """Return the beginning of *text* that *limit_bytes* of UTF-8 can hold."""
    return text.encode()[:limit_bytes].decode("utf-8", "ignore")


def _one_line(text: str) -> str:
    """Return *text* as valid UTF-8 can carry it, with control characters as blanks."""
    import re

    line = re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()
    return re.sub("[\ud800-\udfff]", "\ufffd", line)


def _utc(unix_s: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(unix_s))


def _duration(seconds: float) -> str:
    """Return *seconds* as a person would say them.

    >>> [_duration(s) for s in (0.0123, 12.34, 125, 1800, 5405, 93784)]
    ['0.012 s', '12.3 s', '2 min 5 s', '30 min', '1 h 30 min', '1 d 2 h']
    """
    if round(seconds, 1) < 60:  # noqa: PLR2004 -- a minute
        return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.1f} s"
    left = round(seconds)
    parts: list[tuple[int, str]] = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)
