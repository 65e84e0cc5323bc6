"""A real HTTP server on loopback that can be told to misbehave in every way servers do.

    httpd.answers = [503, reset(), answer(200, b"OK (not found)")]   one request each, in order
    httpd.always = drip_body()                                      the others; 200 "OK" at first

What never reads a request at all is in ports.py.
"""

import contextlib
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from tests.support.waiting import LIMIT_S, eventually


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came.

    Attributes:
        target: as in the request line.
        path: of the target, still percent-encoded.
        query: decoded; of a name that came twice the last value.
        headers: names in lower case.
        at_s: time.monotonic() when all of it had come.
    """

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at_s: float


class Exchange(BaseHTTPRequestHandler):
    """One connection: reads requests, remembers them, and does what it was told to each."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def setup(self) -> None:
        if self.server.tls is not None:  # here and not in accept: a slow client holds only itself
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.httpd.connections.append(self.request)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the TLS socket is not the one that socketserver closes

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.server.httpd.remember(self._received())(self)

    def _received(self) -> Received:
        url = urlsplit(self.path)
        return Received(
            method=self.command,
            target=self.path,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
            at_s=time.monotonic(),
        )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send(self, data: bytes) -> None:
        self.wfile.write(data)

    def hold(self, seconds: float = 3600.0) -> bool:
        """Wait, with the connection open; tell whether the server is still wanted after it."""
        return not self.server.httpd.stopping.wait(seconds)


Behaviour = Callable[[Exchange], None]


def answer(status: int = 200, body: bytes = b"OK", **headers: str | int) -> Behaviour:
    """A whole answer; a header is named with ``_`` for ``-``: ``Retry_After=3``."""
    length = {} if status in (204, 304) else {"Content-Length": len(body)}

    def behave(exchange: Exchange) -> None:
        lines = [f"HTTP/1.1 {status} {_phrase(status)}"]
        all_headers = {"Content-Type": "text/plain", **length, **headers}
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in all_headers.items()]
        exchange.send("\r\n".join(lines).encode() + b"\r\n\r\n")
        if exchange.command != "HEAD" and length:
            exchange.send(body)

    return behave


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else "Odd"


def redirect(location: str, status: int = 302) -> Behaviour:
    return answer(status, b"", Location=location)


def rate_limited(retry_after: str | int = 1) -> Behaviour:
    """*retry_after*: seconds, or an HTTP date."""
    return answer(429, b"slow down", Retry_After=retry_after)


def raw(data: bytes) -> Behaviour:
    """Send *data* just so, and close the connection."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close_connection = True

    return behave


def silent() -> Behaviour:
    """Take the request and never say a word."""
    return stalled(b"")


def stalled(data: bytes = b"HTTP/1.1 20") -> Behaviour:
    """Send *data*, by default half a status line, and then nothing more."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.hold()
        exchange.close_connection = True

    return behave


def drip_headers(interval_s: float = 0.05) -> Behaviour:
    """One header line per interval, without end: no read ever times out."""
    return _drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n", interval_s)


def drip_body(interval_s: float = 0.05, status: int = 200, piece: bytes = b"x") -> Behaviour:
    """An answer whose body never ends; with ``interval_s=0`` as fast as the client reads."""
    head = f"HTTP/1.1 {status} {_phrase(status)}\r\nContent-Type: text/plain\r\n\r\n".encode()
    return _drip(head, piece, interval_s)


def _drip(head: bytes, piece: bytes, interval_s: float) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.close_connection = True
        exchange.send(head)
        while exchange.hold(interval_s):
            exchange.send(piece)

    return behave


def cut(sent: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of") -> Behaviour:
    """Close the connection in the middle of the answer; ``cut(b"")`` before its beginning."""
    return raw(sent)


def reset(sent: bytes = b"") -> Behaviour:
    """Reset the connection, as a crashed machine or a firewall does."""

    def behave(exchange: Exchange) -> None:
        exchange.send(sent)
        exchange.close_connection = True
        linger = struct.pack("ii", 1, 0)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return behave


def after(seconds: float, then: int | Behaviour = 200) -> Behaviour:
    """Wait *seconds* before doing *then*."""

    def behave(exchange: Exchange) -> None:
        if exchange.hold(seconds):
            _behaviour(then)(exchange)

    return behave


def _behaviour(told: int | Behaviour) -> Behaviour:
    return answer(told, _phrase(told).encode()) if isinstance(told, int) else told


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(self, httpd: "Httpd", tls: ssl.SSLContext | None, host: str) -> None:
        self.httpd = httpd
        self.tls = tls
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), Exchange)

    def handle_error(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: tuple[str, int],
    ) -> None:
        """Note that a client went away; what else goes wrong in a thread, pytest shows."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self.httpd.errors.append(error)
        elif error is not None:
            raise error


class Httpd:
    """The server of a test.

    Attributes:
        received: all requests, in the order of their coming.
        answers: what to do with the next requests, one each: a status or a behaviour.
        at: what to do with every request of a path, before ``answers`` are looked at.
        always: what to do when ``answers`` is empty.
        errors: connections that broke: clients that left, failed TLS handshakes.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.received: list[Received] = []
        self.answers: list[int | Behaviour] = []
        self.at: dict[str, int | Behaviour] = {}
        self.always: int | Behaviour = 200
        self.errors: list[OSError] = []
        self.connections: list[socket.socket] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(self, tls, host)
        self.port = int(self._server.server_address[1])
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'http' if tls is None else 'https'}://{shown}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.received]

    @property
    def bodies(self) -> list[bytes]:
        return [request.body for request in self.received]

    def wait_for(self, count: int, limit_s: float = LIMIT_S) -> list[Received]:
        """Wait until *count* requests have come, and return all that have."""
        eventually(lambda: len(self.received) >= count, limit_s)
        return self.received

    def remember(self, request: Received) -> Behaviour:
        """Return what to do with *request*."""
        with self._lock:
            self.received.append(request)
            if request.path in self.at:
                return _behaviour(self.at[request.path])
            return _behaviour(self.answers.pop(0) if self.answers else self.always)

    def close(self) -> None:
        """End all connections and threads; again it does nothing."""
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
