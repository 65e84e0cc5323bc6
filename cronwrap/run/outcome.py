"""What became of a job, in the words of an event."""

import os

from cronwrap import units
from cronwrap.event import FAIL
from cronwrap.run import oom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cronwrap.event import Event
    from cronwrap.run.job import Job
    from cronwrap.run.spawn import NotStarted
    from cronwrap.run.supervise import Supervisor

TIMED_OUT = 124
BY_ITSELF = ("exit", "output", "too_short")  # reasons of an end that nobody brought about
KILLED = 128 + 9  # as a shell shows it, also of its own child


def exit_status(status: int) -> int:
    """Return a wait status as a shell shows it: the job's own, or 128 + the signal's number."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def describe(
    supervisor: "Supervisor", job: "Job", memory: "dict[str, int]", own_rss_kib: int
) -> "dict[str, Any]":
    """Return what an event says of a job that has ended.

    Args:
        supervisor: that watched it.
        job: what it was.
        memory: the kernel's counters of OOM kills when it began.
        own_rss_kib: how large this process was when it forked the job.
    """
    status = supervisor.status or 0
    ended_by_us = supervisor.reason in ("timeout", "stalled")
    shown = TIMED_OUT if ended_by_us else exit_status(status)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    reason = supervisor.reason or ("signal" if number else "exit")
    oom_detail = oom.explain(memory) if not supervisor.reason and shown == KILLED else ""
    usage = supervisor.usage
    return {
        "reason": reason,
        "detail": oom_detail or _detail(supervisor, job),
        "duration_s": supervisor.ended_s - supervisor.started_s,
        "exit_status": shown,
        "signal": units.signal_name(number) if number else "",
        "core_dumped": bool(number) and os.WCOREDUMP(status),
        "oom_killed": bool(oom_detail),
        "cpu_user_s": usage and usage.ru_utime,
        "cpu_system_s": usage and usage.ru_stime,
        "max_rss_bytes": _max_rss_bytes(usage, own_rss_kib),
        "tree_max_rss_bytes": supervisor.tree_max_rss_bytes or None,
    }


def not_started(failure: "NotStarted") -> "dict[str, Any]":
    """Return what an event says of a job that was not started, for what reason ever."""
    skipped = failure.phase != FAIL
    return {
        "phase": failure.phase,
        "reason": failure.reason,
        "detail": failure.message,
        "duration_s": 0.0 if failure.reason == "not_started" else None,
        "exit_status": None if skipped else failure.exit_status,
    }


def stopped_between(number: int) -> "dict[str, Any]":
    """Return what is different when signal *number* came after an attempt that had failed."""
    name = units.signal_name(number)
    detail = f"cronwrap was told to stop by {name} while it waited for another attempt"
    return {"reason": "stopped", "detail": detail}


def _max_rss_bytes(usage: "Any", own_rss_kib: int) -> "int | None":
    """Return the size of the job's largest process, None where it is not known.

    A process counts as having been as large as its parent at the fork: what is not more than
    that is our size and not the job's.
    """
    if usage is None or usage.ru_maxrss <= own_rss_kib:
        return None
    return int(usage.ru_maxrss) * 1024


def _detail(supervisor: "Supervisor", job: "Job") -> str:
    detail = ""
    if supervisor.reason == "stopped":
        detail = f"cronwrap was told to stop by {units.signal_name(supervisor.stop_signal)}"
    if supervisor.reason == "timeout":
        detail = f"its timeout is {units.format_duration(job.timeout)}"
    if supervisor.reason == "stalled":
        detail = silence(job)
    if supervisor.survivors:
        detail += f"; {supervisor.survivors} of its processes could not be killed"
    return detail


def untold(event: "Event") -> str:
    """Return what to tell a person of an end that neither output nor exit status tells, or ""."""
    if event.reason in ("timeout", "stalled"):
        return f"the job was ended: {event.detail}"
    if event.oom_killed:
        return f"the job was killed: {event.detail}"
    if event.phase == FAIL and event.reason in BY_ITSELF and event.detail:
        return f"the run has failed: {event.detail}"
    return ""


def silence(job: "Job") -> str:
    """Return what ``--stall-timeout`` has found."""
    return f"it wrote nothing for {units.format_duration(job.stall_timeout)}"


def command_line(job: "Job", environ: "Mapping[str, str]") -> str:
    """Return the job's command as a shell would be given it, without secrets."""
    from cronwrap.redact import Redactor  # not needed where the job is started at once

    redact = Redactor(environ, patterns=job.redact)
    return redact.text(" ".join(quote(word) for word in job.command))


def quote(word: str) -> str:
    r"""Return *word* as a POSIX shell would be given it (shlex.quote, without its import).

    >>> quote("a-b.c"), quote("it's")
    ('a-b.c', '\'it\'"\'"\'s\'')
    """
    if word and all(char.isalnum() or char in "@%+=:,./-_" for char in word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
