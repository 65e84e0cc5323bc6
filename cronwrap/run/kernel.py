"""The two favours of Linux that Python does not offer: prctl(2)'s subreaper and death signal.

By _ctypes, the C half of ctypes: the other half would hold every job up for another 2 ms. Where
there is no prctl (another kernel, a Python without _ctypes) both do nothing, and say so.
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
        import _ctypes

        program = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]  # itself, as in dlopen(3)
        address = _ctypes.dlsym(program, "prctl")
        call = _ctypes.call_function
    except (ImportError, OSError, AttributeError):
        return lambda option, value: False
    return lambda option, value: call(address, (option, value, 0, 0, 0)) == 0
