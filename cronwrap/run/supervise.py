"""Watch a started job: copy its output, pass signals on, end it at its timeout.

A job past its deadline, and one whose wrapper is told to stop, is ended in two steps:

    running --timeout--> TERM and CONT to the whole tree --kill-after--> KILL to the whole tree

The watch ends with the job and not with its pipes, because a daemon that the job leaves behind
may hold them for ever: after the exit what is in them is read, and then a moment's silence ends it.

Imported before the job starts, so it imports only what costs next to nothing (tests/test_layers.py).
"""

import _signal
import os
import select
import time

from cronwrap.run import proctree
from cronwrap.run.signals import STOPPING, TO_GROUP, TO_JOB

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.run.copy import Stream
    from cronwrap.run.loop import Loop
    from cronwrap.run.spawn import Child

DRAIN_QUIET_S = 0.1  # after the job's exit: no output for so long ends the reading,
DRAIN_S = 2.0  # and so does this time,
DRAIN_BYTES = 4 * 1024 * 1024  # or so much that our own reader has not taken
UNKILLABLE_S = 5.0  # how long to wait for what KILL was sent to
PUMPS = 16  # a job in full flow is read so often before the loop looks for anything else
LOOK_S = 0.1
FIRST_SAMPLE_S, LONGEST_SAMPLE_S = 0.25, 10.0


