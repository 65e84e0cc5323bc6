"""Give an event to a program, on its standard input, and see what came of it.

It has a process group of its own, which is killed when its time is up. Of what it prints only
the end is kept, however much it is, and the last line stands in the reason of a failure. What
it leaves behind with its pipes open is not waited for.
"""

import errno
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from cronwrap.deliver import words
from cronwrap.deliver.attempt import AbandonedError, Attempt, Failure, Outcome
from cronwrap.services.base import ACCEPTED, Command, Verdict

_KEPT_BYTES = 4096
_SAID_CHARACTERS = 200
_DRAIN_S = 0.2  # for its last words, when something else holds its pipes open
# What Python, or who started us, has set aside; and SIGCHLD, which many a program needs.
_DEFAULTS = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD),
)
_WHY = {
    errno.ENOENT: "there is no such program; give its full path",
    errno.EACCES: "this user may not execute it",
    errno.ENOEXEC: "it is no program; does its first line begin with #! ?",
    errno.E2BIG: "its arguments are too long",
}


class Ended(NamedTuple):
    """A program that has ended.

    Attributes:
        status: as os.waitstatus_to_exitcode has it: -N when signal N ended it.
        said: the last line of its standard error, or where there is none of its output.
    """

    status: int
    said: str


def send(delivery: Command, attempt: Attempt) -> Outcome:
    """Run the program; status 0 is acceptance."""
    environ = {**os.environ, **dict(delivery.variables)}
    return outcome_of(delivery.argv, delivery.stdin, environ, attempt)


def outcome_of(
    argv: Sequence[str], stdin: bytes, environ: Mapping[str, str], attempt: Attempt
) -> Outcome:
    """Run *argv* with *stdin*, and return what its end means."""
    name = os.path.basename(argv[0])  # noqa: PTH119 -- a name may be any bytes
    attempt.stage = f"{name} was killed"
    try:
        ended = run(argv, stdin, environ, attempt)
    except OSError as error:
        why = _WHY.get(error.errno or 0) or words.of_system(error)
        return Failure(why=f"{argv[0]}: {why}", again=False)
    if ended.status == 0:
        return Verdict(kind=ACCEPTED)
    how = f"exit status {ended.status}" if ended.status > 0 else f"killed by signal {-ended.status}"
    return Failure(why=f"{name} failed: {how}{ended.said and f' ({ended.said})'}")


def run(argv: Sequence[str], stdin: bytes, environ: Mapping[str, str], attempt: Attempt) -> Ended:
    """Run *argv* to its end.

    Raises:
        OSError: it cannot be started.
    """
    attempt.check()
    pipes = [os.pipe() for _ in range(3)]
    (stdin_read, stdin_write), (out_read, out_write), (err_read, err_write) = pipes
    theirs = (stdin_read, out_write, err_write)
    try:
        pid = os.posix_spawnp(
            argv[0],
            list(argv),
            dict(environ),
            file_actions=[(os.POSIX_SPAWN_DUP2, one, i) for i, one in enumerate(theirs)],
            setpgroup=0,
            setsigmask=(),
            setsigdef=_DEFAULTS,
        )
    except BaseException:
        for one in (stdin_write, out_read, err_read):
            os.close(one)
        raise
    finally:
        for one in theirs:
            os.close(one)
    _Feeder(stdin_write, stdin).start()
    out, err = _Tail(out_read), _Tail(err_read)
    out.start()
    err.start()
    status = _wait(pid, attempt)
    return Ended(status=status, said=err.last_line() or out.last_line())


class _Feeder(threading.Thread):
    """Writes to the program's standard input, whether or not it reads it."""

    def __init__(self, number: int, data: bytes) -> None:
        super().__init__(name="cronwrap-stdin", daemon=True)
        self._number = number
        self._data = data

    def run(self) -> None:
        with suppress(BrokenPipeError), os.fdopen(self._number, "wb", buffering=0) as pipe:
            left = memoryview(self._data)
            while left:
                left = left[pipe.write(left) :]


class _Tail(threading.Thread):
    """Reads all that the program prints, and keeps the end of it."""

    def __init__(self, number: int) -> None:
        super().__init__(name="cronwrap-output", daemon=True)
        self._number = number
        self._kept = b""

    def run(self) -> None:
        with os.fdopen(self._number, "rb", buffering=0) as pipe:
            while data := pipe.read(_KEPT_BYTES):
                self._kept = (self._kept + data)[-_KEPT_BYTES:]

    def last_line(self) -> str:
        """Return the last line that says something, of what has come till now."""
        self.join(_DRAIN_S)
        lines = self._kept.decode("utf-8", "replace").splitlines()
        line = next((one for one in map(str.strip, reversed(lines)) if one), "")
        return "".join(one if one.isprintable() else " " for one in line)[:_SAID_CHARACTERS]


def _wait(pid: int, attempt: Attempt) -> int:
    """Return the exit status of *pid*; its group is killed when the attempt is left behind."""
    lock = threading.Lock()
    ended = False

    def kill() -> None:
        with lock:
            if not ended:  # else its number may be another's by now
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

    with suppress(AbandonedError):
        attempt.on_leave(kill)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with lock:
        ended = True
        status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status)
