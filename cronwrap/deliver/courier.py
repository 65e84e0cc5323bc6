"""Bring the events of a run to one endpoint, in order.

    start ---- thread: 5 s in all, 2 tries ----+
                                               |  waited for, at most till its own time is up
    end -------------------------------------- +---> 5 tries, all within the caller's deadline

A start that follows its own end turns a check red. So once there is an end, a start that is
not under way is dropped, and one that hangs has its connection shut and is never tried again.

Nothing is printed here, and nothing raised: what came of it is a Result.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue
from typing import NamedTuple

from cronwrap.deliver.attempt import Failure
from cronwrap.deliver.policy import FINAL, START, Policy, pause_s
from cronwrap.deliver.senders import Senders
from cronwrap.event import Event
from cronwrap.services.base import ACCEPTED, NOTHING, REJECTED, RETRY, Delivery, Http, Verdict
from cronwrap.services.endpoint import Endpoint
from cronwrap.units import format_duration

UNDELIVERED = "undelivered"
_DROPPED = "the job ended before the start could be sent"
_SHORTEST_S = 0.1  # a retry with less time would only hide why the one before it failed
_LEAVE_S = 0.2  # for a thread to leave after its connection was shut


def _uniform(low: float, high: float) -> float:
    """Return a random number between the two; the random module would cost a short run 2 ms."""
    return low + (high - low) * int.from_bytes(os.urandom(4), "big") / 0xFFFF_FFFF


class Result(NamedTuple):
    """What came of one event at one endpoint.

    Attributes:
        kind: ACCEPTED (also when the service has no word for it), UNDELIVERED or REJECTED.
        why: for a person, without secrets; "" when accepted, unless that was without a word.
        tries: how many requests were made.
        learned: what the answers said to remember about the endpoint.
        after_s: not to be tried again before so many seconds, when the service asked for it.
    """

    kind: str
    why: str = ""
    tries: int = 0
    learned: Mapping[str, str] = NOTHING
    after_s: float | None = None


class Courier:
    """Brings events to one endpoint; used by one thread, and a thread of its own for the start.

    Attributes:
        endpoint: where to.
        start_result: what came of the start, once that is known.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        learned: Mapping[str, str] | None = None,
        *,
        start: Policy = START,
        final: Policy = FINAL,
        uniform: Callable[[float, float], float] = _uniform,
    ) -> None:
        self.endpoint = endpoint
        self.start_result: Result | None = None
        self._learned = dict(learned or {})
        self._start, self._final = start, final
        self._uniform = uniform
        self._sender = Senders(endpoint)
        self._thread: threading.Thread | None = None
        self._start_until_s = 0.0
        self._end_due = threading.Event()

    def start(self, event: Event) -> None:
        """Begin to deliver the start, and return at once."""
        self._start_until_s = time.monotonic() + self._start.total_s
        self._thread = threading.Thread(
            target=self._deliver_start, args=(event,), name="cronwrap-start", daemon=True
        )
        self._thread.start()

    def _deliver_start(self, event: Event) -> None:
        job = _Delivery(self, self._sender, self._start, self._start_until_s, self._end_due)
        result = job.run(event)
        if self.start_result is None:
            self.start_result = result

    def finish(self, event: Event, *, deadline_s: float) -> Result:
        """Deliver an end, after the start; return what came of it, by *deadline_s*.

        Args:
            event: any but a start.
            deadline_s: on time.monotonic().
        """
        self._end_due.set()
        self._settle_start(deadline_s)
        never = threading.Event()
        return _Delivery(self, self._sender, self._final, deadline_s, never).run(event)

    def _settle_start(self, deadline_s: float) -> None:
        """Wait for a start that is under way; see to it that none can follow."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        now = time.monotonic()
        until_s = min(self._start_until_s, now + (deadline_s - now) / 2)  # the rest is the end's
        thread.join(max(0.0, until_s - now))
        if thread.is_alive():
            self._sender.abort()
            thread.join(_LEAVE_S)
            self._sender = Senders(self.endpoint)
        if self.start_result is None:
            self.start_result = Result(kind=UNDELIVERED, why=_DROPPED, tries=1)

    def close(self) -> None:
        """Close the connection; a start that is under way is given up."""
        self._end_due.set()
        self._sender.abort()
        self._sender.close()

    @property
    def learned(self) -> Mapping[str, str]:
        """What answers of this endpoint have said to remember."""
        return self._learned

    def learn(self, facts: Mapping[str, str]) -> None:
        """Remember *facts* for the requests to come."""
        self._learned.update(facts)


class _Delivery:
    """One event under way.

    Args:
        courier: whose endpoint it goes to.
        sender: the connection.
        policy: how patiently.
        until_s: when to be done, on time.monotonic().
        stop: once set, nothing more is sent.
    """

    def __init__(
        self,
        courier: Courier,
        sender: Senders,
        policy: Policy,
        until_s: float,
        stop: threading.Event,
    ) -> None:
        self._courier = courier
        self._endpoint = courier.endpoint
        self._sender = sender
        self._policy = policy
        self._until_s = until_s
        self._stop = stop
        self._uniform = courier._uniform  # noqa: SLF001 -- two classes of one module
        self._tries = 0
        self._new: dict[str, str] = {}

    def run(self, event: Event) -> Result:
        """Return what came of it."""
        try:
            result = self._all(event)
        except Exception as error:  # noqa: BLE001 -- one endpoint's trouble must not be another's
            kind = type(error).__name__
            result = Result(kind=UNDELIVERED, why=f"cronwrap itself failed ({kind})")
        why = self._endpoint.mask(result.why)
        return result._replace(why=why, tries=self._tries, learned=self._new)

    def _all(self, event: Event) -> Result:
        deliveries = self._endpoint.render(event, self._courier.learned)
        if not deliveries:
            return Result(ACCEPTED, why=f"nothing was sent, it is not told of a {event.phase}")
        if event.late or event.superseded:
            fresh = [one for one in deliveries if _age_s(event) <= _max_age_s(one)]
            why = self._endpoint.refusal(event) or _too_old(deliveries, fresh)
            if why:
                return Result(kind=REJECTED, why=why)
            deliveries = fresh
        refused = None
        for delivery in deliveries:
            result = self._one(delivery)
            if result.kind == UNDELIVERED:  # all of it is sent again later, where that may be
                return result._replace(kind=REJECTED) if self._endpoint.not_late else result
            if result.kind == REJECTED and refused is None:  # keeps no other part back
                refused = result
        return refused or Result(kind=ACCEPTED)

    def _one(self, delivery: Delivery) -> Result:
        """Try until it is accepted, or rejected, or not to be tried again in this time."""
        for retry in range(self._policy.tries):
            current = delivery.on_try(retry) if isinstance(delivery, Http) else delivery
            verdict, again = self._try(current)
            if verdict.kind != RETRY:
                return Result(kind=verdict.kind, why=verdict.why)
            gave_up = Result(kind=UNDELIVERED, why=verdict.why, after_s=verdict.after_s)
            if not again or retry + 1 == self._policy.tries:
                return gave_up
            wait_s = pause_s(self._policy, retry, verdict.after_s, self._uniform)
            too_late = time.monotonic() + wait_s + _SHORTEST_S >= self._until_s
            if too_late or self._stop.wait(wait_s):
                return gave_up
        return Result(kind=UNDELIVERED)

    def _try(self, delivery: Delivery) -> tuple[Verdict, bool]:
        """Return what came of one try, and whether another may go better."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            return Verdict(kind=RETRY, why="no time was left to send it"), False
        self._tries += 1
        try_s = min(self._endpoint.timeout_s or self._policy.try_s, left_s)
        outcome = self._sender.send(delivery, timeout_s=try_s)
        if isinstance(outcome, Failure):
            return Verdict(kind=RETRY, why=outcome.why), outcome.again
        if isinstance(outcome, Verdict):
            return outcome, True
        verdict = self._endpoint.service.judge(delivery, outcome)
        self._new.update(verdict.learned)
        self._courier.learn(verdict.learned)
        return verdict, True


