"""Sentry: check-ins as JSON at its cron URL, and a failure's event in an envelope."""

import json
from typing import Any

import pytest

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import LOG, Event
from cronwrap.services.endpoint import describe
from tests.support.httpd import Behaviour, Httpd, Received, answer, rate_limited
from tests.support.place import (
    FAILED,
    HEX_ID,
    LONG_FAILED,
    LOST,
    OUTPUT,
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

KEY = "4f8a1c0e4f8a1c0e4f8a1c0e4f8a1c0e"


def dsn(httpd: Httpd, prefix: str = "") -> str:
    return f"http://{KEY}@127.0.0.1:{httpd.port}{prefix}/42"


def relay(request: Received) -> Behaviour:
    """Answer as Sentry's relay does: check-ins always 202, an envelope that is framed badly 400."""
    if "/cron/" in request.path:
        return answer(202, b"")
    return answer(200, b'{"id":"1"}') if _is_envelope(request) else answer(400, b"bad envelope")


def _is_envelope(request: Received) -> bool:
    lines = request.body.split(b"\n")
    try:
        return len(lines) == 4 and lines[3] == b"" and all(map(json.loads, lines[:3]))
    except ValueError:
        return False


def envelope(request: Received) -> list[dict[str, Any]]:
    return [json.loads(line) for line in request.body.splitlines()]


@pytest.mark.parametrize(
    ("event", "status", "duration"),
    [
        (STARTED, "in_progress", None),
        (SUCCEEDED, "ok", 12.25),
        (FAILED, "error", 12.25),
        (LOST, "error", None),
    ],
)
def test_an_event_is_a_check_in(
    httpd: Httpd, event: Event, status: str, duration: float | None
) -> None:
    httpd.always = by_request(relay)

    told = tell(httpd, "sentry", event, dsn=dsn(httpd), release="1.2")

    assert told.kinds == ["accepted"]
    (request,) = httpd.received
    assert (request.method, request.path) == ("POST", f"/api/42/cron/nightly/{KEY}/")
    assert request.headers["content-type"] == "application/json"
    trace = {"trace_id": HEX_ID, "span_id": HEX_ID[:16], "op": "cron"}
    expected = {
        "check_in_id": RUN_ID,
        "monitor_slug": "nightly",
        "status": status,
        "environment": "prod",
        "release": "1.2",
        "contexts": {"trace": trace},
    }
    assert body(request) == expected | ({"duration": duration} if duration else {})


def test_both_check_ins_have_the_same_id_and_environment(httpd: Httpd) -> None:
    httpd.always = by_request(relay)
    for event in (STARTED, FAILED):
        tell(httpd, "sentry", event, dsn=dsn(httpd), environment="qa")

    first, second = map(body, httpd.received)

    assert first["environment"] == second["environment"] == "qa"
    assert first["check_in_id"] == second["check_in_id"]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 2 * * *", {"type": "crontab", "value": "0 2 * * *"}),
        ("@daily", {"type": "crontab", "value": "@daily"}),
        ("every 10 minutes", {"type": "interval", "value": 10, "unit": "minute"}),
        ("every hour", {"type": "interval", "value": 1, "unit": "hour"}),
    ],
)
def test_a_schedule_creates_and_updates_the_monitor(
    schedule: str, expected: dict[str, object]
) -> None:
    place = endpoint(
        "sentry",
        dsn="https://K@h/1",
        schedule=schedule,
        timezone="Europe/Berlin",
        checkin_margin=5,
        max_runtime=30,
        failure_issue_threshold=2,
        recovery_threshold=1,
    )

    for event in (STARTED, SUCCEEDED):
        assert body(only(place, event))["monitor_config"] == {
            "schedule": expected,
            "timezone": "Europe/Berlin",
            "checkin_margin": 5,
            "max_runtime": 30,
            "failure_issue_threshold": 2,
            "recovery_threshold": 1,
        }


def test_a_failure_is_an_error_event_too_when_asked(httpd: Httpd) -> None:
    httpd.always = by_request(relay)

    told = tell(httpd, "sentry", FAILED, dsn=dsn(httpd, "/sub/path"), events=True)

    assert told.kinds == ["accepted", "accepted"]
    assert httpd.paths == [f"/sub/path/api/42/cron/nightly/{KEY}/", "/sub/path/api/42/envelope/"]
    auth = httpd.received[1].headers["x-sentry-auth"]
    assert auth.startswith(f"Sentry sentry_version=7, sentry_key={KEY}, sentry_client=cronwrap/")
    head, item, event = envelope(httpd.received[1])
    assert (head, item) == ({"event_id": HEX_ID}, {"type": "event"})
    assert (event["level"], event["environment"], event["server_name"]) == ("error", "prod", "h1")
    assert event["logentry"] == {"formatted": FAILED.summary}
    assert event["extra"]["output"] == OUTPUT.decode()
    assert event["contexts"]["trace"] == body(httpd.received[0])["contexts"]["trace"]


