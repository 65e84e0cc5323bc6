"""Grafana OnCall: a fail raises an alert, a success resolves the same one."""

import pytest

from cronwrap import services
from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    STARTED,
    SUCCEEDED,
    body,
    endpoint,
    render,
    tell,
)

PATH = "/integrations/v1/formatted_webhook/5a3f/"


@pytest.mark.parametrize(("event", "state"), [(FAILED, "alerting"), (SUCCEEDED, "ok")])
def test_an_end_is_the_state_of_one_alert(httpd: Httpd, event: Event, state: str) -> None:
    told = tell(httpd, "grafana_oncall", event, url="{url}" + PATH, link="https://h/runs")

    assert told.kinds == ["accepted"]
    assert [(one.method, one.path) for one in httpd.received] == [("POST", PATH)]
    assert body(httpd.received[0]) == {
        "alert_uid": "cronwrap/prod/nightly",
        "title": event.summary,
        "state": state,
        "message": event.report(10_000),
        "link_to_upstream_details": "https://h/runs",
    }


@pytest.mark.parametrize("event", [STARTED, FAILED.replace(phase=LOG)])
def test_of_other_events_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("grafana_oncall", url=f"https://h{PATH}"), event) == []


def test_it_is_recognised_wherever_it_is() -> None:
    place = services.from_url(f"https://grafana.example.org{PATH}", where="test", environ={})

    assert place.service_name == "grafana_oncall"


def test_a_long_output_is_cut(httpd: Httpd) -> None:
    tell(httpd, "grafana_oncall", LONG_FAILED, url="{url}" + PATH)

    assert len(body(httpd.received[0])["message"].encode()) <= 10_000


def test_an_unknown_integration_is_rejected(httpd: Httpd) -> None:
    httpd.always = 404

    told = tell(httpd, "grafana_oncall", FAILED, url="{url}" + PATH)

    assert told.kinds == ["rejected"]
    assert told.why.endswith("there is no such integration; look at its URL")
