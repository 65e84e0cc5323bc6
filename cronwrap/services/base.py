"""What a service is, and the words that services, senders and reporter share.

    event --render--> [Delivery] --send--> Answer --judge--> Verdict

Only HTTP has answers to be judged; of other kinds the sender itself knows what came of it.

``render`` and ``judge`` are pure: no clock, no environment, no network.

Values are named tuples throughout: a frozen dataclass takes 1.4 ms to make when its module is
imported, a named tuple 0.2, and a short run pays for each.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from cronwrap.event import Event
from cronwrap.redact import mask_url

NOTHING: Mapping[str, str] = MappingProxyType({})
BODY_BYTES = 65536  # of an answer; the rest is not read


class Http(NamedTuple):
    """One HTTP request that carries an event.

    Attributes:
        url: absolute, with its whole query, already percent-encoded.
        headers: name and value, in order; neither has CR or LF.
        body: sent with Content-Length, also when empty.
        timeout_s: for one try, in all.
        others: URLs of the same place, which are tried in turn with the first.
        max_age_s: an older event is not to be sent any more; None when any may be.
        answer_bytes: so much of the answer's body is read.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout_s: float = 10.0
    others: tuple[str, ...] = ()
    max_age_s: float | None = None
    answer_bytes: int = BODY_BYTES

    def on_try(self, number: int) -> "Http":
        """Return what is sent at try *number*, the first being 0."""
        urls = (self.url, *self.others)
        return self._replace(url=urls[number % len(urls)])

    @property
    def place(self) -> str:
        """Where it goes, without what may be secret."""
        return mask_url(self.url)


class Datagram(NamedTuple):
    """One datagram; nobody says whether it arrived.

    Attributes:
        address: ``udp://HOST:PORT`` or ``unix:///PATH``.
    """

    address: str
    payload: bytes

    @property
    def place(self) -> str:
        """Where it goes."""
        return self.address


class File(NamedTuple):
    """A file that is put in the place of an older one, whole or not at all.

    Attributes:
        merge: what to make of the older one's content and this one's; None: this one's alone.
    """

    path: str
    content: bytes
    mode: int = 0o600
    merge: Callable[[bytes, bytes], bytes] | None = None

    @property
    def place(self) -> str:
        """Where it goes."""
        return self.path


class Mail(NamedTuple):
    """A mail, for an SMTP server or for sendmail.

    Attributes:
        message: with its headers, lines ended by CR LF, ASCII alone.
        host: of the SMTP server; "" for the program *sendmail*.
        security: "starttls", "tls" or "none".
    """

    message: bytes
    sender: str
    recipients: tuple[str, ...]
    host: str = ""
    port: int = 25
    security: str = "none"
    user: str = ""
    password: str = ""
    sendmail: str = ""

    @property
    def place(self) -> str:
        """Where it goes."""
        by = f" by {self.host}:{self.port}" if self.host else ""
        return f"{', '.join(self.recipients)}{by}"


class Command(NamedTuple):
    """A program to be started without a shell, with the event on its standard input.

    Attributes:
        variables: what its environment has beside our own; secrets go here, never into argv.
    """

    argv: tuple[str, ...]
    stdin: bytes
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """Where it goes."""
        return self.argv[0]


Delivery = Http | Datagram | File | Mail | Command
# How a definition's ``sends`` names them; each has its sender in deliver/.
KINDS: Mapping[str, type[Delivery]] = {
    "http": Http,
    "datagram": Datagram,
    "file": File,
    "mail": Mail,
    "command": Command,
}


class Answer(NamedTuple):
    """What a server said to a delivery.

    Attributes:
        headers: names in lower case.
        body: its beginning.
        at_unix_s: wall clock when it came.
    """

    status: int
    headers: Mapping[str, str] = NOTHING
    body: bytes = b""
    at_unix_s: float = 0.0


ACCEPTED, RETRY, REJECTED = "accepted", "retry", "rejected"


class Verdict(NamedTuple):
    """What an answer means.

    Attributes:
        kind: ACCEPTED, RETRY or REJECTED.
        why: for a person: what was answered and what to do; without secrets. Empty when accepted.
        after_s: with RETRY: not before so many seconds (Retry-After), None when not said.
        learned: what to remember about the endpoint for later runs, such as its body limit.
    """

    kind: str
    why: str = ""
    after_s: float | None = None
    learned: Mapping[str, str] = NOTHING


class Service(Protocol):
    """A kind of place that events go to, with the settings of one endpoint."""

    def render(self, event: Event, learned: Mapping[str, str]) -> Sequence[Delivery]:
        """Return the deliveries of *event*, in order; none where there is no word for it.

        Args:
            event: what to tell.
            learned: what earlier verdicts of this endpoint said to remember.
        """

    def judge(self, delivery: Delivery, answer: Answer) -> Verdict:
        """Return what *answer* to *delivery* means; other kinds than Http get no answer."""
