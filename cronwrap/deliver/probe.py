"""Send one event to endpoints, once, and say all that came of it: for ``cronwrap test``.

A run's own reports go by courier.py, which is patient and tells little when all is well.
"""

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from cronwrap.deliver.attempt import Failure
from cronwrap.deliver.courier import UNDELIVERED
from cronwrap.deliver.policy import FINAL
from cronwrap.deliver.senders import Senders
from cronwrap.event import Event
from cronwrap.services.answers import said
from cronwrap.services.base import ACCEPTED, REJECTED, Answer, Delivery, Http, Verdict
from cronwrap.services.endpoint import Endpoint, describe
from cronwrap.services.look import Finding, look

LOOK_PAUSES_S = (0.0, 0.5, 1.0)  # what was accepted may take a moment to be listed
_LEAVE_S = 0.2
_TIME_WAS_UP = "no answer in time"


class Sent(NamedTuple):
    """One request, datagram, file, mail or command.

    Attributes:
        what: method and URL, or what else was sent where; without secrets.
        outcome: ACCEPTED, RETRY, REJECTED, or UNDELIVERED where nobody answered.
        answer: what was answered, "" where nothing was.
        why: when it was not accepted: what to do.
        took_s: till there was an answer.
    """

    what: str
    outcome: str
    answer: str
    why: str
    took_s: float


class Probe(NamedTuple):
    """What came of an event at one endpoint.

    Attributes:
        outcome: of the event: ACCEPTED when all of its deliveries were.
        finding: what the service's API said of it.
        looked: whether that counts.
        failure: why it came to nothing, where that is no delivery's fault.
    """

    endpoint: Endpoint
    outcome: str
    sent: tuple[Sent, ...] = ()
    finding: Finding = Finding(found=None, why="")
    looked: bool = False
    failure: str = ""

    @property
    def fine(self) -> bool:
        """Whether it was accepted, and found where it was looked for."""
        return self.outcome == ACCEPTED and (not self.looked or self.finding.found is True)


def probe_all(endpoints: Sequence[Endpoint], event: Event, *, deadline_s: float) -> list[Probe]:
    """Send *event* to all *endpoints* at once; return what came of it, in their order.

    Args:
        endpoints: where to; what they are usually told of does not count.
        event: what to send.
        deadline_s: on time.monotonic(), for all of it.
    """
    found: dict[int, Probe] = {}

    def work(place: int, endpoint: Endpoint) -> None:
        try:
            found[place] = _Prober(endpoint, event, deadline_s).run()
        except Exception as error:  # noqa: BLE001 -- one endpoint's trouble must not be another's
            why = f"cronwrap itself failed ({type(error).__name__})"
            found[place] = Probe(endpoint, UNDELIVERED, failure=why)

    threads = [
        threading.Thread(target=work, args=pair, name="cronwrap-test", daemon=True)
        for pair in enumerate(endpoints)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline_s + _LEAVE_S - time.monotonic()))
    late = dict(found)  # a thread that was left behind may still add to it
    return [
        late.get(place, Probe(endpoint, UNDELIVERED, failure=_TIME_WAS_UP))
        for place, endpoint in enumerate(endpoints)
    ]


class _Prober:
    def __init__(self, endpoint: Endpoint, event: Event, deadline_s: float) -> None:
        self._endpoint = endpoint
        self._event = event
        self._deadline_s = deadline_s
        self._sender = Senders(endpoint)
        self._sent: list[Sent] = []

    def run(self) -> Probe:
        outcome = self._send_all()
        probe = Probe(self._endpoint, outcome, tuple(self._sent))
        if outcome != ACCEPTED:
            return probe
        way = look(self._endpoint, self._event)
        if isinstance(way, str):
            return probe._replace(finding=Finding(None, way))
        finding = Finding(None, _TIME_WAS_UP)
        for pause_s in LOOK_PAUSES_S:
            if self._left_s() <= pause_s:
                break
            time.sleep(pause_s)
            answer = self._answer(way.request)
            finding = Finding(None, answer.why) if isinstance(answer, Failure) else way.read(answer)
            if not finding.again:
                break
        masked = finding._replace(why=self._endpoint.mask(finding.why))
        return probe._replace(finding=masked, looked=way.wanted or finding.found is not None)

    def _send_all(self) -> str:
        for delivery in self._endpoint.service.render(self._event, {}):
            outcome = self._send(delivery)
            if outcome != ACCEPTED:
                return outcome
        return ACCEPTED

    def _send(self, delivery: Delivery) -> str:
        """Try each of the URLs of *delivery* until one of them answers for good."""
        outcome = UNDELIVERED
        for number in range(1 + len(delivery.others) if isinstance(delivery, Http) else 1):
            current = delivery.on_try(number) if isinstance(delivery, Http) else delivery
            self._sent.append(self._try(current))
            outcome = self._sent[-1].outcome
            if outcome in {ACCEPTED, REJECTED}:
                break
        return outcome

    def _try(self, delivery: Delivery) -> Sent:
        mask = self._endpoint.mask
        what = describe(delivery, self._endpoint).partition("\n")[0]
        begun_s = time.monotonic()
        if begun_s >= self._deadline_s:
            return Sent(what, UNDELIVERED, "", _TIME_WAS_UP, 0.0)
        outcome = self._sender.send(delivery, timeout_s=self._left_s())
        took_s = time.monotonic() - begun_s
        if isinstance(outcome, Failure):
            return Sent(what, UNDELIVERED, "", mask(outcome.why), took_s)
        if isinstance(outcome, Verdict):
            return Sent(what, outcome.kind, "", mask(outcome.why), took_s)
        judge = self._endpoint.service.judge
        kind = judge(delivery, outcome).kind
        # A secret that is echoed is masked before it is cut: no part of it may be left.
        shown = outcome._replace(body=mask(outcome.body.decode("utf-8", "replace")).encode())
        why = "" if kind == ACCEPTED else mask(judge(delivery, shown).why)
        return Sent(what, kind, mask(said(shown)), why, took_s)

    def _answer(self, request: Http) -> Answer | Failure:
        outcome = self._sender.send(request, timeout_s=self._left_s())
        return Failure(outcome.why) if isinstance(outcome, Verdict) else outcome

    def _left_s(self) -> float:
        try_s = self._endpoint.timeout_s or FINAL.try_s
        return max(0.001, min(try_s, self._deadline_s - time.monotonic()))
