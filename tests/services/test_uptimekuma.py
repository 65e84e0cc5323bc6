"""Uptime Kuma, against a server that answers as 2.5.3 was measured to."""

import re
from dataclasses import dataclass, field

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Behaviour, Httpd, Received, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    STARTED,
    SUCCEEDED,
    by_request,
    endpoint,
    render,
    tell,
)

PAGE = b"<!DOCTYPE html><title>Uptime Kuma</title>"


@dataclass(slots=True)
class Kuma:
    """Anything but exactly "up" is down; what is no push URL is answered with the page."""

    token: str = "t0ken"  # noqa: S105 -- of no one
    beats: list[tuple[str, str, str]] = field(default_factory=list)

    def decide(self, request: Received) -> Behaviour:
        match = re.fullmatch(r"/api/push/([^/]+)", request.path)
        if len(request.target) > 16384:
            return answer(431, b"")
        if not match:
            return answer(200, PAGE, Content_Type="text/html")
        ping = request.query.get("ping", "")
        if match[1] != self.token or ping.startswith("-"):
            return answer(404, b'{"ok":false,"msg":"Monitor not found or not active."}')
        state = "UP" if request.query.get("status", "up") == "up" else "DOWN"
        self.beats.append((state, request.query.get("msg", "OK"), ping))
        return answer(200, b'{"ok":true}')


@pytest.fixture
def kuma(httpd: Httpd) -> Kuma:
    one = Kuma()
    httpd.always = by_request(one.decide)
    return one


@pytest.mark.parametrize(
    ("event", "state", "ping"),
    [(SUCCEEDED, "UP", "12250"), (FAILED, "DOWN", "12250"), (LOST, "DOWN", "")],
)
def test_an_end_is_up_or_down_with_its_duration(
    httpd: Httpd, kuma: Kuma, event: Event, state: str, ping: str
) -> None:
    assert tell(httpd, "uptimekuma", event, url="{url}/api/push/t0ken").kinds == ["accepted"]

    assert kuma.beats == [(state, event.report(4000), ping)]


def test_what_stands_in_the_url_that_it_shows_gives_way(httpd: Httpd, kuma: Kuma) -> None:
    tell(httpd, "uptimekuma", FAILED, url="{url}/api/push/t0ken?status=up&msg=OK&ping=")

    assert [beat[0] for beat in kuma.beats] == ["DOWN"]
    assert httpd.received[0].target.count("status=") == 1


def test_base_and_token_make_the_same_url(httpd: Httpd, kuma: Kuma) -> None:
    tell(httpd, "uptimekuma", FAILED, base="{url}", token="t0ken")  # noqa: S106

    assert len(kuma.beats) == 1


@pytest.mark.parametrize("event", [STARTED, FAILED.replace(phase=LOG)])
def test_of_a_start_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("uptimekuma", url="https://h/api/push/t"), event) == []


def test_a_slash_at_the_end_is_found_though_it_is_answered_200(httpd: Httpd, kuma: Kuma) -> None:
    told = tell(httpd, "uptimekuma", FAILED, url="{url}/api/push/t0ken/")

    assert (told.kinds, kuma.beats) == (["rejected"], [])
    assert told.why.endswith("is there a slash at its end?")


@pytest.mark.usefixtures("kuma")
def test_an_unknown_or_paused_monitor_is_rejected(httpd: Httpd) -> None:
    told = tell(httpd, "uptimekuma", FAILED, url="{url}/api/push/other")

    assert told.kinds == ["rejected"]
    assert told.why.endswith("there is no push monitor with this token, or it is paused")


@pytest.mark.usefixtures("kuma")
def test_the_longest_message_is_not_too_long(httpd: Httpd) -> None:
    output = b"\xff" * 100_000

    told = tell(
        httpd,
        "uptimekuma",
        LONG_FAILED.replace(output=output, output_bytes=len(output)),
        url="{url}/api/push/t0ken",
    )

    assert told.kinds == ["accepted"]
