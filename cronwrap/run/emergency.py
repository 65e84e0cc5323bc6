"""When cronwrap itself fails: the job runs to its end all the same, with its own exit status.

Descriptors or memory may have run out, or there is a mistake in our code.  What is here needs as
little as can be: the job's output is copied as it comes, nothing is timed, reported or recorded.
"""

import _signal
import os
import select

from cronwrap.run.hold import write_all
from cronwrap.run.outcome import exit_status
from cronwrap.run.signals import STOPPING, TO_GROUP, TO_JOB
from cronwrap.run.spawn import Child, NotStarted

CANNOT_EXECUTE, NOT_FOUND = 126, 127


def complain(error: BaseException) -> None:
    """Say on standard error that cronwrap has failed, and that the job has not."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" ({place.tb_frame.f_code.co_name}:{place.tb_lineno})" if place else ""
    text = (
        f"cronwrap: cronwrap itself has failed: {type(error).__name__}: {error}{where}\n"
        "cronwrap: hint: the job runs without time-out and report; please tell cronwrap's makers\n"
    )
    write_all(2, memoryview(text.encode(errors="backslashreplace")))


def execute(command: "list[str]") -> int:
    """Become the job, as if we had never been there; return an exit status if that fails."""
    _restore_signals()
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is the point
    except FileNotFoundError:
        return NOT_FOUND
    except OSError:
        return CANNOT_EXECUTE


def see_out(started: "Child | NotStarted", status: "int | None") -> int:
    """Copy what the job writes until it has ended; return the exit status to end with.

    Args:
        started: the job, or why there is none.
        status: its wait status, when it has ended already.
    """
    if isinstance(started, NotStarted):
        return started.exit_status
    _restore_signals()
    _copy(started)
    if status is None:
        _, status = os.waitpid(started.pid, 0)
    return exit_status(status)


def _restore_signals() -> None:
    """Let signals end us again: the job's parent-death signal takes it along."""
    for number in (*STOPPING, *TO_GROUP, *TO_JOB, _signal.SIGPIPE, _signal.SIGCHLD):
        if _signal.getsignal(number) != _signal.SIG_IGN or number == _signal.SIGPIPE:
            _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def _copy(child: "Child") -> None:
    poller = select.poll()
    names = dict(child.pipes)
    for fd in names:
        poller.register(fd, select.POLLIN)
    while names:
        for fd, _ in poller.poll():
            data = os.read(fd, 65536)
            write_all(names[fd], memoryview(data))
            if not data:
                poller.unregister(fd)
                del names[fd]
