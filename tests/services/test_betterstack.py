"""Better Stack's heartbeats."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    STARTED,
    SUCCEEDED,
    WRONG_OUTPUT,
    endpoint,
    only,
    render,
    tell,
)


@pytest.mark.parametrize(
    ("event", "suffix"),
    [(SUCCEEDED, ""), (FAILED, "/3"), (LOST, "/fail"), (WRONG_OUTPUT, "/fail")],
)
def test_an_end_is_a_beat_or_its_exit_status(httpd: Httpd, event: Event, suffix: str) -> None:
    told = tell(httpd, "betterstack", event, base="{url}", token="t0ken")  # noqa: S106

    assert told.kinds == ["accepted"]
    (request,) = httpd.received
    assert (request.method, request.path) == ("POST", f"/api/v1/heartbeat/t0ken{suffix}")
    assert request.body.decode() == event.report(10_000)


@pytest.mark.parametrize("event", [STARTED, FAILED.replace(phase=LOG)])
def test_of_a_start_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("betterstack", token="t"), event) == []  # noqa: S106


def test_the_end_of_a_long_output_is_sent(httpd: Httpd) -> None:
    tell(httpd, "betterstack", LONG_FAILED, url="{url}/api/v1/heartbeat/t0ken")

    assert 9_800 < len(httpd.received[0].body) <= 10_000
    assert httpd.received[0].body.endswith(b"the reason\n")


def test_it_goes_to_better_stack_unless_told_otherwise() -> None:
    place = endpoint("betterstack", token="t")  # noqa: S106

    assert only(place, SUCCEEDED).url == "https://uptime.betterstack.com/api/v1/heartbeat/t"


def test_an_unknown_heartbeat_is_rejected(httpd: Httpd) -> None:
    httpd.always = 404

    told = tell(httpd, "betterstack", FAILED, url="{url}/api/v1/heartbeat/t")

    assert told.kinds == ["rejected"]
    assert told.why.endswith("there is no such heartbeat; look at its URL")
