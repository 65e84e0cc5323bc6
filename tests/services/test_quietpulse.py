"""QuietPulse: a ping for a success, silence for all else."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd
from tests.support.place import FAILED, LOST, STARTED, SUCCEEDED, endpoint, only, render, tell


def test_a_success_is_a_get_without_more(httpd: Httpd) -> None:
    told = tell(httpd, "quietpulse", SUCCEEDED, base="{url}", token="t/k")  # noqa: S106

    assert told.kinds == ["accepted"]
    (request,) = httpd.received
    assert (request.method, request.target, request.body) == ("GET", "/ping/t%2Fk", b"")


@pytest.mark.parametrize("event", [STARTED, FAILED, LOST, FAILED.replace(phase=LOG)])
def test_of_all_else_nothing_is_sent(event: Event) -> None:
    assert render(endpoint("quietpulse", token="t"), event) == []  # noqa: S106


@pytest.mark.parametrize(
    ("status", "kind", "hint"),
    [
        (201, "rejected", "is the address right?"),
        (204, "rejected", "is the address right?"),
        (403, "rejected", "the token has expired or is not valid"),
        (404, "rejected", "look at its token"),
        (429, "retry", "the plan allows no more pings for now"),
    ],
)
def test_only_200_is_acceptance(httpd: Httpd, status: int, kind: str, hint: str) -> None:
    httpd.always = status

    told = tell(httpd, "quietpulse", SUCCEEDED, url="{url}/ping/t")

    assert told.kinds == [kind]
    assert told.why.endswith(hint)


def test_its_own_variable_stands_in_for_the_address() -> None:
    place = endpoint("quietpulse", {"QUIETPULSE_API_URL": "https://own.example"}, token="t")  # noqa: S106

    assert only(place, SUCCEEDED).url == "https://own.example/ping/t"
