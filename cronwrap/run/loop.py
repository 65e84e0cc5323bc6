"""The one poll loop of the supervisor: descriptors, signals, children and deadlines.

It knows nothing of jobs: who cares registers a function.  Nothing in it blocks but poll(2).
"""

import _signal
import os
import select
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.run.copy import Writer
    from cronwrap.run.signals import Signals

LONGEST_WAIT_S = 86_400.0  # poll(2) takes its milliseconds as an int


class Loop:
    """What to do when.

    Attributes:
        writers: readers of ours that are served as they keep up.
        children: called with the wait status and usage when the child of that pid has ended.
        on_signal: called with each signal but CHLD, and whether the keyboard sent it.
    """

    def __init__(self, signals: "Signals") -> None:
        self.writers: list[Writer] = []
        self.children: dict[int, Callable[[int, Any], None]] = {}
        self.on_signal: Callable[[int, bool], None] = lambda number, from_keyboard: None
        self._signals = signals
        self._poll = select.poll()
        self._readers: dict[int, Callable[[], object]] = {}
        self._deadlines: dict[str, tuple[float, Callable[[], None]]] = {}
        self.listen_to(signals.fd, self._take_signals)

    def listen_to(self, fd: int, reader: "Callable[[], object]") -> None:
        """Call *reader* whenever *fd* has something to read."""
        if fd not in self._readers:
            self._readers[fd] = reader
            self._poll.register(fd, select.POLLIN)

    def stop_listening(self, fd: int) -> None:
        """Forget *fd*; to be done before it is closed."""
        if self._readers.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def at(self, name: str, when_s: float, action: "Callable[[], None]") -> None:
        """Call *action* once at *when_s* on the monotonic clock, in place of an earlier *name*."""
        self._deadlines[name] = (when_s, action)

    def forget(self, *names: str) -> None:
        """Forget the deadlines of these names."""
        for name in names:
            self._deadlines.pop(name, None)

    def run(self, until: "Callable[[], bool]", deadline_s: "float | None" = None) -> bool:
        """Do all there is to do until *until* says so; False when the deadline came first."""
        while not until():
            if deadline_s is not None and time.monotonic() >= deadline_s:
                return False
            self._serve_writers()
            for fd, _ in self._poll.poll(self._wait_ms(deadline_s)):
                reader = self._readers.get(fd)  # an earlier one may have stopped listening to it
                if reader is not None:
                    reader()
            if self._signals.tick_s is not None:
                self._take_signals()
            self._meet_deadlines()
        return True

    def fork(self, work: "Callable[[], object]") -> int:
        """Do *work* in a child of ours that has none of our descriptors 0 to 2; return its pid.

        cron waits until nobody holds its pipe, so no helper may hold it.
        """
        before = _signal.pthread_sigmask(_signal.SIG_SETMASK, _signal.valid_signals())
        pid = os.fork()
        if pid == 0:
            try:
                self._signals.forget()
                null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
                for fd in (0, 1, 2):
                    os.dup2(null, fd)
                work()
            finally:
                os._exit(0)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, before)
        return pid

    def _wait_ms(self, deadline_s: "float | None") -> float:
        now = time.monotonic()
        ends_s = [now + LONGEST_WAIT_S, *(when_s for when_s, _ in self._deadlines.values())]
        if deadline_s is not None:
            ends_s.append(deadline_s)
        if self._signals.tick_s is not None:
            ends_s.append(now + self._signals.tick_s)
        return max(0.0, min(ends_s) - now) * 1000

    def _meet_deadlines(self) -> None:
        now = time.monotonic()
        for name, (when_s, action) in list(self._deadlines.items()):
            if now >= when_s and self._deadlines.get(name, (0.0, None))[0] == when_s:
                del self._deadlines[name]
                action()

    def _serve_writers(self) -> None:
        for writer in self.writers:
            fd = writer.poll_fd
            if writer.pending and fd >= 0 and fd not in self._readers:
                self._readers[fd] = writer.flush
                self._poll.register(fd, select.POLLOUT)
            elif not writer.pending and self._readers.get(fd) == writer.flush:
                self.stop_listening(fd)

    def _take_signals(self) -> None:
        for number, from_keyboard in self._signals.received():
            if number == _signal.SIGCHLD:
                self.reap()
            else:
                self.on_signal(number, from_keyboard)

    def reap(self) -> None:
        """Wait for all that has ended: our children, and as a subreaper or PID 1 whatever is left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            ended = self.children.pop(pid, None)
            if ended is not None:
                ended(status, usage)
