"""Which sender a delivery gets, and that no other is imported."""

import subprocess
import sys

import pytest

from cronwrap import services
from cronwrap.config import Config
from cronwrap.run.endpoints import Endpoints
from cronwrap.services.address import is_url
from cronwrap.services.base import KINDS

LOADED = """
import sys
from cronwrap.deliver.senders import prepare
import cronwrap.run.reporter
prepare(sys.argv[1:])
print(*sys.modules)
"""


def loaded(*kinds: str) -> set[str]:
    command = [sys.executable, "-c", LOADED, *kinds]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_httpx_is_imported_for_http_alone() -> None:
    assert not {"httpx", "httpcore", "h11"} & loaded()
    assert "httpx" in loaded("http")


def test_what_only_some_runs_need_is_not_imported_for_http() -> None:
    expensive = {"email.message", "http", "inspect", "logging", "random", "ssl", "tomli"}

    assert expensive & loaded("http") == set()


@pytest.mark.parametrize("name", services.names())
def test_a_service_says_which_sender_it_needs(name: str) -> None:
    assert services.load(name).sends in KINDS


def test_the_kinds_that_endpoints_want_are_known_without_their_secrets() -> None:
    endpoints = Endpoints(Config(), {})

    assert endpoints.kinds(["https://hc-ping.com/u", "webhook+https://h/x"]) == {"http"}
    assert endpoints.kinds(["nowhere", "nothing+https://h/x"]) == set()


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("udp://h:8125", True),
        ("udp://[::1]:8125", True),
        ("udp://h:99999", False),
        ("udp://:8125", False),
        ("unix:///run/x", True),
        ("unix://h/run/x", False),
        ("file:///var/lib", True),
        ("file:var/lib", False),
        ("mailto:a@h,b@h", True),
        ("mailto:a", False),
        ("mailto://a@h", False),
        ("mailto:a@h\r\nBcc:b@h", False),
        ("gopher://h", False),
    ],
)
def test_a_url_of_another_scheme_is_told_from_what_is_none(url: str, *, good: bool) -> None:
    assert is_url(url, ("udp", "unix", "file", "mailto")) is good
    assert not is_url(url)
