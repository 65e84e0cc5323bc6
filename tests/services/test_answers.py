"""What an answer means where the service has no rule of its own."""

import pytest

from cronwrap import services
from cronwrap.services.answers import Rules
from cronwrap.services.base import ACCEPTED, REJECTED, RETRY, Answer

DATE = "Sat, 21 Nov 2026 02:00:00 GMT"
IN_90_S = "Sat, 21 Nov 2026 02:01:30 GMT"


@pytest.fixture
def rules() -> Rules:
    return services.load("webhook").rules


@pytest.mark.parametrize(
    ("headers", "body", "after_s"),
    [
        ({"retry-after": "7"}, b"", 7.0),
        ({"retry-after": "0.5"}, b"", 0.5),
        ({"retry-after": IN_90_S, "date": DATE}, b"", 90.0),  # whatever our own clock says
        ({"retry-after": DATE, "date": IN_90_S}, b"", 0.0),
        ({"retry-after": "-1"}, b"", None),
        ({"retry-after": "soon"}, b"", None),
        ({"retry-after": "9" * 400}, b"", None),
        ({}, b'{"retry_after": 3}', 3.0),
        ({}, b'{"ok": false, "parameters": {"retry_after": 5}}', 5.0),
        ({"retry-after": "7"}, b'{"retry_after": 3}', 7.0),
        ({}, b'{"retry_after": "x"}', None),
        ({}, b'{"retry_after": true}', None),
        ({}, b'{"retry_after"', None),
        ({}, b'["retry_after"]', None),
    ],
)
def test_the_pause_that_is_asked_for_is_understood(
    rules: Rules, headers: dict[str, str], body: bytes, after_s: float | None
) -> None:
    verdict = rules.judge(Answer(status=429, headers=headers, body=body))

    assert (verdict.kind, verdict.after_s) == (RETRY, after_s)


def test_without_the_servers_date_our_own_clock_is_taken(rules: Rules) -> None:
    answer = Answer(status=503, headers={"retry-after": IN_90_S}, at_unix_s=1_795_226_460.0)

    assert rules.judge(answer).after_s == 30.0


def test_a_redirect_says_where_to_without_showing_the_path(rules: Rules) -> None:
    answer = Answer(status=301, headers={"location": "https://other.example.org/s3cr3t"})

    verdict = rules.judge(answer)

    assert verdict.kind == REJECTED
    assert verdict.why == (
        "answered 301 Moved Permanently; redirects are not followed, "
        "give the address it leads to (https://other.example.org/…)"
    )


@pytest.mark.parametrize(
    "body", [b"<html>no</html>", b"see https://h/s3cr3t", b"", b"\xff\x00", b"a\x1b[31m"]
)
def test_a_body_that_is_no_short_text_is_not_shown(rules: Rules, body: bytes) -> None:
    assert rules.judge(Answer(status=403, body=body)).why.startswith("answered 403 Forbidden")
    assert "s3cr3t" not in rules.judge(Answer(status=403, body=body)).why
    assert rules.judge(Answer(status=403, body=body)).why.isprintable()


def test_a_short_text_is_shown(rules: Rules) -> None:
    verdict = rules.judge(Answer(status=400, body=b"invalid_payload\n"))

    assert verdict.why == "answered 400 Bad Request (invalid_payload)"


def test_a_proxy_that_wants_a_login_loses_no_report(rules: Rules) -> None:
    verdict = rules.judge(Answer(status=407))

    assert verdict.kind == RETRY
    assert verdict.why.endswith(
        "; the proxy wants a login: HTTP_PROXY=http://USER:PASSWORD@HOST:PORT"
    )


@pytest.mark.parametrize("page", [b"<!DOCTYPE html>\n<title>Log in", b"\n <html lang=en>"])
@pytest.mark.parametrize(
    "name", [one for one in services.names() if services.load(one).sends == "http"]
)
def test_a_web_page_is_no_acceptance_but_for_a_webhook(name: str, page: bytes) -> None:
    for status in (200, 202):
        verdict = services.load(name).rules.judge(Answer(status=status, body=page))

        assert (verdict.kind == ACCEPTED) is (name == "webhook")
        assert verdict.why or name == "webhook"


def test_a_web_page_is_told_as_one() -> None:
    rules = services.load("glitchtip").rules

    verdict = rules.judge(Answer(status=200, body=b"<!doctype HTML><p>Log in"))

    assert verdict.kind == REJECTED
    assert verdict.why == (
        "answered 200 OK; that is a web page, perhaps of a login before it; is the address right?"
    )


def test_an_odd_status_is_shown_as_it_is(rules: Rules) -> None:
    assert rules.judge(Answer(status=599)).kind == RETRY
    assert rules.judge(Answer(status=499)).why == "answered 499"
