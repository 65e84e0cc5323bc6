"""The senders of one endpoint: which one is told by the kind of the delivery.

Each is a module of the delivery's name, imported when it is wanted: httpx is half of the CPU
time of a short run, and smtplib would be another tenth.
"""

import threading
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from cronwrap.deliver import words
from cronwrap.deliver.attempt import Attempt, Failure, Outcome
from cronwrap.services.base import KINDS, Answer, Delivery, Http, Verdict
from cronwrap.services.endpoint import Endpoint

if TYPE_CHECKING:
    from cronwrap.deliver.http import Sender

_NAMES = {kind: name for name, kind in KINDS.items()}


def prepare(kinds: Iterable[str]) -> None:
    """Import the senders of *kinds* now, so that it does not count against anybody's time."""
    for kind in kinds:
        _module(kind)


def _module(kind: str) -> ModuleType:
    return import_module(f"cronwrap.deliver.{kind}")


class Senders:
    """Sends to one endpoint, one delivery after another.

    Used by one thread at a time; only ``abort`` may come from another.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._trust = (endpoint.ca_file, endpoint.client_cert, endpoint.client_key)
        self._lock = threading.Lock()
        self._aborted = False
        self._http: Sender | None = None  # the only one with a connection to keep
        self._attempt: Attempt | None = None

    def send(self, delivery: Delivery, *, timeout_s: float) -> Answer | Verdict | Failure:
        """Return the answer to *delivery*, what came of it, or why nothing did."""
        if isinstance(delivery, Http):
            return self._http_sender().send(delivery, timeout_s=timeout_s)
        name = _NAMES[type(delivery)]
        module = _module(name)
        attempt = Attempt(timeout_s, self._trust)
        with self._lock:
            if self._aborted:
                return Failure(why=words.GIVEN_UP, again=False)
            self._attempt = attempt

        def work() -> Outcome:
            outcome: Outcome = module.send(delivery, attempt)
            return outcome

        return attempt.run(work, name)

    def _http_sender(self) -> "Sender":
        from cronwrap.deliver.http import Sender

        ca_file, client_cert, client_key = self._trust
        with self._lock:
            if self._http is None:
                self._http = Sender(ca_file=ca_file, client_cert=client_cert, client_key=client_key)
                if self._aborted:
                    self._http.abort()
            return self._http

    def abort(self) -> None:
        """End what is being sent, from another thread; nothing is sent by this any more."""
        with self._lock:
            self._aborted = True
            http, attempt = self._http, self._attempt
        if http is not None:
            http.abort()
        if attempt is not None:
            attempt.leave(Failure(why=words.GIVEN_UP, again=False))

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()
