"""When a check should run: whether what a run says of it can be understood at all.

A run needs it for nothing, but who wrote it relies on being told of runs that are missing. What
reads a schedule takes 50 ms to import, so a child does, beside the job; and when it has found
nothing wrong it leaves a mark in the state directory, so that the next run need not ask.
"""

import os
import time

from cronwrap.run.report import frame, unframe
from cronwrap.state import TIMETABLES, digest, make_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.run.job import Job
    from cronwrap.run.loop import Loop

NICE = 10
LONGEST_S = 10.0
KEPT_S = 90 * 86_400.0
UNSEEN = "the job is not held up; but that a run is missing will not be seen"


class Timetable:
    """The supervisor's side of it."""

    def __init__(
        self, loop: "Loop", job: "Job", state_dir: str, say: "Callable[[str, str], None]"
    ) -> None:
        self._loop = loop
        self._job = job
        self._state_dir = state_dir
        self._say = say
        self._pid = 0
        self._fd = -1

    def begin(self) -> None:
        """Have a child look, where nobody has yet."""
        job = self._job
        if not (job.schedule or job.timezone) or os.path.exists(_mark(job, self._state_dir)):
            return
        self._fd, found = os.pipe()

        def work() -> None:
            os.close(self._fd)
            os.nice(NICE)
            wrong = mistakes(job)
            for message, hint in wrong:
                os.write(found, frame((message, hint)))
            if not wrong:
                leave_mark(job, self._state_dir)

        self._pid = self._loop.fork(work)
        self._loop.children[self._pid] = self._ended
        os.close(found)

    def finish(self, give_up: "Callable[[], bool]") -> None:
        """Return when all is told, or *give_up* says so."""
        self._loop.run(lambda: not self._pid or give_up(), time.monotonic() + LONGEST_S)

    def _ended(self, status: int, usage: "Any") -> None:
        del status, usage
        for message, hint in unframe(bytearray(os.read(self._fd, 65536))):
            self._say(message, "; ".join(filter(None, (hint, UNSEEN))))
        os.close(self._fd)
        self._pid, self._fd = 0, -1


def mistakes(job: "Job") -> "list[tuple[str, str]]":
    """Return why nobody can tell when the job should run, as (message, hint)."""
    from cronwrap.errors import CronwrapError
    from cronwrap.schedule import parse, zone

    found = []
    for key, read in (("schedule", parse), ("timezone", zone)):
        try:
            if job.values[key]:
                read(job.values[key])
        except CronwrapError as error:
            found.append((f"{job.origins[key]}: {key}: {error.message}", error.hint))
    return found


def leave_mark(job: "Job", state_dir: str) -> None:
    """Remember that nothing is wrong, and forget what nobody has asked for in a long time."""
    path = _mark(job, state_dir)
    directory = os.path.dirname(path)
    try:
        make_private(directory)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        for name in os.listdir(directory):
            other = os.path.join(directory, name)
            if time.time() - os.lstat(other).st_mtime > KEPT_S:
                os.unlink(other)
    except OSError:
        return  # a full or read-only disk: then the next run asks again


def _mark(job: "Job", state_dir: str) -> str:
    words = f"{job.schedule or ''}\0{job.timezone or ''}".encode("utf-8", "surrogateescape")
    return os.path.join(state_dir, TIMETABLES, digest(words).hex())
