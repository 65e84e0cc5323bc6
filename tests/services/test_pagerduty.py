"""PagerDuty: a fail triggers, a success resolves, and both have the same key."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Behaviour, Httpd, Received, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    RUN_ID,
    STARTED,
    SUCCEEDED,
    body,
    by_request,
    endpoint,
    only,
    render,
    tell,
)

KEY = "cronwrap/prod/nightly"


def pagerduty(request: Received) -> Behaviour:
    """Answer as Events v2 does: a trigger must say what, where and how bad."""
    sent = body(request)
    payload = sent.get("payload", {})
    whole = {"summary", "source", "severity"} <= payload.keys()
    if sent["event_action"] == "trigger" and not (whole and len(payload["summary"]) <= 1024):
        return answer(400, b'{"status":"invalid event"}')
    return answer(202, b'{"status":"success","dedup_key":"x"}')


@pytest.fixture
def api(httpd: Httpd) -> Httpd:
    httpd.always = by_request(pagerduty)
    return httpd


def test_a_failure_triggers(api: Httpd) -> None:
    told = tell(api, "pagerduty", FAILED, base="{url}", routing_key="r0ute")

    assert told.kinds == ["accepted"]
    assert api.paths == ["/v2/enqueue"]
    assert body(api.received[0]) == {
        "routing_key": "r0ute",
        "event_action": "trigger",
        "dedup_key": KEY,
        "client": "cronwrap",
        "payload": {
            "summary": FAILED.summary,
            "source": "h1",
            "severity": "error",
            "timestamp": "2025-06-15T15:06:52.500Z",
            "component": "nightly",
            "group": "prod",
            "class": "exit",
            "custom_details": {
                "report": FAILED.report(100_000),
                "run_id": RUN_ID,
                "exit_status": 3,
                "duration_s": 12.25,
                "tags": {"team": "ops"},
            },
        },
    }


def test_a_success_resolves_what_a_failure_has_triggered(api: Httpd) -> None:
    assert tell(api, "pagerduty", SUCCEEDED, base="{url}", routing_key="r").kinds == ["accepted"]

    assert body(api.received[0]) == {
        "routing_key": "r",
        "event_action": "resolve",
        "dedup_key": KEY,
    }


def test_without_an_environment_there_is_a_key_all_the_same() -> None:
    place = endpoint("pagerduty", routing_key="r")

    assert body(only(place, LOST.replace(environment="")))["dedup_key"] == "cronwrap/nightly"


def test_keys_of_long_names_fit_and_do_not_meet() -> None:
    place = endpoint("pagerduty", routing_key="r")
    keys = {body(only(place, FAILED.replace(check="x" * 300 + end)))["dedup_key"] for end in "ab"}

    assert len(keys) == 2
    assert all(len(key) <= 255 for key in keys)


@pytest.mark.parametrize("event", [STARTED, FAILED.replace(phase=LOG)])
def test_of_other_events_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("pagerduty", routing_key="r"), event) == []


def test_what_is_long_is_cut(api: Httpd) -> None:
    event = LONG_FAILED.replace(detail="d" * 5000)

    assert tell(api, "pagerduty", event, base="{url}", routing_key="r").kinds == ["accepted"]
    assert len(api.received[0].body) < 512_000


def test_the_region_tells_the_host() -> None:
    place = endpoint("pagerduty", routing_key="r", region="eu", severity="critical")

    assert only(place, FAILED).url == "https://events.eu.pagerduty.com/v2/enqueue"
    assert body(only(place, FAILED))["payload"]["severity"] == "critical"


@pytest.mark.parametrize(
    ("status", "kind", "after_s"),
    [(400, "rejected", None), (429, "retry", 60.0), (500, "retry", None), (200, "rejected", None)],
)
def test_what_answers_mean(httpd: Httpd, status: int, kind: str, after_s: float | None) -> None:
    httpd.always = status

    told = tell(httpd, "pagerduty", FAILED, base="{url}", routing_key="r")

    assert (told.verdicts[0].kind, told.verdicts[0].after_s) == (kind, after_s)
