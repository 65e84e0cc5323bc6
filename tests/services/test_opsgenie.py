"""Opsgenie's heartbeats: a ping for a success, silence for all else."""

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd, answer
from tests.support.place import FAILED, STARTED, SUCCEEDED, endpoint, only, render, tell

PONG = answer(202, b'{"result":"PONG - Heartbeat received"}')


@pytest.mark.parametrize("settings", [{"base": "{url}"}, {"url": "{url}/v2/heartbeats/job/ping"}])
def test_a_success_is_a_ping_with_the_key(httpd: Httpd, settings: dict[str, str]) -> None:
    httpd.always = PONG

    told = tell(httpd, "opsgenie", SUCCEEDED, api_key="k3y", heartbeat="job", **settings)

    assert told.kinds == ["accepted"]
    (request,) = httpd.received
    assert (request.method, request.path) == ("POST", "/v2/heartbeats/job/ping")
    assert request.headers["authorization"] == "GenieKey k3y"


@pytest.mark.parametrize("event", [STARTED, FAILED, FAILED.replace(phase=LOG)])
def test_of_all_else_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("opsgenie", api_key="k"), event) == []


@pytest.mark.parametrize(
    ("region", "host"), [("us", "api.opsgenie.com"), ("eu", "api.eu.opsgenie.com")]
)
def test_the_region_tells_the_host(region: str, host: str) -> None:
    place = endpoint("opsgenie", api_key="k", region=region)

    assert only(place, SUCCEEDED).url == f"https://{host}/v2/heartbeats/nightly/ping"


def test_a_region_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(CronwrapError) as error:
        endpoint("opsgenie", api_key="k", region="eus")

    assert error.value.message == "c.toml: [endpoints.ops]: region must be one of us, eu"
    assert error.value.hint


def test_a_wrong_key_is_rejected(httpd: Httpd) -> None:
    httpd.always = 403

    told = tell(httpd, "opsgenie", SUCCEEDED, api_key="k", url="{url}/v2/heartbeats/job/ping")

    assert told.why.endswith("is it of this region (us, eu)?")
