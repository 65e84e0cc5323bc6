"""What takes deliveries that are no HTTP, each for real, and keeps what it got."""

import contextlib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.waiting import LIMIT_S


class Datagrams:
    """A socket that datagrams are sent to.

    Attributes:
        url: ``udp://127.0.0.1:PORT`` or ``unix:///PATH``.
    """

    def __init__(self, path: Path | None = None) -> None:
        family = socket.AF_INET if path is None else socket.AF_UNIX
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0) if path is None else str(path))
        self._socket.settimeout(LIMIT_S)
        port = self._socket.getsockname()[1]
        self.url = f"udp://127.0.0.1:{port}" if path is None else f"unix://{path}"

    def next(self) -> bytes:
        """Wait for a datagram and return it."""
        return self._socket.recv(1 << 20)

    def close(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def datagrams(path: Path | None = None) -> Iterator[Datagrams]:
    """A socket, UDP or at *path*."""
    with contextlib.closing(Datagrams(path)) as one:
        yield one


class _AnyPort(Controller):
    """Listens on a port that is free."""

    def _create_server(self) -> Any:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listener, ssl=self.ssl_context)


class Mailbox:
    """An SMTP server, and what it was handed.

    Attributes:
        envelopes: as they came.
        answer: to each mail, in place of taking it.
    """

    def __init__(self, **options: Any) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"
        self._controller = _AnyPort(self, hostname="127.0.0.1", **options)
        self._controller.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._controller.port
        return number

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails it has taken."""
        found = []
        for envelope in self.envelopes:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    def close(self) -> None:
        self._controller.stop()


@contextlib.contextmanager
def mailbox(**options: Any) -> Iterator[Mailbox]:
    """An SMTP server; *options* are those of aiosmtpd's Controller.

    With ``tls_context`` it has STARTTLS, with ``ssl_context`` TLS from the first byte.
    """
    with contextlib.closing(Mailbox(**options)) as one:
        yield one
