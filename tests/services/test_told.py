"""What an endpoint is told of a run, by what came before it."""

import json
from typing import Any

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from cronwrap.services import define, from_table
from cronwrap.services.endpoint import Endpoint

SUCCEEDED = Event(check="nightly", phase="success", reason="exit", finished_unix_s=9.0)
FAILED = SUCCEEDED.replace(phase="fail", exit_status=3)


def webhook(**settings: Any) -> Endpoint:
    table = {"service": "webhook", "url": "http://h/", **settings}
    return from_table("ops", table, origin="config.toml", environ={})


def told(endpoint: Endpoint, event: Event) -> dict[str, Any]:
    """Return what is sent of *event*; nothing when it is not."""
    sent = [json.loads(one.body) for one in endpoint.render(event, {})]
    return sent[0] if sent else {}


@pytest.mark.parametrize(
    ("after", "fail_after", "failures", "phase"),
    [
        (1, 1, 0, "fail"),
        (1, 1, 1, "fail"),
        (3, 1, 1, "log"),
        (3, 1, 2, "log"),
        (3, 1, 3, "fail"),
        (3, 1, 4, "fail"),
        (1, 2, 1, "log"),
        (2, 4, 3, "log"),
    ],
)
def test_the_first_failures_in_a_row_are_a_log_where_it_is_told_later(
    after: int, fail_after: int, failures: int, phase: str
) -> None:
    event = FAILED.replace(failures=failures, fail_after=fail_after)

    assert told(webhook(after=after), event)["phase"] == phase


def test_a_failure_that_is_a_log_says_from_which_on_it_counts() -> None:
    event = FAILED.replace(failures=2, detail="oops")

    assert told(webhook(after=3), event)["detail"] == (
        "oops; failure 2, told as one from the 3rd in a row on"
    )


@pytest.mark.parametrize(("failures", "recovered"), [(0, False), (1, False), (2, True)])
def test_a_success_is_a_recovery_after_failures_that_were_told(
    failures: int,
    recovered: bool,  # noqa: FBT001 - a parameter
) -> None:
    event = SUCCEEDED.replace(failures=failures)

    assert told(webhook(after=2), event)["recovered"] is recovered
    assert bool(told(webhook(after=2, on=["recovered"]), event)) is recovered


def test_a_recovery_says_so_in_its_summary() -> None:
    endpoint = webhook(on=["fail", "recovered"])

    assert told(endpoint, SUCCEEDED) == {}
    assert told(endpoint, SUCCEEDED.replace(failures=2, duration_s=1.5))["summary"] == (
        "nightly succeeded again, after 2 failures"
    )


def test_an_endpoint_has_an_environment_and_tags_of_its_own() -> None:
    event = SUCCEEDED.replace(environment="staging", tags={"team": "a", "tier": "1"})

    sent = told(webhook(environment="production", tags={"tier": "2"}), event)

    assert (sent["environment"], sent["tags"]) == ("production", {"team": "a", "tier": "2"})


@pytest.mark.parametrize("after", [0, 1.5, "2", True])
def test_a_wrong_number_of_failures_names_the_key(after: object) -> None:
    with pytest.raises(CronwrapError, match=r"config.toml: \[endpoints.ops\]: after must be a"):
        webhook(after=after)


def test_what_has_no_times_is_not_told_of_an_older_run() -> None:
    old = SUCCEEDED.replace(late=True, superseded=True)
    heartbeat = from_table("b", {"service": "betterstack", "token": "x"}, origin="", environ={})
    gauge = from_table("s", {"service": "statsd", "url": "udp://h:8125"}, origin="", environ={})

    assert webhook().refusal(old) == ""
    assert "newer run" in heartbeat.refusal(old)
    assert heartbeat.refusal(SUCCEEDED.replace(late=True)) == ""
    assert "datagram" in gauge.refusal(SUCCEEDED.replace(late=True))


@pytest.mark.parametrize(
    ("keys", "told_late"),
    [
        ({"fail": {"url": "{url}"}}, True),
        ({"every": {"url": "{url}"}, "on": ["fail", "recovered"]}, True),
        ({"every": {"url": "{url}"}}, False),
        ({"success": {"url": "{url}"}}, False),  # a heartbeat: silence is the failure
        ({"fail": {"url": "{url}"}, "superseded": "drop"}, False),
        ({"every": {"url": "{url}"}, "superseded": "send"}, True),
    ],
)
def test_an_old_failure_is_news_to_what_never_hears_of_a_success(
    keys: dict[str, Any],
    told_late: bool,  # noqa: FBT001 - a parameter
) -> None:
    table = {"settings": {"url": {"kind": "url"}}, **keys}
    mine = define("mine", table, origin="config.toml")
    values = {"service": "mine", "url": "http://h/"}
    endpoint = from_table("m", values, origin="", environ={}, services={"mine": mine})

    refusal = endpoint.refusal(FAILED.replace(late=True, superseded=True))

    assert (refusal == "") is told_late


@pytest.mark.parametrize(
    ("given", "output"),
    [(8, "r\nthird\n"), ("8", "r\nthird\n"), ("1kB", "first\nother\nthird\n"), (0, None)],
)
def test_an_endpoint_gets_no_more_of_the_output_than_it_is_to(
    given: object, output: str | None
) -> None:
    text = b"first\nother\nthird\n"
    event = FAILED.replace(output=text, output_bytes=len(text))

    sent = told(webhook(tail_bytes=given), event)

    assert (sent.get("output"), sent["output_bytes"]) == (output, len(text))


def test_a_report_says_how_much_of_the_output_an_endpoint_gets() -> None:
    text = b"first\n" * 100
    table = {"service": "slack", "url": "https://h/x", "tail_bytes": 12}
    endpoint = from_table("chat", table, origin="", environ={})

    (sent,) = endpoint.render(FAILED.replace(output=text, output_bytes=len(text)), {})

    assert json.loads(sent.body)["text"].endswith(
        "\nlast 12 of 600 bytes of output:\nfirst\nfirst\n"
    )


@pytest.mark.parametrize("given", [-1, 1.5, "much", True])
def test_a_wrong_size_names_the_key(given: object) -> None:
    with pytest.raises(CronwrapError, match=r"config.toml: \[endpoints.ops\]: tail_bytes "):
        webhook(tail_bytes=given)
