"""Fixtures; what they are made of is in tests/support/."""

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from ssl import SSLContext

import pytest
from hypothesis import HealthCheck, settings

from tests.support import ports
from tests.support.authority import Authority
from tests.support.command import Cronwrap, Golden
from tests.support.httpd import Httpd
from tests.support.waiting import eventually, processes_at

# A busy machine must not fail a test; in CI every run tries the same examples.
settings.register_profile(
    "cronwrap",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cronwrap")

Serve = Callable[..., Httpd]

gc.disable()  # while tests are collected nothing becomes garbage: looking for it took a third


def pytest_collection_finish() -> None:
    """Look for garbage again, but never among the thousands of tests."""
    gc.enable()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _nothing_runs_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fails the last test of a worker when a process of its tests outlives them."""
    yield

    def all_have_ended() -> bool:
        assert processes_at(tmp_path_factory.getbasetemp()) == {}
        return True

    eventually(all_have_ended)


@pytest.fixture
def cronwrap(tmp_path: Path) -> Iterator[Cronwrap]:
    """The installed command, with a state directory of its own."""
    directory = tmp_path / "cronwrap"
    directory.mkdir()
    command = Cronwrap(directory)
    yield command
    command.end()


@pytest.fixture
def golden() -> Golden:
    """Compares a text with a file beside the test."""
    return Golden()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server: ``serve()``, ``serve(authority.expired())``."""
    with contextlib.ExitStack() as servers:

        def start(tls: SSLContext | None = None, host: str = "127.0.0.1") -> Httpd:
            httpd = Httpd(tls, host)
            servers.callback(httpd.close)
            return httpd

        yield start


@pytest.fixture
def httpd(serve: Serve) -> Httpd:
    """A server without TLS."""
    return serve()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs the certificates of TLS servers."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """Nobody listens there."""
    with ports.refusing() as url:
        yield url


@pytest.fixture
def full_url() -> Iterator[str]:
    """A connection is never made there."""
    with ports.full() as url:
        yield url


@pytest.fixture
def deaf_url() -> Iterator[str]:
    """A connection is made there, and nothing else ever happens."""
    with ports.deaf() as url:
        yield url
