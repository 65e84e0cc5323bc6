"""How long a check's runs usually take, and the limits that follow from it; pure."""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

FEWEST_RUNS = 5  # of fewer, nobody can tell
TIMEOUT_FACTOR, TIMEOUT_LEAST_S = 3.0, 60.0
GRACE_FACTOR, GRACE_LEAST_S = 1.5, 60.0
# What a person would write in place of 437.2 s.
ROUND_S = (
    60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 21_600,
    28_800, 43_200, 86_400,
)  # fmt: skip


class Usual(NamedTuple):
    """What the durations of successes say.

    Attributes:
        runs: how many there were.
        timeout_s: a limit that a run which goes on as usual does not reach.
        grace_s: how long after its start a monitor should have heard of its end.
    """

    runs: int
    median_s: float
    p95_s: float
    longest_s: float
    timeout_s: float | None
    grace_s: float | None


def usual(durations_s: Sequence[float]) -> Usual | None:
    """Return what *durations_s* say, None where there are none; limits only from enough of them.

    >>> found = usual([10.0] * 19 + [100.0])
    >>> found.median_s, found.p95_s, found.timeout_s, found.grace_s
    (10.0, 10.0, 300.0, 180.0)
    """
    if not durations_s:
        return None
    longest_s = max(durations_s)
    enough = len(durations_s) >= FEWEST_RUNS
    return Usual(
        runs=len(durations_s),
        median_s=median(durations_s),
        p95_s=percentile(durations_s, 0.95),
        longest_s=longest_s,
        timeout_s=_round_up(max(TIMEOUT_FACTOR * longest_s, TIMEOUT_LEAST_S)) if enough else None,
        grace_s=_round_up(max(GRACE_FACTOR * longest_s, GRACE_LEAST_S)) if enough else None,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of *values* that *share* of them do not exceed (nearest rank).

    >>> percentile([3, 1, 2, 4], 0.5), percentile([7], 0.95)
    (2, 7)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _round_up(seconds: float) -> float:
    """Return the next longer duration that a person would write.

    >>> _round_up(61), _round_up(437.2), _round_up(100_000)
    (120.0, 600.0, 172800.0)
    """
    for rounded_s in ROUND_S:
        if seconds <= rounded_s:
            return float(rounded_s)
    return math.ceil(seconds / ROUND_S[-1]) * float(ROUND_S[-1])
