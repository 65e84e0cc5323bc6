"""The supervisor's side of reporting: helpers that are forked, fed, and killed when time is up.

The first reporter is forked as soon as the job runs, sends the start, and stays a few seconds
for the end of a short job.  When it has left, or died, a fresh one is forked for the end.  What
the two sides say to each other is marshal with its length before it: they are the same program,
and it needs no import.

Nothing a reporter does can hold us: a name server that is silent (outside every time-out that
Python has), an endless answer, a crash.  At the end of its budget it is killed.
"""

import gc
import marshal
import os
import time

from cronwrap.event import START
from cronwrap.run.copy import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.event import Event
    from cronwrap.run.job import Job
    from cronwrap.run.loop import Loop
    from cronwrap.run.record import Record

IMPORT_S = 120.0  # the most that a reporter's imports may take; they do not count as reporting
MARGIN_S = 0.3  # what a reporter gets to say why, after its own deadline
TRIES = 2  # how many reporters may die of the same event
NICE = 10  # of a reporter beside the job: what it imports must not slow jobs down
LENGTH_BYTES = 4
SIGKILL = 9


def frame(message: "Any") -> bytes:
    """Return *message* as it goes through a pipe."""
    data = marshal.dumps(message)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def unframe(buffer: bytearray) -> "list[Any]":
    """Take the whole messages off the front of *buffer* and return them."""
    messages = []
    while len(buffer) >= LENGTH_BYTES:
        end = LENGTH_BYTES + int.from_bytes(buffer[:LENGTH_BYTES], "big")
        if len(buffer) < end:
            break
        messages.append(marshal.loads(bytes(buffer[LENGTH_BYTES:end])))  # noqa: S302 - our own child's
        del buffer[:end]
    return messages


