"""Datadog: a service check, the duration, and an event of what one wants to see."""

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.event import LOG, Event
from tests.support.httpd import Behaviour, Httpd, Received, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    STARTED,
    SUCCEEDED,
    body,
    by_request,
    endpoint,
    render,
    tell,
)

CHECK, SERIES, EVENT = "/api/v1/check_run", "/api/v2/series", "/api/v1/events"
AT = 1_750_000_012
WARNED = FAILED.replace(exit_status=7)


def datadog(request: Received) -> Behaviour:
    """Answer as its API does: the key is in a header, and events may be of 4000 characters."""
    if request.headers.get("dd-api-key") != "k3y":
        return answer(403, b'{"errors":["Forbidden"]}')
    if request.path == EVENT and len(body(request)["text"]) > 4000:
        return answer(400, b'{"errors":["too long"]}')
    return answer(202, b'{"errors":[]}')


@pytest.fixture
def api(httpd: Httpd) -> Httpd:
    httpd.always = by_request(datadog)
    return httpd


def paths(event: Event, **settings: object) -> list[str]:
    place = endpoint("datadog", api_key="k", base="http://h", **settings)
    return [one.url.removeprefix("http://h") for one in render(place, event)]


def test_a_failure_is_a_check_a_metric_and_an_event(api: Httpd) -> None:
    told = tell(api, "datadog", FAILED, base="{url}", api_key="k3y", more_tags="a:b, c")

    assert told.kinds == ["accepted"] * 3
    assert [(one.method, one.path) for one in api.received] == [
        ("POST", CHECK),
        ("POST", SERIES),
        ("POST", EVENT),
    ]
    tags = ["job:nightly", "env:prod", "reason:exit", "team:ops", "a:b", "c"]
    check, series, event = map(body, api.received)
    assert check == {
        "check": "cronwrap.job",
        "host_name": "h1",
        "status": 2,
        "message": FAILED.summary,
        "timestamp": AT,
        "tags": tags,
    }
    assert series == {
        "series": [
            {
                "metric": "cronwrap.duration",
                "type": 3,
                "unit": "second",
                "points": [{"timestamp": AT, "value": 12.25}],
                "resources": [{"type": "host", "name": "h1"}],
                "tags": tags,
            }
        ]
    }
    assert event == {
        "title": FAILED.summary,
        "text": FAILED.report(3900),
        "alert_type": "error",
        "priority": "normal",
        "aggregation_key": "nightly",
        "source_type_name": "cronwrap",
        "host": "h1",
        "date_happened": AT,
        "tags": tags,
    }


@pytest.mark.parametrize(
    ("events", "success", "warning", "failure"),
    [
        ("errors", None, None, "error"),
        ("warnings", None, "warning", "error"),
        ("all", "success", "warning", "error"),
    ],
)
def test_of_which_ends_an_event_is_made(
    api: Httpd, events: str, success: str | None, warning: str | None, failure: str
) -> None:
    alerts: list[str | None] = []
    for event in (SUCCEEDED, WARNED, FAILED):
        told = tell(
            api, "datadog", event, base="{url}", api_key="k3y", events=events, warning_codes=[7, 8]
        )
        sent = [body(one) for one in told.deliveries if one.url.endswith(EVENT)]
        alerts.append(sent[0]["alert_type"] if sent else None)

    checks = [body(one)["status"] for one in api.received if one.path == CHECK]
    assert alerts == [success, warning, failure]
    assert checks == [0, 1, 2]


def test_without_a_duration_there_is_no_metric() -> None:
    assert paths(LOST) == [CHECK, EVENT]


def test_a_start_says_nothing_and_a_log_is_an_event() -> None:
    assert paths(STARTED) == []
    assert paths(FAILED.replace(phase=LOG, duration_s=None)) == [EVENT]


def test_texts_are_cut_to_their_limits(api: Httpd) -> None:
    event = LONG_FAILED.replace(check="x" * 300)

    assert tell(api, "datadog", event, base="{url}", api_key="k3y").kinds == ["accepted"] * 3

    sent = body(api.received[2])
    assert len(sent["aggregation_key"]) == 100
    assert sent["title"] == event.summary
    assert sent["text"].endswith("the reason\n")


def test_each_request_has_an_age_beyond_which_it_would_be_refused() -> None:
    place = endpoint("datadog", api_key="k")

    assert [one.max_age_s for one in render(place, FAILED)] == [600.0, 3600.0, 64800.0]


@pytest.mark.parametrize("site", ["datadoghq.eu", "us3.datadoghq.com", "ddog-gov.com"])
def test_the_site_tells_the_host(site: str) -> None:
    for delivery in render(endpoint("datadog", {"DD_SITE": site}, api_key="k"), FAILED):
        assert delivery.url.startswith(f"https://api.{site}/api/v")


def test_a_wrong_key_is_rejected_with_what_to_do(api: Httpd) -> None:
    told = tell(api, "datadog", FAILED, base="{url}", api_key="other")

    assert set(told.kinds) == {"rejected"}
    assert told.why.endswith("the API key is not right, or is not of this site (see site)")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b'{"errors":[]}', "accepted"),
        (b'{"status":"ok"}', "accepted"),
        (b"", "accepted"),
        (b'{"errors": ["Payload is not in the expected format"]}', "rejected"),
        (b"<html>Log in</html>", "rejected"),
    ],
)
def test_what_was_taken_in_with_errors_was_not(httpd: Httpd, said: bytes, kind: str) -> None:
    httpd.always = answer(202, said)

    assert tell(httpd, "datadog", SUCCEEDED, base="{url}", api_key="k").kinds == [kind, kind]


def test_the_pause_that_a_rate_limit_tells_is_kept(httpd: Httpd) -> None:
    httpd.always = answer(429, b"{}", X_RateLimit_Reset=17)

    told = tell(httpd, "datadog", FAILED, base="{url}", api_key="k")

    assert {(one.kind, one.after_s) for one in told.verdicts} == {("retry", 17.0)}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"events": "failures"}, "events must be one of errors, warnings, all"),
        ({"warning_codes": "7,8"}, "warning_codes must be a number"),
        ({"site": "datadoghq.com/x"}, "site must be the name of a host"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError) as error:
        endpoint("datadog", api_key="k", **settings)

    assert error.value.message == f"c.toml: [endpoints.ops]: {message}"


def test_its_own_variables_stand_in() -> None:
    environ = {
        "DATADOG_API_KEY": "k",
        "DATADOG_HOST": "https://own.example",
        "DD_ENV": "qa",
        "DD_SERVICE": "billing",
        "DD_VERSION": "1.2",
        "DATADOG_TAGS": "a:b",
    }
    sent = render(endpoint("datadog", environ), SUCCEEDED.replace(environment="", tags={}))

    assert sent[0].url == f"https://own.example{CHECK}"
    assert dict(sent[0].headers)["DD-API-KEY"] == "k"
    assert body(sent[0])["tags"] == [
        *("job:nightly", "env:qa", "service:billing", "version:1.2", "a:b"),
    ]
