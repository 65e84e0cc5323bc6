"""Why there was no answer, in a sentence for a person at two in the morning.

No sentence has the path or the query of a URL in it, for these are secrets; and none has the
text of an exception, for that may hold them.
"""

import errno
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

GIVEN_UP = "given up"
CONNECTING, SHAKING_HANDS = "while connecting", "in the TLS handshake"
# httpcore's steps, and what is being waited for from there on.
STAGES = {
    "connect_tcp.started": CONNECTING,
    "start_tls.started": SHAKING_HANDS,
    "send_request_headers.started": "while sending",
    "receive_response_headers.started": "",
    "receive_response_body.started": "in the middle of the answer",
}
PROXY_UNUSABLE = (
    "the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used (SOCKS needs the "
    "package socksio); unset it or set NO_PROXY"
)
_BY_ERRNO = {
    errno.ECONNREFUSED: "connection refused: nothing listens there",
    errno.ECONNRESET: "connection reset by the server",
    errno.EPIPE: "connection closed by the server",
    errno.ENETUNREACH: "no route to the network",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ETIMEDOUT: "the host does not answer",
    errno.EMFILE: "too many open files",
}
_BY_CLASS = {
    "UnsupportedProtocol": ("not an http or https address", False),
    "InvalidURL": ("not a valid address", False),
    "LocalProtocolError": ("the request is not valid HTTP", False),
    "ProxyError": ("the proxy did not let it through; see HTTP_PROXY, HTTPS_PROXY", True),
    "RemoteProtocolError": ("the connection was closed before there was an answer", True),
    "ReadError": ("the connection was cut before there was an answer", True),
    "WriteError": ("the connection was cut while sending", True),
    "CloseError": ("the connection was cut", True),
}
# OpenSSL's X509_V_ERR_*
_NOT_YET_VALID, _EXPIRED, _HOST_MISMATCH, _IP_MISMATCH = 9, 10, 62, 64


def timed_out(timeout_s: float, stage: str) -> str:
    """Return what to say when the time of a try is up.

    >>> timed_out(10.0, CONNECTING)
    'no answer within 10 s (while connecting)'
    """
    where = f" ({stage})" if stage else ""
    return f"no answer within {timeout_s:.3g} s{where}"


def of_error(error: BaseException, url: str, timeout_s: float, stage: str) -> tuple[str, bool]:
    """Return what *error* means, and whether another try may go better."""
    import ssl  # 7 ms that a run without it does not pay

    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return of_tls(cause), False
        if isinstance(cause, OSError) and (why := _of_system(cause, url)):
            return why, True
    for cause in causes:
        if "Timeout" in type(cause).__name__:
            return timed_out(timeout_s, stage), True
        if type(cause).__name__ in _BY_CLASS:
            return _BY_CLASS[type(cause).__name__]
    return f"could not be sent ({type(error).__name__})", True


def _of_system(error: OSError, url: str) -> str:
    if isinstance(error, socket.gaierror):
        return unresolved(_host(url))
    return _BY_ERRNO.get(error.errno or 0, error.strerror or "")


def at_proxy(why: str, proxy: str) -> str:
    """Return *why*, which is what became of the way to *proxy*.

    >>> at_proxy("connection refused", "http://user:password@proxy:3128/")
    'connection refused (at the proxy proxy; see HTTP_PROXY, HTTPS_PROXY, NO_PROXY)'
    """
    return f"{why} (at the proxy {_host(proxy)}; see HTTP_PROXY, HTTPS_PROXY, NO_PROXY)"


def unresolved(host: str) -> str:
    """Return what to say of a host name that nobody knows."""
    return f"could not resolve the host name {host}"


def of_system(error: OSError) -> str:
    """Return what an error of the system means, where no URL is involved."""
    return _BY_ERRNO.get(error.errno or 0, error.strerror or type(error).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error* and what it came from; the deepest knows most, so it comes first."""
    if error is not None:
        yield from _causes(error.__cause__ or error.__context__)
        yield error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def of_tls(error: "ssl.SSLError", *, plain: str = "is it http, not https?") -> str:
    """Return what an error of TLS means; *plain* is what to look at where none is spoken."""
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_HOST_MISMATCH, _IP_MISMATCH}:
            return "the TLS certificate is for another host name; is the address right?"
        if error.verify_code == _EXPIRED:
            return "the TLS certificate has expired; it must be renewed, or the clock here is wrong"
        if error.verify_code == _NOT_YET_VALID:
            return "the TLS certificate is not valid yet; is the clock here right?"
        return f"TLS certificate not trusted: {error.verify_message}; set ca_file to its authority"
    reason = (error.reason or "handshake failed").replace("_", " ").lower()
    if "wrong version" in reason or "http request" in reason:
        return f"no TLS is spoken there; {plain}"
    return f"TLS failed: {reason}"