class Supervisor:
    """A running job.

    Attributes:
        status: the job's wait status; None while it runs.
        usage: resources of the job and all it waited for (getrusage(2)), once it has ended.
        started_s, ended_s: on the monotonic clock.
        reason: why we are ending it, "timeout", "stalled" or "stopped"; "" while we are not.
        stop_signal: the number of the signal that told us to stop, or 0.
        survivors: how many processes even KILL did not end.
        tree_max_rss_bytes: the most memory that its processes together were seen with.
    """

    def __init__(
        self, loop: "Loop", child: "Child", streams: "list[Stream]", started_s: float
    ) -> None:
        self.status: int | None = None
        self.usage: Any = None
        self.started_s = self.ended_s = started_s
        self.reason = ""
        self.stop_signal = self.survivors = self.tree_max_rss_bytes = 0
        self._loop = loop
        self._child = child
        self._streams = streams
        self._grace_s = 0.0
        self._end_signal: int = _signal.SIGTERM
        self._sample_s = FIRST_SAMPLE_S
        self._tree_gone = False
        self._heard_s = started_s
        loop.on_signal = self._take_signal
        loop.children[child.pid] = self._job_ended

    def watch(self, timeout_s: "float | None", grace_s: float, end_signal: int) -> None:
        """Return when the job has ended, and its output has been read."""
        self._grace_s, self._end_signal = grace_s, end_signal
        if timeout_s:  # 0 takes a file's time-out away, as in timeout(1)
            self._loop.at("timeout", self.started_s + timeout_s, lambda: self.end("timeout"))
        self._loop.at("sample", self.started_s + self._sample_s, self._sample)
        self._loop.run(self._is_over)
        self._loop.forget("timeout", "silence", "sample", "kill", "look", "give up")
        self._drain()

    def notice_silence(self, limit_s: float, action: "Callable[[], None]") -> None:
        """Call *action*, once, when the job has written nothing for *limit_s*."""

        def look() -> None:
            now = time.monotonic()
            if any(stream.pending_bytes for stream in self._streams):
                self._heard_s = now  # it may be waiting for our own reader
            if now >= self._heard_s + limit_s:
                action()
            else:
                self._loop.at("silence", self._heard_s + limit_s, look)

        self._loop.at("silence", self._heard_s + limit_s, look)

    def _is_over(self) -> bool:
        self._hold_back_streams()
        return self.status is not None and (not self.reason or self._tree_gone)

    @property
    def _helpers(self) -> "set[int]":
        """Our own children, which are not the job's."""
        return self._loop.children.keys() - {self._child.pid}

    # Output

    def _pumper(self, stream: "Stream") -> "Callable[[], None]":
        def pump() -> None:
            stream.pump(PUMPS)
            if stream.ended:
                self._loop.stop_listening(stream.fd)
            else:
                self._heard_s = time.monotonic()

        return pump

    def _hold_back_streams(self) -> None:
        """Let the job wait while our own reader is behind, as it would without us."""
        for stream in self._streams:
            if stream.pending_bytes:
                self._loop.stop_listening(stream.fd)
            elif not stream.ended:
                self._loop.listen_to(stream.fd, self._pumper(stream))

    def _drain(self) -> None:
        """Read what is left in the pipes, whether our own readers keep up or not."""
        end_s = time.monotonic() + DRAIN_S
        streams = [stream for stream in self._streams if not stream.ended]
        while streams and time.monotonic() < end_s:
            if not sum(stream.pump() for stream in streams):  # any() would stop at the first
                poller = select.poll()
                for stream in streams:
                    poller.register(stream.fd, select.POLLIN)
                if not poller.poll(DRAIN_QUIET_S * 1000):
                    break
            streams = [s for s in streams if not s.ended and s.pending_bytes < DRAIN_BYTES]
        for stream in self._streams:
            self._loop.stop_listening(stream.fd)

    # Signals

    def _take_signal(self, number: int, from_keyboard: bool) -> None:  # noqa: FBT001 - a callback
        if from_keyboard:
            if number == _signal.SIGTSTP:
                _stop_too()
        elif number in STOPPING:
            self.stop_signal = self.stop_signal or number
            self._signal_group(number)
            self._signal_group(_signal.SIGCONT)  # what is stopped could not end
            if not self.reason:
                self._begin_to_end("stopped")
        elif number in TO_GROUP:
            self._signal_group(number)
        elif number in TO_JOB and self.status is None:
            _send(os.kill, self._child.pid, number)

    def _signal_group(self, number: int) -> None:
        """Send *number* to the job's group; on a terminal, where it is ours too, to its tree."""
        if self.status is not None:
            return
        if not self._child.own_group:
            proctree.signal_all(number, self._helpers)
            return
        if not _send(os.killpg, self._child.pid, number):
            _send(os.kill, self._child.pid, number)  # it has moved to another group

    def _signal_outside_group(self, number: int) -> None:
        """Send *number* to those of the tree that ``_signal_group`` does not reach."""
        if self._child.own_group:
            proctree.signal_all(number, self._helpers, but_group=self._child.pid)

    # The end

    def _job_ended(self, status: int, usage: "Any") -> None:
        self.ended_s = time.monotonic()
        self.status, self.usage = status, usage
        self._loop.forget("timeout", "silence", "sample")
        if self.reason == "stopped":  # what it leaves behind must end too
            self._signal_outside_group(self.stop_signal)
            proctree.signal_all(_signal.SIGCONT, self._helpers)
        if self.reason:
            self._loop.at("look", self.ended_s, self._look)  # when all others have been waited for

    def end(self, reason: str) -> None:
        """End the job and its tree for *reason*, unless that is under way already."""
        if not self.reason:
            self._begin_to_end(reason)
            self._signal_group(self._end_signal)
            self._signal_outside_group(self._end_signal)
            proctree.signal_all(_signal.SIGCONT, self._helpers)

    def _begin_to_end(self, reason: str) -> None:
        self.reason = reason
        self._loop.forget("silence")
        now = time.monotonic()
        self._loop.at("kill", now + self._grace_s, self._kill)
        self._loop.at("look", now + LOOK_S, self._look)

    def _look(self) -> None:
        """See whether all that is being ended has ended."""
        left = self.status is None or self._has_group() or proctree.descendants(self._helpers)
        self._tree_gone = not left
        if self._tree_gone:
            self.survivors = 0
        else:
            self._loop.at("look", time.monotonic() + LOOK_S, self._look)

    def _kill(self) -> None:
        """Kill all that is left, again and again: what is being killed may still fork."""
        if not self.survivors:
            self._loop.at("give up", time.monotonic() + UNKILLABLE_S, self._give_up)
        if self._has_group():
            _send(os.killpg, self._child.pid, _signal.SIGKILL)
        self.survivors = proctree.signal_all(_signal.SIGKILL, self._helpers)
        self._loop.at("kill", time.monotonic() + LOOK_S, self._kill)
        self._look()

    def _has_group(self) -> bool:
        """Tell whether the job's process group is left, if only with what the job has forked.

        No list of processes shows one that forks and ends all the time; its group can be seen,
        and killed, at once.  Once the job has been waited for, a process of its number is another.
        """
        pid = self._child.pid
        if not self._child.own_group or (self.status is not None and _send(os.kill, pid, 0)):
            return False
        return _send(os.killpg, pid, 0)

    def _give_up(self) -> None:
        """Leave what not even KILL ends: a process in the kernel's hands, such as on a dead NFS."""
        self.survivors = len(proctree.descendants(self._helpers))
        self._tree_gone = True
        if self.status is None:
            self.ended_s = time.monotonic()
            self.status = _signal.SIGKILL

    def _sample(self) -> None:
        before_s = time.process_time()
        rss_bytes = proctree.tree_rss_bytes(self._helpers)
        self.tree_max_rss_bytes = max(self.tree_max_rss_bytes, rss_bytes)
        # At most half a percent of a CPU, however many processes the host has.
        cost_s = time.process_time() - before_s
        self._sample_s = max(min(2 * self._sample_s, LONGEST_SAMPLE_S), 200 * cost_s)
        self._loop.at("sample", time.monotonic() + self._sample_s, self._sample)


def _send(kill: "Callable[[int, int], None]", pid: int, number: int) -> bool:
    """Send a signal with kill(2) or killpg(2); tell whether there is somebody to get it.

    A job that runs as another user (sudo) may be there and not get it.
    """
    try:
        kill(pid, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _stop_too() -> None:
    """Stop as the job does by default: not at all where no shell would make us go on.

    The kernel discards TSTP in an orphaned process group (ssh -t, docker run -t), but not STOP.
    """
    handler = _signal.signal(_signal.SIGTSTP, _signal.SIG_DFL)
    os.kill(os.getpid(), _signal.SIGTSTP)
    mask = _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGTSTP,))
    _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
    _signal.signal(_signal.SIGTSTP, handler)
