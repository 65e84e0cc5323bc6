"""Favours of Linux: prctl(2)'s subreaper and death signal, and signals that no other can get.

prctl by _ctypes, the C half of ctypes: the other half would hold every job up for another 2 ms.
Where there is no prctl (another kernel, a Python without _ctypes) both do nothing, and say so.
"""

import _signal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def load_prctl() -> "Callable[[int, int], bool]":
    """Return a function that calls prctl(option, value) and tells whether it worked."""
    if not sys.platform.startswith("linux"):
        return lambda option, value: False
    try:
        import _ctypes

        program = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # itself, as in dlopen(3)
        address = _ctypes.dlsym(program, "prctl")
        call = _ctypes.call_function
    except (ImportError, OSError, AttributeError):
        return lambda option, value: False
    return lambda option, value: call(address, (option, value, 0, 0, 0)) == 0


def send(pid: int, number: int, is_it: "Callable[[], bool]") -> bool:
    """Send signal *number* to *pid* if that still *is_it*; False when it is there no more.

    By a descriptor of the process (Linux 5.3): who was looked at is who gets the signal. Without
    one, a pid would have to change hands between the look and the signal.

    Raises:
        OSError: it cannot be signalled.
    """
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    except (AttributeError, OSError):  # another system, an older kernel, a container's filter
        fd = -1
    try:
        if not is_it():
            return False
        if fd < 0:
            os.kill(pid, number)
        else:
            _signal.pidfd_send_signal(fd, number)
    except ProcessLookupError:
        return False
    finally:
        if fd >= 0:
            os.close(fd)
    return True
