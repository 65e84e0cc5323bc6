"""Places on loopback where no server answers, each in its own way. All yield a URL."""

import contextlib
import socket
from collections.abc import Iterator

_FILLING = 8


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """A port that refuses: bound, so that nobody else gets it, but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield _url(bound)


@contextlib.contextmanager
def deaf() -> Iterator[str]:
    """A port that connects, and where nothing is ever read or said; TLS hangs in the handshake."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield _url(listener)


@contextlib.contextmanager
def full() -> Iterator[str]:
    """A port that does not even connect, as behind a firewall: its backlog is full."""
    with socket.socket() as listener, contextlib.ExitStack() as fillers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(_FILLING):
            filler = fillers.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield _url(listener)


def _url(bound: socket.socket) -> str:
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


def free_port() -> int:
    """Return a port that nobody has at this moment, for a server that cannot choose one itself."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def has_ipv6() -> bool:
    """Return whether this machine has IPv6 on its loopback; a container may have none."""
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True