class Report:
    """All that is told of one run.

    Attributes:
        results: (endpoint's label, phase, outcome, why) as reporters said them; outcome is
            "accepted", "rejected" or "undelivered".
        problems: what reporters said of the configuration, as (message, hint).
        owed: whether some endpoint has not settled the end.
    """

    def __init__(self, job: "Job", loop: "Loop", state_dir: str, record: "Record") -> None:
        self.results: list[tuple[str, str, str, str]] = []
        self.problems: list[tuple[str, str]] = []
        self.owed = True
        self._start: Event | None = None
        self._job = job
        self._loop = loop
        self._state_dir = state_dir
        self._record = record
        self._pid = self._beat_pid = 0
        self._result_fd = -1
        self._control: Writer | None = None
        self._buffer = bytearray()
        self._ready_s: float | None = None
        self._end: Event | None = None
        self._ended_s = 0.0
        self._labels: list[str] = []
        self._done = False
        self._tries = 0

    def begin(self, event: "Event") -> None:
        """Send the start event, beside the job."""
        self._start = event
        self._fork()

    def beat(self, make: "Callable[[], Event]") -> None:
        """Send a log beside the job, made in the child; none while the last is still under way."""
        if self._beat_pid:
            return

        def work() -> None:
            os.nice(NICE)
            gc.disable()
            from cronwrap.run.reporter import Reporter

            nobody = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
            Reporter(self._job, self._state_dir, set(), nobody, self._record).tell(make())

        self._beat_pid = self._loop.fork(work)
        self._loop.children[self._beat_pid] = self._beat_ended

    def _beat_ended(self, status: int, usage: "Any") -> None:
        del status, usage
        self._beat_pid = 0

    def tell_end(self, event: "Event") -> None:
        """Send the end event, and return at once."""
        if self._beat_pid:
            os.kill(self._beat_pid, SIGKILL)  # it must not follow the end
        self._end, self._ended_s = event, time.monotonic()
        if self._pid and self._control is not None:
            self._control.write(memoryview(frame(event.as_dict())))
        elif not self._pid:
            self._fork()

    def settle(self, give_up: "Callable[[], bool]") -> None:
        """Return when the end is settled, time is up, or *give_up* says so."""

        def over() -> bool:
            return self._done or give_up()

        self._loop.run(lambda: over() or self._ready_s is not None, self._ended_s + IMPORT_S)
        ready_s = max(self._ended_s, self._ready_s or 0.0)
        end_s = ready_s + self._job.report_budget + MARGIN_S
        self._loop.run(over, end_s)
        self._loop.run(lambda: not self._pid or not self._done, end_s)  # it goes by itself
        self._kill()

    def unsettled(self) -> "list[str]":
        """Return the endpoints that nothing was said of at the end."""
        if self._job.endpoint and not self._labels and not self._done:
            return [f"any endpoint ({len(self._job.endpoint)} given)"]  # no reporter came up
        settled = {label for label, phase, _, _ in self.results if phase != START}
        return [label for label in self._labels if label not in settled]

    def _fork(self) -> None:
        self._tries += 1
        self._ready_s, self._buffer = None, bytearray()
        control_read, control_write = os.pipe()
        result_read, result_write = os.pipe()

        def work() -> None:
            os.close(control_write)
            os.close(result_read)
            self._be_reporter(control_read, result_write)

        self._pid = self._loop.fork(work)
        os.close(control_read)
        os.close(result_write)
        os.set_blocking(control_write, False)
        os.set_blocking(result_read, False)
        self._result_fd = result_read
        self._control = Writer(control_write, own=True)
        self._loop.writers.append(self._control)
        self._loop.listen_to(result_read, self._read_results)
        self._loop.children[self._pid] = self._reporter_ended

    def _be_reporter(self, control_fd: int, result_fd: int) -> None:
        """Do the reporter's work, in the child."""
        settled = {label for label, phase, _, _ in self.results if phase != START}
        gc.disable()  # it has little to do, and half a second to live
        try:
            if self._end is None:
                os.nice(NICE)
            from cronwrap.run.reporter import Reporter

            reporter = Reporter(self._job, self._state_dir, settled, result_fd, self._record)
            if self._end is None:
                reporter.serve(self._start, control_fd)
            else:
                reporter.finish(self._end)
        except BaseException as error:  # noqa: BLE001 - no traceback reaches a user
            problem = f"reporting failed: {type(error).__name__}: {error}"
            os.write(result_fd, frame(("problem", problem[:2000], "")))

    def _read_results(self) -> None:
        try:
            data = os.read(self._result_fd, 65536)
        except BlockingIOError:
            return
        if not data:
            self._loop.stop_listening(self._result_fd)
        self._buffer += data
        for kind, *rest in unframe(self._buffer):
            if kind == "ready":
                self._ready_s = time.monotonic()
            elif kind == "labels":
                self._labels = rest[0]
            elif kind == "problem":
                self.problems.append((rest[0], rest[1]))
            elif kind == "result":
                self.results.append((rest[0], rest[1], rest[2], rest[3]))
            elif kind == "done":
                self._done, self.owed = True, rest[0]

    def _reporter_ended(self, status: int, usage: "Any") -> None:
        """Fork a fresh reporter where this one left, or died, before it had dealt with the end."""
        del status, usage
        self._read_results()
        self._close()
        if self._end is None or self._done:
            return
        if self._tries <= TRIES:
            self._fork()
        else:
            self._done = True

    def _kill(self) -> None:
        if self._pid:
            self._end = None  # or it would be taken for a crash
            os.kill(self._pid, SIGKILL)
            self._loop.run(lambda: not self._pid, time.monotonic() + 1.0)

    def _close(self) -> None:
        self._loop.stop_listening(self._result_fd)
        os.close(self._result_fd)
        if self._control is not None:
            self._loop.writers.remove(self._control)
            self._loop.stop_listening(self._control.poll_fd)
            self._control.close()
        self._pid, self._result_fd, self._control = 0, -1, None
