"""New Relic: a JSON array of one flat event."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    OUTPUT,
    RUN_ID,
    STARTED,
    SUCCEEDED,
    body,
    endpoint,
    only,
    tell,
)

ACCEPTED = answer(200, b'{"success":true,"uuid":"5f"}')


@pytest.mark.parametrize(
    ("event", "at_ms"),
    [
        (STARTED, 1_750_000_000_250),
        (SUCCEEDED, 1_750_000_012_500),
        (FAILED, 1_750_000_012_500),
        (FAILED.replace(phase=LOG), 1_750_000_012_500),
    ],
)
def test_every_event_is_sent_with_its_own_time(httpd: Httpd, event: Event, at_ms: int) -> None:
    httpd.always = ACCEPTED

    told = tell(httpd, "newrelic", event, base="{url}", license_key="k3y")

    assert told.kinds == ["accepted"]
    (request,) = httpd.received
    assert (request.method, request.path) == ("POST", "/v1/accounts/events")
    assert request.headers["api-key"] == "k3y"
    (sent,) = body(request)
    assert sent["eventType"] == "CronwrapRun"
    assert (sent["timestamp"], sent["runId"], sent["phase"]) == (at_ms, RUN_ID, event.phase)


def test_a_failure_has_all_that_is_known_of_it(httpd: Httpd) -> None:
    httpd.always = ACCEPTED

    tell(httpd, "newrelic", FAILED, base="{url}", license_key="k", account="123")

    assert httpd.paths == ["/v1/accounts/123/events"]
    assert body(httpd.received[0]) == [
        {
            "eventType": "CronwrapRun",
            "timestamp": 1_750_000_012_500,
            "check": "nightly",
            "runId": RUN_ID,
            "phase": "fail",
            "reason": "exit",
            "summary": FAILED.summary,
            "exitStatus": 3,
            "duration": 12.25,
            "host": "h1",
            "user": "root",
            "command": "/srv/backup --all",
            "environment": "prod",
            "tags": '{"team":"ops"}',
            "output": OUTPUT.decode(),
            "outputBytes": len(OUTPUT),
        }
    ]


def test_values_are_strings_and_numbers_within_the_limit() -> None:
    event = LONG_FAILED.replace(check="c" * 5000, command="x" * 9000, tags={"k": "v" * 9000})

    (sent,) = body(only(endpoint("newrelic", license_key="k"), event))

    for value in sent.values():
        assert type(value) in {str, int, float}
        assert len(str(value)) <= 4096
    assert sent["output"].endswith("the reason\n")


@pytest.mark.parametrize(
    ("region", "host"),
    [("us", "insights-collector.newrelic.com"), ("eu", "insights-collector.eu01.nr-data.net")],
)
def test_the_region_tells_the_host(region: str, host: str) -> None:
    environ = {
        "NEW_RELIC_REGION": region,
        "NEW_RELIC_LICENSE_KEY": "k",
        "NEW_RELIC_ACCOUNT_ID": "7",
    }

    assert (
        only(endpoint("newrelic", environ), STARTED).url == f"https://{host}/v1/accounts/7/events"
    )


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (200, b"<html>", "rejected", "is the address right?"),
        (400, b"", "rejected", "New Relic found nothing in it; is there a proxy in between?"),
        (403, b"", "rejected", "or is of another region (us, eu)"),
        (413, b"", "rejected", "lower tail_bytes"),
        (408, b"", "retry", ""),
        (429, b"", "retry", ""),
        (503, b"", "retry", ""),
    ],
)
def test_what_answers_mean(httpd: Httpd, status: int, said: bytes, kind: str, hint: str) -> None:
    httpd.always = answer(status, said)

    told = tell(httpd, "newrelic", FAILED, base="{url}", license_key="k")

    assert told.kinds == [kind]
    assert told.why.endswith(hint)