@pytest.mark.parametrize("event", [STARTED, SUCCEEDED])
def test_of_other_events_there_is_the_check_in_alone(event: Event) -> None:
    assert len(render(endpoint("sentry", dsn="https://K@h/1", events=True), event)) == 1


def test_a_server_without_check_ins_is_sent_events_alone() -> None:
    place = endpoint("sentry", dsn="https://K@h/1", events=True, check_ins=False)

    assert [render(place, event) for event in (STARTED, SUCCEEDED)] == [[], []]
    assert only(place, FAILED).url == "https://h/api/1/envelope/"


def test_a_log_is_not_sent() -> None:
    assert render(endpoint("sentry", dsn="https://K@h/1"), FAILED.replace(phase=LOG)) == []


def test_output_of_any_bytes_stays_in_its_line(httpd: Httpd) -> None:
    httpd.always = by_request(relay)

    told = tell(httpd, "sentry", LONG_FAILED, dsn=dsn(httpd), events=True)

    assert told.kinds == ["accepted", "accepted"]
    output = envelope(httpd.received[1])[2]["extra"]["output"]
    assert len(output.encode()) <= 16_000
    assert output.endswith("the reason\n")


def test_an_old_dsn_has_a_secret_key_that_is_not_sent() -> None:
    delivery = only(endpoint("sentry", dsn="https://public:private@h/1"), STARTED)

    assert delivery.url == "https://h/api/1/cron/nightly/public/"


@pytest.mark.parametrize(
    "url",
    [f"https://{KEY}@o1.ingest.de.sentry.io/42", f"http://{KEY}@127.0.0.1:8000/sub/path/42"],
)
def test_a_dsn_is_recognised(url: str) -> None:
    assert services.from_url(url, where="test", environ={}).service_name == "sentry"
    table = services.from_table("s", {"url": url}, origin="c", environ={})
    assert only(table, STARTED).url.endswith(f"/api/42/cron/nightly/{KEY}/")


@pytest.mark.parametrize("url", ["https://user@h/path", "https://h/42", "https://u:p@h/a/42/b"])
def test_what_is_no_dsn_is_not_taken_for_one(url: str) -> None:
    assert services.from_url(url, where="test", environ={}).service_name == "webhook"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dsn": "https://h/42"}, "dsn must be of the form https://KEY@HOST/PROJECT"),
        ({"dsn": "https://K@h/"}, "dsn must be of the form https://KEY@HOST/PROJECT"),
        ({"slug": "Nightly"}, "slug must be at most 50 of a-z, 0-9, - and _"),
        ({"slug": "x" * 51}, "slug must be at most 50 of a-z, 0-9, - and _"),
        ({"schedule": "0 2 * *"}, "schedule must be a cron expression of five fields"),
        ({"check_ins": False}, "check_ins = false without events = true: nothing would be sent"),
        ({"timezone": "UTC"}, "timezone is of no use without a schedule"),
        ({"max_runtime": "30"}, "max_runtime must be a number"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError) as error:
        endpoint("sentry", **{"dsn": "https://K@h/1", **settings})

    assert error.value.message.startswith(f"c.toml: [endpoints.ops]: {message}")


def test_the_key_is_shown_nowhere() -> None:
    place = endpoint("sentry", dsn=f"https://{KEY}@h/1", events=True)

    shown = [describe(one, place) for one in place.render(FAILED, {})]

    assert KEY not in f"{place!r} {place.label} {shown}"
    assert "/cron/nightly/[dsn]/" in shown[0]


def test_names_that_are_long_do_not_meet() -> None:
    place = endpoint("sentry", dsn="https://K@h/1")
    slugs = {
        body(only(place, STARTED.replace(check="x" * 60 + end)))["monitor_slug"] for end in "ab"
    }

    assert len(slugs) == 2
    assert all(len(slug) <= 50 for slug in slugs)


def test_what_takes_no_check_ins_is_rejected_with_what_to_do(httpd: Httpd) -> None:
    httpd.always = 404  # Bugsink, at its cron URL

    told = tell(httpd, "sentry", STARTED, dsn=dsn(httpd))

    assert told.kinds == ["rejected"]
    assert "Bugsink and GlitchTip do not): set events = true and check_ins = false" in told.why


def test_a_rate_limit_is_waited_out(httpd: Httpd) -> None:
    httpd.always = rate_limited(30)

    told = tell(httpd, "sentry", FAILED, dsn=dsn(httpd))

    assert (told.kinds, told.verdicts[0].after_s) == (["retry"], 30.0)


def test_its_own_variables_stand_in() -> None:
    environ = {"SENTRY_DSN": "https://K@h/1", "SENTRY_ENVIRONMENT": "qa", "SENTRY_RELEASE": "9"}

    sent = body(only(endpoint("sentry", environ), STARTED.replace(environment="")))

    assert (sent["environment"], sent["release"]) == ("qa", "9")
