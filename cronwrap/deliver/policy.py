"""When to try again: as data, and one pure function."""

from collections.abc import Callable
from typing import NamedTuple

from cronwrap.units import full_jitter


class Policy(NamedTuple):
    """How patiently one event is delivered.

    Attributes:
        tries: at most, for each of its requests.
        try_s: for one try, in all; an endpoint's own time-out wins.
        total_s: for all of them; a caller's deadline may be earlier.
        base_s, cap_s: of the exponential back-off between tries.
    """

    tries: int
    try_s: float
    total_s: float
    base_s: float = 1.0
    cap_s: float = 8.0


# A start is worth little: what counts is the end, and the end waits for it.
START = Policy(tries=2, try_s=5.0, total_s=5.0)
FINAL = Policy(tries=5, try_s=10.0, total_s=float("inf"))
# What is late already can wait for the next run.
LATE = Policy(tries=2, try_s=10.0, total_s=15.0)


def pause_s(
    policy: Policy, retry: int, after_s: float | None, uniform: Callable[[float, float], float]
) -> float:
    """Return the seconds to wait before *retry* (the first is 0): back-off, or what was asked.

    >>> [pause_s(FINAL, retry, None, lambda low, high: high) for retry in range(5)]
    [1.0, 2.0, 4.0, 8.0, 8.0]
    >>> pause_s(FINAL, 0, 30.0, lambda low, high: high)
    30.0
    """
    backoff_s = full_jitter(retry, base_s=policy.base_s, cap_s=policy.cap_s, uniform=uniform)
    return max(backoff_s, after_s or 0.0)
