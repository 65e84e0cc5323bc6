"""Slack's incoming webhooks."""

import pytest

from cronwrap.event import Event
from tests.support.httpd import Httpd, answer, rate_limited
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    STARTED,
    SUCCEEDED,
    body,
    endpoint,
    only,
    render,
    tell,
)

URL = "{url}/services/T000/B000/XXX"


def test_a_failure_is_a_message_that_cannot_mention_anyone(httpd: Httpd) -> None:
    httpd.always = answer(200, b"ok")
    event = FAILED.replace(output=b"<!channel> a & b\n", output_bytes=17)

    told = tell(httpd, "slack", event, url=URL)

    assert told.kinds == ["accepted"]
    assert httpd.paths == ["/services/T000/B000/XXX"]
    text = body(httpd.received[0])["text"]
    assert "&lt;!channel&gt; a &amp; b\n" in text
    assert "<" not in text


@pytest.mark.parametrize("event", [STARTED, SUCCEEDED])
def test_of_other_events_nothing_is_sent_unless_asked(event: Event) -> None:
    url = "https://hooks.slack.com/services/x"

    assert render(endpoint("slack", url=url), event) == []
    assert only(endpoint("slack", url=url, on=[event.phase]), event).url == url


def test_a_long_output_can_still_be_read(httpd: Httpd) -> None:
    httpd.always = answer(200, b"ok")

    tell(httpd, "slack", LONG_FAILED, url=URL)

    text = body(httpd.received[0])["text"]
    assert 2000 < len(text.encode()) <= 3000
    assert text.endswith("the reason\n")


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (200, b"<html>Sign in</html>", "rejected", "is the address right?"),
        (400, b"invalid_payload", "rejected", "is this the URL of an incoming webhook?"),
        (403, b"action_prohibited", "rejected", "the workspace does not allow this webhook"),
        (404, b"no_service", "rejected", "make a new one"),
        (410, b"channel_is_archived", "rejected", "the channel of this webhook is archived"),
        (500, b"rollup_error", "retry", "(rollup_error)"),
    ],
)
def test_what_answers_mean(httpd: Httpd, status: int, said: bytes, kind: str, hint: str) -> None:
    httpd.always = answer(status, said)

    told = tell(httpd, "slack", FAILED, url=URL)

    assert told.kinds == [kind]
    assert told.why.endswith(hint)


def test_a_rate_limit_is_waited_out(httpd: Httpd) -> None:
    httpd.always = rate_limited(30)

    assert tell(httpd, "slack", FAILED, url=URL).verdicts[0].after_s == 30.0
