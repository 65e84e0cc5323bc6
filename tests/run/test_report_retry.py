"""What is tried again, how soon, and what is not."""

import pytest

from tests.support.command import Cronwrap
from tests.support.events import CHECK, healthchecks
from tests.support.httpd import Behaviour, Httpd, answer, cut, rate_limited, redirect, reset

ENDS = f"{CHECK}/0"
STARTED = f"{CHECK}/start"


@pytest.mark.parametrize(
    "trouble",
    [500, 502, 503, 504, 408, 425, 429, cut(), cut(b""), reset()],
    ids=["500", "502", "503", "504", "408", "425", "429", "cut", "cut at once", "reset"],
)
def test_an_end_is_tried_again(cronwrap: Cronwrap, httpd: Httpd, trouble: int | Behaviour) -> None:
    httpd.answers = [200, trouble, 200]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert (done.returncode, done.stderr) == (0, "")
    assert httpd.paths == [STARTED, ENDS, ENDS]
    assert httpd.received[1].body == httpd.received[2].body != b""
    assert httpd.received[1].query == httpd.received[2].query


@pytest.mark.parametrize("trouble", [400, 401, 403, 404, 410, 413, redirect("/elsewhere")])
def test_what_will_not_change_is_not_tried_again(
    cronwrap: Cronwrap, httpd: Httpd, trouble: int | Behaviour
) -> None:
    httpd.answers = [200, trouble]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert httpd.paths == [STARTED, ENDS]


@pytest.mark.parametrize(
    "asked",
    [rate_limited(1), answer(503, b"", Retry_After="1")],
    ids=["429", "503"],
)
def test_the_pause_that_was_asked_for_is_made(
    cronwrap: Cronwrap, httpd: Httpd, asked: Behaviour
) -> None:
    httpd.answers = [200, asked, 200]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert done.stderr == ""
    _, first, second = httpd.received
    assert second.at_s - first.at_s >= 1.0


def test_a_pause_longer_than_the_budget_is_not_made(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.answers = [200, rate_limited(3600)]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true", limit_s=20)

    assert "answered 429 Too Many Requests" in done.stderr
    assert httpd.paths == [STARTED, ENDS]


def test_an_end_is_tried_five_times_at_most(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.at[ENDS] = answer(503, b"", Retry_After="0")

    done = cronwrap("-e", healthchecks(httpd.url), "--report-budget", "2s", "--", "true")

    assert done.stderr.count("\n") == 1
    assert 2 <= httpd.paths.count(ENDS) <= 5