def _age_s(event: Event) -> float:
    return time.time() - event.at_unix_s


def _max_age_s(delivery: Delivery) -> float:
    """Return how old an event may be for *delivery* to be sent."""
    most_s = delivery.max_age_s if isinstance(delivery, Http) else None
    return float("inf") if most_s is None else most_s


def _too_old(deliveries: list[Delivery], fresh: list[Delivery]) -> str:
    """Return why none of *deliveries* is sent, "" when some are *fresh*."""
    if fresh:
        return ""
    most_s = max(map(_max_age_s, deliveries))
    return f"it is more than {format_duration(most_s)} old, and would be taken for what is so now"


def finish_all(
    couriers: list[Courier], event: Event, *, deadline_s: float
) -> Iterator[tuple[Courier, Result]]:
    """Deliver an end to all endpoints at once; yield each result as soon as it is known.

    What is not known at *deadline_s* is yielded as undelivered: a thread that hangs where no
    time-out reaches holds nobody up.
    """
    results: SimpleQueue[tuple[Courier, Result]] = SimpleQueue()

    def deliver(courier: Courier) -> None:
        results.put((courier, courier.finish(event, deadline_s=deadline_s)))

    for courier in couriers:
        threading.Thread(target=deliver, args=(courier,), name="cronwrap-end", daemon=True).start()
    waiting = list(couriers)
    while waiting:
        courier, result = _next(results, waiting, deadline_s)
        waiting.remove(courier)
        yield courier, result


def _next(
    results: "SimpleQueue[tuple[Courier, Result]]", waiting: list[Courier], deadline_s: float
) -> tuple[Courier, Result]:
    from queue import Empty

    try:
        return results.get(timeout=max(0.0, deadline_s + _LEAVE_S - time.monotonic()))
    except Empty:
        return waiting[0], Result(kind=UNDELIVERED, why="no answer in time")


__all__ = ["ACCEPTED", "REJECTED", "UNDELIVERED", "Courier", "Result", "finish_all"]
