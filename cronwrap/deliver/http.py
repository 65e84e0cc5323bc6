"""Send a request over HTTP, and be done with it when the time is up.

httpx's time-outs are per socket operation: a server that sends one header line a second, or a
body without end, keeps it for ever, and the look-up of a name knows no time-out at all. So
each try runs in a thread of its own; when its time is up the thread is left behind, and its
connection is shut, whatever it hangs in. A try that is left behind before it was connected
sends nothing any more.

The only module that imports httpx.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import cronwrap
from cronwrap.deliver import words
from cronwrap.deliver.attempt import AbandonedError, Failure, TrustError
from cronwrap.deliver.imports import cheap_import, import_httpx
from cronwrap.services.base import Answer, Http

if TYPE_CHECKING:
    import ssl

_KNOWN = import_httpx()
import httpx  # noqa: E402 -- once it is there

_NO_TLS: Any = object()  # in place of a context: what speaks http only never looks at it
_HEADERS = (
    ("User-Agent", f"cronwrap/{cronwrap.__version__}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
)


class _Wire:
    """The connection under a client, so that another thread can shut it.

    A duplicate of its descriptor: TLS takes the descriptor away from the socket that was
    connected, but a shutdown by any duplicate ends the connection itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._shut = False

    def connected(self, connection: socket.socket) -> None:
        """Remember the connection that was just made."""
        with self._lock:
            self._close()
            self._socket = connection.dup()

    def check(self) -> None:
        """Raise an error when it has been shut."""
        if self._shut:
            raise AbandonedError

    def shut(self) -> None:
        """End the connection, and any that is made later."""
        with self._lock:
            self._shut = True
            if self._socket is not None:
                with suppress(OSError):  # the server was quicker
                    self._socket.shutdown(socket.SHUT_RDWR)
            self._close()

    def close(self) -> None:
        """Give the duplicate back; the connection lives on as long as the client wants."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Try:
    """One request under way, in a thread of its own."""

    def __init__(self, client: httpx.Client, wire: _Wire, delivery: Http, timeout_s: float) -> None:
        self._client = client
        self._wire = wire
        self._delivery = delivery
        self._timeout_s = timeout_s
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._stage = words.CONNECTING
        self._outcome: Answer | Failure | None = None

    def run(self) -> Answer | Failure:
        """Return what came of it, after the time-out at the latest."""
        threading.Thread(target=self._work, name="cronwrap-http", daemon=True).start()
        if not self._ended.wait(self._timeout_s):
            self.leave(Failure(why=words.timed_out(self._timeout_s, self._stage)))
        with self._lock:
            return self._outcome or Failure(why=words.GIVEN_UP)

    def leave(self, failure: Failure) -> None:
        """End it now; what its thread still hears does not count."""
        self._end(failure)
        self._wire.shut()

    @property
    def left(self) -> bool:
        """Whether its connection must not be used again."""
        return self._wire._shut  # noqa: SLF001 -- two classes of one module

    def _end(self, outcome: Answer | Failure) -> None:
        with self._lock:
            if self._outcome is None:
                self._outcome = outcome
        self._ended.set()

    def _work(self) -> None:
        try:
            outcome: Answer | Failure = self._request()
        except AbandonedError:
            outcome = Failure(why=words.GIVEN_UP)
        except Exception as error:  # noqa: BLE001 -- a thread has nobody to raise it to
            outcome = self._failure(error)
        if isinstance(outcome, Failure):
            self._wire.close()
        self._end(outcome)
        if self.left:
            self._client.close()

    def _failure(self, error: Exception) -> Failure:
        url = self._delivery.url
        proxy = _proxy_of(url) if self._stage == words.CONNECTING else ""
        why, again = words.of_error(error, proxy or url, self._timeout_s, self._stage)
        return Failure(why=words.at_proxy(why, proxy) if proxy else why, again=again)

    def _request(self) -> Answer:
        delivery = self._delivery
        headers = [*_HEADERS, *delivery.headers]
        if delivery.body or delivery.method not in {"GET", "HEAD"}:
            headers.append(("Content-Length", str(len(delivery.body))))
        with self._client.stream(
            delivery.method,
            delivery.url,
            headers=headers,
            content=delivery.body,
            timeout=self._timeout_s,
            extensions={"trace": self._trace},
        ) as response:
            return Answer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=_beginning(response, delivery.answer_bytes),
                at_unix_s=time.time(),
            )

    def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Follow what httpcore does: ``connection.connect_tcp.complete`` and the like."""
        step = name.partition(".")[2]
        if step == "connect_tcp.complete":
            self._wire.connected(info["return_value"].get_extra_info("socket"))
        self._stage = words.STAGES.get(step, self._stage)
        self._wire.check()


def _beginning(response: httpx.Response, most_bytes: int) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size >= most_bytes:
            break
    return b"".join(chunks)[:most_bytes]


def _may_have_proxy() -> bool:
    """Return whether a proxy may be configured; httpx takes 8 ms to find out."""
    return sys.platform == "darwin" or any(name.lower().endswith("_proxy") for name in os.environ)


def _proxy_of(url: str) -> str:
    """Return the proxy that the environment names for *url*, "" for none."""
    if not _may_have_proxy():
        return ""
    from urllib.request import getproxies, proxy_bypass

    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme, proxies.get("all", ""))
    return "" if proxy_bypass(parts.hostname or "") else proxy


class Sender:
    """Sends to one endpoint, one request after another, by one connection while it lasts.

    Used by one thread at a time; only ``abort`` may come from another.
    """

    def __init__(self, *, ca_file: str = "", client_cert: str = "", client_key: str = "") -> None:
        self._trust = (ca_file, client_cert, client_key)
        self._client: httpx.Client | None = None
        self._secure = False
        self._wire = _Wire()
        self._try: _Try | None = None
        self._aborted = False

    def send(self, delivery: Http, *, timeout_s: float) -> Answer | Failure:
        """Return the answer to *delivery*, or why there is none, within *timeout_s*."""
        secure = delivery.url.startswith("https:")
        try:
            client = self._usable_client(secure=secure)
        except TrustError as error:
            return Failure(why=str(error), again=False)
        except (ImportError, ValueError):
            return Failure(why=words.PROXY_UNUSABLE, again=False)
        current = self._try = _Try(client, self._wire, delivery, timeout_s)
        if self._aborted:  # looked at after the try is there for abort() to see
            return Failure(why=words.GIVEN_UP, again=False)
        outcome = current.run()
        if current.left:
            self._client = None
        return outcome

    def abort(self) -> None:
        """End what is being sent, from another thread; nothing is sent by this any more."""
        self._aborted = True
        current = self._try
        if current is not None:
            current.leave(Failure(why=words.GIVEN_UP, again=False))

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._wire.close()

    def _trusted(self) -> "ssl.SSLContext":
        from cronwrap.deliver import tls

        return tls.context(*self._trust)

    def _usable_client(self, *, secure: bool) -> httpx.Client:
        if self._client is not None and (self._secure or not secure):
            return self._client
        self.close()
        trusted = self._trusted() if secure or not _KNOWN else _NO_TLS
        # It would import certifi, though it has been told whom to trust.
        with cheap_import() if _KNOWN else nullcontext():
            self._client = httpx.Client(
                verify=trusted,
                follow_redirects=False,
                trust_env=_may_have_proxy(),
            )
        self._secure, self._wire = secure, _Wire()
        return self._client
