"""Work that is given up when it takes too much CPU time: a regular expression may take ages."""

import _signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_S = 0.001


class TooSlowError(Exception):
    """The work took more CPU time than it had."""


def within(limit_s: float, work: "Callable[[], None]") -> float:
    """Do *work*, in the main thread; return what is left of *limit_s*.

    A timer's signal ends it (setitimer(2)), for which re looks in most of its loops.

    Raises:
        TooSlowError: it took longer.
    """
    armed = True

    def ring(number: int, frame: object) -> None:
        del number, frame
        if armed:  # else the work was done just before
            raise TooSlowError

    _signal.signal(_signal.SIGVTALRM, ring)  # and stays: by default a late one would kill us
    before = _signal.pthread_sigmask(_signal.SIG_UNBLOCK, {_signal.SIGVTALRM})
    left_s = 0.0
    try:
        _signal.setitimer(_signal.ITIMER_VIRTUAL, max(limit_s, SHORTEST_S))
        work()
        armed = False
    finally:
        armed = False
        left_s = float(_signal.setitimer(_signal.ITIMER_VIRTUAL, 0.0)[0])
        _signal.pthread_sigmask(_signal.SIG_SETMASK, before)
    return left_s
