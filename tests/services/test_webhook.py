"""The webhook: our own JSON, or what its user makes of it."""

import hashlib
import hmac
import json

import pytest

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, Event
from cronwrap.services.base import ACCEPTED, Answer, Http

URL = "https://example.org/hook?token=t0ken"
RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
FAILED = Event(
    check="nightly",
    run_id=RUN_ID,
    phase=FAIL,
    reason="exit",
    started_unix_s=1_750_000_000.25,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.25,
    exit_status=3,
    host="h1",
    command="false",
    output=b"boo \xff\n",
    output_bytes=6,
    tags={"team": "ops"},
    note="half of it",
    metrics={"rows": 0},
)


def render(event: Event = FAILED, **settings: object) -> Http:
    table = {"service": "webhook", "url": URL, **settings}
    delivery: Http
    (delivery,) = services.from_table("h", table, origin="c", environ={}).render(event, {})
    return delivery


def test_the_whole_event_is_sent_as_json() -> None:
    delivery = render()

    assert (delivery.method, delivery.url) == ("POST", URL)
    assert dict(delivery.headers) == {
        "Idempotency-Key": f"{RUN_ID}/fail/1750000012500",
        "Content-Type": "application/json",
    }
    assert json.loads(delivery.body) == {
        "schema": "cronwrap/1",
        "check": "nightly",
        "run_id": RUN_ID,
        "phase": "fail",
        "reason": "exit",
        "summary": "nightly failed: exit status 3 after 12.2 s on h1",
        "started_at": "2025-06-15T15:06:40.250Z",
        "finished_at": "2025-06-15T15:06:52.500Z",
        "note": "half of it",
        "metrics": {"rows": 0},
        "delivered_late": False,
        "superseded": False,
        "failures": 0,
        "recovered": False,
        "duration_s": 12.25,
        "exit_status": 3,
        "core_dumped": False,
        "oom_killed": False,
        "host": "h1",
        "command": "false",
        "output": "boo \ufffd\n",
        "output_bytes": 6,
        "tags": {"team": "ops"},
    }


def test_the_signature_is_of_the_body() -> None:
    delivery = render(secret="k3y")  # noqa: S106 -- of no one

    expected = hmac.new(b"k3y", delivery.body, hashlib.sha256).hexdigest()
    assert dict(delivery.headers)["X-Cronwrap-Signature"] == f"sha256={expected}"


def test_method_headers_and_text_can_be_ones_own() -> None:
    delivery = render(method="PUT", headers={"X-Check": "{check}"}, text="{summary}, {{so}} it is")

    assert delivery.method == "PUT"
    assert dict(delivery.headers)["X-Check"] == "nightly"
    assert delivery.body == b"nightly failed: exit status 3 after 12.2 s on h1, {so} it is"


def test_json_of_ones_own_keeps_types_and_leaves_out_what_is_missing() -> None:
    delivery = render(
        json={"n": "{exit_status}", "s": "{signal}", "at": ["{at|unix}"], "x": {"s": "{signal}"}}
    )

    assert json.loads(delivery.body) == {"n": 3, "at": [1_750_000_012.5]}


def test_any_2xx_is_accepted() -> None:
    service = services.from_url(URL, where="test", environ={}).service

    for status in (200, 201, 202, 204, 299):
        verdict = service.judge(render(), Answer(status=status))
        assert verdict.kind == ACCEPTED


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"json": {"a": "{runid}"}}, "[endpoints.h]: json.a: unknown field 'runid'"),
        ({"text": "{check"}, "[endpoints.h]: text: a lone {"),
        ({"method": "SEND"}, "[endpoints.h]: method must be one of"),
        ({"headers": {"A B": "x"}}, "'A B' cannot be the name of a header here"),
        ({"headers": {"Content-Length": "1"}}, "'Content-Length' cannot be the name of a header"),
        ({"headers": ["X: y"]}, "[endpoints.h]: headers must be a table"),
        ({"text": "a", "json": {"b": "c"}}, "text and json: a request has one body"),
    ],
)
def test_a_mistake_is_told_with_file_table_and_key(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(CronwrapError) as error:
        render(FAILED, **settings)

    assert error.value.message.startswith("c: ")
    assert message in error.value.message
