"""The two favours of Linux that Python does not offer: prctl(2)'s subreaper and death signal.

Where there is no prctl (another kernel, a Python without ctypes) both do nothing, and say so.
"""

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
        import ctypes

        function = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda option, value: False
    zero = ctypes.c_ulong(0)
    return lambda option, value: function(option, ctypes.c_ulong(value), zero, zero, zero) == 0
