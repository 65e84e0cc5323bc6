"""Pass the job's output on: what it writes to its standard output and error, to ours.

Our own descriptors are shared with others (cron, a shell, a pager), so they must stay blocking;
but a reader that stalls must not keep us from ending the job at its timeout.  So a pipe or
terminal is opened once more through /proc, which gives a description of our own that does not
block.  Where that cannot be (a socket), no more is written at a time than surely fits.

A reader that goes away costs the copy, never the job.
"""

import errno
import os
import select
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cronwrap.run.hold import Hold
    from cronwrap.run.log import Log
    from cronwrap.run.tail import Tail

SURE_BYTES = 4096  # PIPE_BUF on Linux: poll says "writable" when at least so much fits


class Writer:
    """A descriptor of ours that a stream is copied to, without ever blocking.

    Attributes:
        fd: the number of the descriptor that the job believes to write to.
        pending: what could not be written yet.
        problem: why the copy was given up, or "".
    """

    __slots__ = ("_blocking", "_gone", "_out", "fd", "pending", "problem")

    def __init__(self, fd: int, *, own: bool = False) -> None:
        """Write to *fd*; with *own* it is ours alone, and does not block already."""
        self.fd = fd
        self.pending = bytearray()
        self.problem = ""
        self._gone = False
        self._out, self._blocking = (fd, False) if own else _own_description(fd)

    def close(self) -> None:
        """Close the descriptor; what is pending is lost."""
        os.close(self._out)
        self._out, self._gone = -1, True
        self.pending.clear()

    @property
    def poll_fd(self) -> int:
        """The descriptor to poll for POLLOUT while something is pending."""
        return self._out

    def write(self, data: memoryview) -> None:
        """Write *data*, or as much as fits now, and keep the rest."""
        if not self.pending:
            written = self._write_now(data)
            if written == len(data):
                return
            data = data[written:]
        self.pending += data

    def flush(self) -> None:
        """Write what is pending, as far as it fits now."""
        with memoryview(self.pending) as view:
            written = self._write_now(view)
        del self.pending[:written]

    def _write_now(self, data: memoryview) -> int:
        written = 0
        while written < len(data) and not self._gone:
            rest = data[written:] if written else data
            try:
                written += self._write_sure(rest) if self._blocking else os.write(self._out, rest)
            except BlockingIOError:
                break
            except OSError as error:
                self._give_up(error)
        return len(data) if self._gone else written

    def _write_sure(self, data: memoryview) -> int:
        poller = select.poll()
        poller.register(self._out, select.POLLOUT)
        if not poller.poll(0):
            raise BlockingIOError
        return os.write(self._out, data[:SURE_BYTES])

    def _give_up(self, error: OSError) -> None:
        self._gone = True  # the descriptor stays, for the loop that may be polling it
        if error.errno != errno.EPIPE:  # a reader that has seen enough is nobody's mistake
            name = {1: "standard output", 2: "standard error"}.get(self.fd, f"descriptor {self.fd}")
            self.problem = f"the rest of the job's output is not on {name}: {error.strerror}"


def _own_description(fd: int) -> "tuple[int, bool]":
    """Return a descriptor for the same file as *fd*, and whether writing to it may block for long."""
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(fd)):
        return fd, False
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        return os.open(f"/proc/self/fd/{fd}", flags), False
    except OSError:
        return fd, True


class Stream:
    """One pipe from the job: read, remembered, and passed on or held back.

    Attributes:
        fd: our end of the pipe.
        name: the descriptor of ours that the job's stream stands for, 1 or 2.
        writer: where it is passed on to, or None.
        ended: nobody can write to it any more, and all of it has been read.
        read_bytes: how much has been read.
        look: called with all that is read, or None; see run/rules.py.
    """

    __slots__ = (
        "_hold", "_log", "_tail", "ended", "fd", "look", "name", "read_bytes", "writer",
    )  # fmt: skip

    def __init__(
        self,
        fd: int,
        name: int,
        *,
        tail: "Tail",
        writer: "Writer | None",
        hold: "Hold | None",
        log: "Log | None",
    ) -> None:
        self.fd = fd
        self.name = name
        self.writer = writer
        self.ended = False
        self.read_bytes = 0
        self.look: Callable[[memoryview], None] | None = None
        self._tail = tail
        self._hold = hold
        self._log = log

    @property
    def pending_bytes(self) -> int:
        """How much our own reader is behind."""
        return len(self.writer.pending) if self.writer is not None else 0

    def pump(self, times: int = 1) -> bool:
        """Read what there is; return whether there was something at the last.

        Args:
            times: how often at most, as long as our own reader keeps up.
        """
        for _ in range(times):
            room = self._tail.room(self.name)
            try:
                size = os.readv(self.fd, (room,))
            except BlockingIOError:
                return False
            except OSError:
                size = 0
            if not size:
                self.ended = True
                return False
            self._tail.fill(size)
            self.read_bytes += size
            self._pass_on(room[:size])
            if self.pending_bytes:
                break
        return True

    def _pass_on(self, data: memoryview) -> None:
        if self._hold is not None:
            self._hold.add(self.name, data)
        elif self.writer is not None:
            self.writer.write(data)
        if self._log is not None:
            self._log.add(data)
        if self.look is not None:
            self.look(data)
