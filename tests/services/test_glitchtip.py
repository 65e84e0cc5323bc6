"""GlitchTip's heartbeats: a beat for a success, silence for all else."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd, answer
from tests.support.place import FAILED, STARTED, SUCCEEDED, by_request, endpoint, render, tell

PATH = "/api/0/organizations/acme/heartbeat_check/5a3f/"


@pytest.mark.parametrize(
    "settings",
    [
        {"url": f"{{url}}{PATH}"},
        {"base": "{url}", "organization": "acme", "uuid": "5a3f"},
    ],
)
def test_a_success_is_a_post_for_a_get_is_refused(httpd: Httpd, settings: dict[str, str]) -> None:
    httpd.always = by_request(lambda request: answer(200 if request.method == "POST" else 405))

    told = tell(httpd, "glitchtip", SUCCEEDED, **settings)

    assert told.kinds == ["accepted"]
    assert httpd.paths == [PATH]


@pytest.mark.parametrize("event", [STARTED, FAILED, FAILED.replace(phase=LOG)])
def test_of_all_else_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("glitchtip", url=f"https://h{PATH}"), event) == []


def test_an_unknown_heartbeat_is_rejected(httpd: Httpd) -> None:
    httpd.always = 404

    told = tell(httpd, "glitchtip", SUCCEEDED, url="{url}" + PATH)

    assert told.kinds == ["rejected"]
    assert "there is no such heartbeat" in told.why
