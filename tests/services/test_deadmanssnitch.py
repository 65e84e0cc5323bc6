"""Dead Man's Snitch: a check-in without ``s`` is a success, so a failure always has one."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    STARTED,
    SUCCEEDED,
    WRONG_OUTPUT,
    endpoint,
    form,
    render,
    tell,
)

THANKS = answer(202, b"Got it, thanks!")


@pytest.mark.parametrize(
    ("event", "status"),
    [(SUCCEEDED, None), (FAILED, "3"), (LOST, "1"), (WRONG_OUTPUT, "1")],
)
def test_a_failure_is_never_a_bare_check_in(httpd: Httpd, event: Event, status: str | None) -> None:
    httpd.always = THANKS

    told = tell(httpd, "deadmanssnitch", event, base="{url}", token="t0ken")  # noqa: S106

    assert told.kinds == ["accepted"]
    assert [(one.method, one.path) for one in httpd.received] == [("POST", "/t0ken")]
    assert form(httpd.received[0]).get("s") == status
    assert form(httpd.received[0])["m"] == event.report(250)


@pytest.mark.parametrize("event", [STARTED, FAILED.replace(phase=LOG)])
def test_of_a_start_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("deadmanssnitch", token="t"), event) == []  # noqa: S106


def test_a_message_has_at_most_250_characters(httpd: Httpd) -> None:
    httpd.always = THANKS

    tell(httpd, "deadmanssnitch", LONG_FAILED, url="{url}/t0ken")

    message = form(httpd.received[0])["m"]
    assert 200 < len(message.encode()) <= 250
    assert message.endswith("the reason\n")


@pytest.mark.parametrize("status", [201, 204, 404])
def test_what_is_neither_200_nor_202_is_no_check_in(httpd: Httpd, status: int) -> None:
    httpd.always = status

    assert tell(httpd, "deadmanssnitch", FAILED, url="{url}/t").kinds == ["rejected"]
