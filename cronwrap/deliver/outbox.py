"""Send what is owed: in order for each endpoint, all endpoints at once, one flusher at a time.

What leaves the store has been accepted, or is kept there with the reason why it cannot be sent.
An endpoint that does not answer ends its own line: what came later must not be told before it.
What came of one thing is on the disk before the next is sent: a flusher that is killed then tells
each endpoint one thing twice at the most.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeAlias

from cronwrap.deliver.courier import UNDELIVERED, Courier, Result
from cronwrap.deliver.learned import Learned
from cronwrap.deliver.policy import LATE
from cronwrap.deliver.redacted import redacted
from cronwrap.errors import CronwrapError
from cronwrap.redact import Redactor
from cronwrap.services.endpoint import Endpoint
from cronwrap.store.outbox import Address, Outbox, Owed

FRESH_S = 60.0  # what is told so soon is not late
_GRACE_S = 0.5


class Sent(NamedTuple):
    """What came of something owed.

    Attributes:
        label: of the endpoint, for people.
    """

    owed: Owed
    label: str
    result: Result


# What a line hands in, with what says that it is on the disk; None at its end.
Results: TypeAlias = "SimpleQueue[tuple[Sent, threading.Event] | None]"


def send_owed(
    outbox: Outbox,
    resolve: Callable[[Address], Endpoint],
    *,
    learned: Learned,
    until_s: float,
    stop: Callable[[], bool],
    at_once: bool = False,
) -> Iterator[Sent]:
    """Send what is due, and yield what came of each; nothing when another process does it already.

    Args:
        outbox: of the store.
        resolve: finds the endpoint; raises CronwrapError when it is not configured any more.
        learned: what endpoints have said of themselves.
        until_s: when to be done, on time.monotonic().
        stop: says when nothing more is to be begun.
        at_once: also what is not due yet.
    """
    with outbox.locked() as mine:
        lines = _lines(outbox.due(time.time(), at_once=at_once)) if mine else []
        results: Results = SimpleQueue()
        for line in lines:
            work = _Line(
                line, resolve=resolve, learned=learned, until_s=until_s, stop=stop, results=results
            )
            threading.Thread(target=work.send, name="cronwrap-owed", daemon=True).start()
        left = len(lines)
        while left:
            try:
                come = results.get(timeout=_left_s(until_s))
            except Empty:
                break
            if come is None:
                left -= 1
                continue
            sent, settled = come
            result = sent.result
            outbox.settle(sent.owed, result.kind, result.why, result.after_s)
            settled.set()
            yield sent


def _left_s(until_s: float) -> float:
    return max(0.0, until_s + _GRACE_S - time.monotonic())


def _lines(owed: list[Owed]) -> list[list[Owed]]:
    """Return what is owed, a list for each endpoint, in order."""
    ordered = sorted(owed, key=lambda one: (_place(one), one.event.at_unix_s, one.number))
    return [list(line) for _, line in groupby(ordered, key=_place)]


def _place(owed: Owed) -> tuple[str, tuple[str, ...]]:
    return owed.address.endpoint, owed.address.config_files


class _Line:
    """All that one endpoint is owed, sent by a thread of its own."""

    def __init__(
        self,
        line: list[Owed],
        *,
        resolve: Callable[[Address], Endpoint],
        learned: Learned,
        until_s: float,
        stop: Callable[[], bool],
        results: Results,
    ) -> None:
        self._line = line
        self._resolve = resolve
        self._learned = learned
        self._until_s = until_s
        self._stop = stop
        self._results = results

    def send(self) -> None:
        """Put what came of each into the queue, and None at the end."""
        try:
            self._send()
        finally:
            self._results.put(None)

    def _send(self) -> None:
        try:
            endpoint = self._resolve(self._line[0].address)
        except CronwrapError as error:
            result = Result(kind=UNDELIVERED, why=error.message)
            self._settle(Sent(self._line[0], self._line[0].address.name, result))
            return
        with closing(Courier(endpoint, self._learned.of(endpoint), final=LATE)) as courier:
            self._send_by(courier)

    def _send_by(self, courier: Courier) -> None:
        redact = Redactor({}, courier.endpoint.secrets)
        for number, owed in enumerate(self._line):
            if self._stop() or time.monotonic() >= self._until_s:
                return
            late = time.time() - owed.event.at_unix_s > FRESH_S
            event = owed.event.replace(late=late, superseded=self._is_superseded(number))
            deadline_s = min(self._until_s, time.monotonic() + LATE.total_s)
            result = courier.finish(redacted(event, redact), deadline_s=deadline_s)
            settled = self._settle(Sent(owed, courier.endpoint.label, result))
            if result.kind == UNDELIVERED or not settled:
                return

    def _settle(self, sent: Sent) -> bool:
        """Hand in what came of something; tell whether it is on the disk."""
        settled = threading.Event()
        self._results.put((sent, settled))
        return settled.wait(_left_s(self._until_s))

    def _is_superseded(self, number: int) -> bool:
        """Tell whether the endpoint knows, or is about to be told, of a newer end of the check."""
        owed = self._line[number]
        return owed.told_unix_s > owed.event.at_unix_s or any(
            later.event.check == owed.event.check for later in self._line[number + 1 :]
        )
