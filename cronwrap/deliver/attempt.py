"""One try that may hang: made in a thread of its own, and left behind when its time is up.

No time-out of Python's reaches the look-up of a name, a file on a dead server or a program that
does not end. What is left behind must do no harm any more: it says beforehand how it is undone
(``on_leave``), and asks before what cannot be taken back (``check``).
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from cronwrap.deliver import words
from cronwrap.services.base import Verdict


class Failure(NamedTuple):
    """Nobody said anything to a delivery.

    Attributes:
        why: for a person; host name at most, no path of a URL, no query, no secret.
        again: another try may go better.
    """

    why: str
    again: bool = True


class AbandonedError(Exception):
    """The try has been left behind; it must not send anything any more."""


class TrustError(Exception):
    """A file of certificates cannot be used; the message says which and why."""


Outcome = Verdict | Failure


class Attempt:
    """One try under way.

    Attributes:
        timeout_s: for all of it.
        trust: ca_file, client_cert and client_key of the endpoint.
        stage: what is being waited for ("while connecting"), for the message.
    """

    def __init__(self, timeout_s: float, trust: tuple[str, str, str] = ("", "", "")) -> None:
        self.timeout_s = timeout_s
        self.trust = trust
        self.stage = ""
        self._until_s = time.monotonic() + timeout_s
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._outcome: Outcome | None = None
        self._undo: Callable[[], None] | None = None
        self._left = False

    @property
    def left_s(self) -> float:
        """How much of its time is left; never nothing, which would mean for ever to a socket."""
        return max(0.001, self._until_s - time.monotonic())

    def run(self, work: Callable[[], Outcome], name: str) -> Outcome:
        """Return what came of *work*, after the time-out at the latest."""
        thread = threading.Thread(
            target=self._work, args=(work,), name=f"cronwrap-{name}", daemon=True
        )
        thread.start()
        if not self._ended.wait(self.timeout_s):
            self.leave(Failure(why=words.timed_out(self.timeout_s, self.stage)))
        with self._lock:
            return self._outcome or Failure(why=words.GIVEN_UP)

    def leave(self, failure: Failure) -> None:
        """End it now, from any thread."""
        self._end(failure)
        with self._lock:
            self._left = True
            undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def on_leave(self, undo: Callable[[], None] | None) -> None:
        """Have *undo* called, once, when it is left behind; at once if it has been."""
        with self._lock:
            left = self._left
            self._undo = None if left else undo
        if left:
            if undo is not None:
                undo()
            raise AbandonedError

    def check(self) -> None:
        """Raise an error when it has been left behind."""
        if self._left:
            raise AbandonedError

    def _end(self, outcome: Outcome) -> None:
        with self._lock:
            if self._outcome is None:
                self._outcome = outcome
        self._ended.set()

    def _work(self, work: Callable[[], Outcome]) -> None:
        try:
            outcome = work()
        except AbandonedError:
            outcome = Failure(why=words.GIVEN_UP)
        except TimeoutError:
            outcome = Failure(why=words.timed_out(self.timeout_s, self.stage))
        except OSError as error:
            outcome = Failure(why=words.of_system(error))
        except Exception as error:  # noqa: BLE001 -- a thread has nobody to raise it to
            outcome = Failure(why=f"could not be sent ({type(error).__name__})")
        self._end(outcome)
