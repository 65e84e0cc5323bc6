"""The attempts of one run: whether to start the job again, when, and what is told of them all."""

import time

from cronwrap import units
from cronwrap.event import FAIL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cronwrap.run.job import Job

# Ends that another attempt may cure. The timeout is over all of them, and told to stop is told.
CURABLE = ("exit", "signal", "stalled", "output", "too_short")
LONGEST_DELAY_S = 86_400.0
MOST_DOUBLINGS = 64  # a float knows no more than 2**1023
MOST_TOLD = 5
ADDED = ("cpu_user_s", "cpu_system_s")
HIGHEST = ("max_rss_bytes", "tree_max_rss_bytes")


class Attempts:
    """What is known of them so far.

    Attributes:
        count: how many there were, the one under way included.
    """

    __slots__ = ("_facts", "_failures", "_job", "_most", "_no_time", "_started_s", "count")

    def __init__(self, job: "Job", started_s: float) -> None:
        """Begin with the first attempt, which began at *started_s* on the monotonic clock."""
        self.count = 1
        self._job = job
        self._most = 1 + (job.retries or 0)
        self._started_s = started_s
        self._failures: list[str] = []
        self._no_time = ""
        self._facts: dict[str, Any] = {}

    def time_left_s(self, now_s: float) -> "float | None":
        """Return how much of the timeout, if there is one, is left for an attempt at *now_s*."""
        if not self._job.timeout:
            return None
        left_s = float(self._started_s + self._job.timeout - now_s)
        return max(left_s, units.SHORTEST_S)  # 0 would be no timeout at all

    def delay_s(self, ended: "dict[str, Any]") -> "float | None":
        """Return how long to wait before the next attempt, None where there should be none.

        Args:
            ended: fields of the event that tells of the attempt that has ended.
        """
        job = self._job
        if ended["phase"] != FAIL or ended["reason"] not in CURABLE:
            return None
        if self.count >= self._most:
            return None
        growth = job.retry_backoff ** min(self.count - 1, MOST_DOUBLINGS)
        delay_s = float(min(job.retry_delay * growth, LONGEST_DELAY_S))
        left_s = self.time_left_s(time.monotonic())
        if left_s is None or delay_s < left_s:
            return delay_s
        self._no_time = f"the timeout leaves no time for {self.next_one}"
        return None

    def next(self, ended: "dict[str, Any]") -> "dict[str, Any]":
        """Begin another attempt; return what the record should know of it."""
        told = _in_words(ended)
        took = units.format_duration(ended["duration_s"])
        self._failures.append(f"attempt {self.count}: {told} after {took}")
        self._facts = self._added(ended)
        self.count += 1
        return {"attempts": self.count, "detail": self._told()}

    @property
    def next_one(self) -> str:
        """Which attempt would be the next."""
        return f"attempt {self.count + 1} of {self._most}"

    def line(self) -> bytes:
        """Return what divides the output of the last attempt from that of the next in a report."""
        text = f"--- {self._failures[-1]}; attempt {self.count} of {self._most} ---"
        return f"\n{text}\n".encode(errors="backslashreplace")

    def whole(self, ended: "dict[str, Any]", ended_s: float) -> "dict[str, Any]":
        """Return fields of the event that tells of the whole run.

        Args:
            ended: the same of the last attempt.
            ended_s: when the job ended last, on the monotonic clock.
        """
        told = (ended["detail"], self._told() if self.count > 1 else "", self._no_time)
        detail = "; ".join(filter(None, told))
        if self.count == 1:
            return {**ended, "detail": detail}
        return {
            **ended,
            **self._added(ended),
            "duration_s": ended_s - self._started_s,
            "attempts": self.count,
            "detail": detail,
        }

    def _told(self) -> str:
        shown = self._failures[-MOST_TOLD:]
        cut = "; ..." if len(shown) < len(self._failures) else ""
        return f"attempt {self.count} of {self._most}{cut}; {'; '.join(shown)}"

    def _added(self, ended: "dict[str, Any]") -> "dict[str, Any]":
        """Return what all attempts have used."""
        found = {}
        for names, put_together in ((ADDED, sum), (HIGHEST, max)):
            for name in names:
                known = [v for v in (self._facts.get(name), ended.get(name)) if v is not None]
                found[name] = put_together(known) if known else None
        return found


def _in_words(ended: "dict[str, Any]") -> str:
    if ended["reason"] == "signal":
        return f"killed by {ended['signal']}"
    if ended["reason"] == "exit":
        return ": ".join(filter(None, (f"exit status {ended['exit_status']}", ended["detail"])))
    return str(ended["detail"] or ended["reason"])
