"""Telegram's bots: text as it is, within 4096 units of UTF-16."""

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from tests.support.httpd import Behaviour, Httpd, Received, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    STARTED,
    SUCCEEDED,
    body,
    by_request,
    endpoint,
    only,
    render,
    tell,
)

TOO_LONG = b'{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}'
SLOW_DOWN = b'{"ok":false,"error_code":429,"parameters":{"retry_after":5}}'


def telegram(request: Received) -> Behaviour:
    """Answer as the API does, which counts as UTF-16 has it."""
    units = len(body(request)["text"].encode("utf-16-le")) // 2
    return answer(400, TOO_LONG) if units > 4096 else answer(200, b'{"ok":true,"result":{}}')


@pytest.fixture
def api(httpd: Httpd) -> Httpd:
    httpd.always = by_request(telegram)
    return httpd


def test_a_failure_is_a_message_without_a_parse_mode(api: Httpd) -> None:
    told = tell(api, "telegram", FAILED, base="{url}", token="1:a", chat_id="-100")  # noqa: S106

    assert told.kinds == ["accepted"]
    assert api.paths == ["/bot1:a/sendMessage"]
    assert body(api.received[0]) == {"chat_id": "-100", "text": FAILED.report(4096)}


def test_a_chat_may_stand_in_the_url(api: Httpd) -> None:
    tell(api, "telegram", FAILED, url="{url}/bot1:a/sendMessage?chat_id=-100")

    assert api.received[0].query == {"chat_id": "-100"}


def test_a_message_to_nobody_is_a_mistake() -> None:
    with pytest.raises(
        CronwrapError, match=r"\[endpoints.ops\]: does not say to whom: give chat_id"
    ):
        endpoint("telegram", token="1:a")  # noqa: S106
    with pytest.raises(CronwrapError, match="does not say to whom"):
        endpoint("telegram", url="https://api.telegram.org/bot1:a/sendMessage")


@pytest.mark.parametrize("letter", ["x", "é", "€", "😀"])
def test_no_message_is_too_long(api: Httpd, letter: str) -> None:
    output = (letter * 20_000 + "\nthe reason\n").encode()

    event = LONG_FAILED.replace(output=output, output_bytes=len(output))
    told = tell(api, "telegram", event, url="{url}/bot1:a/sendMessage?chat_id=1")

    assert told.kinds == ["accepted"]
    assert body(api.received[0])["text"].endswith("the reason\n")


@pytest.mark.parametrize("event", [STARTED, SUCCEEDED])
def test_of_other_events_nothing_is_sent_unless_asked(event: Event) -> None:
    settings = {"token": "t", "chat_id": "1"}

    assert render(endpoint("telegram", **settings), event) == []
    asked = endpoint("telegram", **settings, on=[event.phase])
    assert only(asked, event).url == "https://api.telegram.org/bott/sendMessage"


@pytest.mark.parametrize(
    ("status", "said", "kind", "after_s"),
    [
        (200, b'{"ok":false}', "rejected", None),
        (400, b'{"ok":false}', "rejected", None),
        (401, b'{"ok":false}', "rejected", None),
        (429, SLOW_DOWN, "retry", 5.0),
    ],
)
def test_what_answers_mean(
    httpd: Httpd, status: int, said: bytes, kind: str, after_s: float | None
) -> None:
    httpd.always = answer(status, said)

    (verdict,) = tell(httpd, "telegram", FAILED, url="{url}/bot1:a/sendMessage?chat_id=1").verdicts

    assert (verdict.kind, verdict.after_s) == (kind, after_s)
