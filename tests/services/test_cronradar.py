"""CronRadar in both dialects: keys in the path, and a ready ping URL."""

import pytest

from cronwrap.event import LOG, Event
from tests.support.httpd import Httpd, answer, rate_limited
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    STARTED,
    SUCCEEDED,
    endpoint,
    only,
    query,
    render,
    tell,
)

OK = answer(200, b'{"status":"ok"}')
SCHEDULE = {"schedule": "0 2 * * *", "grace": 300, "name": "Nightly"}


@pytest.mark.parametrize(
    ("event", "suffix", "sent"),
    [
        (STARTED, "start", {}),
        (SUCCEEDED, "complete", {}),
        (FAILED, "fail", {"message": FAILED.report(2000)}),
    ],
)
@pytest.mark.parametrize(
    "settings", [{"base": "{url}", "api_key": "KEY"}, {"url": "{url}/ping/nightly/KEY"}]
)
def test_each_event_has_its_path(
    httpd: Httpd, event: Event, suffix: str, sent: dict[str, str], settings: dict[str, str]
) -> None:
    httpd.always = OK

    assert tell(httpd, "cronradar", event, **settings).kinds == ["accepted"]

    (request,) = httpd.received
    assert (request.method, request.path) == ("POST", f"/ping/nightly/KEY/{suffix}")
    assert request.query == sent


def test_a_schedule_registers_the_monitor_at_its_start() -> None:
    place = endpoint("cronradar", api_key="K", **SCHEDULE)

    assert query(only(place, STARTED)) == {
        "schedule": ["0 2 * * *"],
        "gracePeriod": ["300"],
        "name": ["Nightly"],
    }
    assert query(only(place, SUCCEEDED)) == {}


def test_the_key_is_encoded_and_cut() -> None:
    event = STARTED.replace(check="a/b" + "é" * 300)

    path = only(endpoint("cronradar", api_key="K"), event).url.split("/ping/")[1]

    assert path.startswith("a%2Fb%C3%A9")
    assert path.count("%C3%A9") == 98  # 3 + 2 * 98 are 199 bytes


@pytest.mark.parametrize(
    ("event", "method", "path", "sent"),
    [
        (STARTED, "GET", "/ping/t0ken/start", {}),
        (SUCCEEDED, "GET", "/ping/t0ken", {"duration": "12"}),
        (FAILED, "POST", "/ping/t0ken/fail", {}),
    ],
)
def test_the_other_dialect(
    httpd: Httpd, event: Event, method: str, path: str, sent: dict[str, str]
) -> None:
    assert tell(httpd, "cronradar_io", event, url="{url}/ping/t0ken").kinds == ["accepted"]

    (request,) = httpd.received
    assert (request.method, request.path, request.query) == (method, path, sent)
    assert request.body.decode() == (FAILED.report(10_000) if event is FAILED else "")


@pytest.mark.parametrize("name", ["cronradar", "cronradar_io"])
def test_a_log_is_not_sent(name: str) -> None:
    assert render(endpoint(name, url="https://h/ping/t"), FAILED.replace(phase=LOG)) == []


def test_a_message_is_cut(httpd: Httpd) -> None:
    tell(httpd, "cronradar", LONG_FAILED, url="{url}/ping/nightly/KEY")

    assert len(httpd.received[0].query["message"].encode()) <= 2000


def test_an_unknown_monitor_is_rejected_with_what_to_do(httpd: Httpd) -> None:
    httpd.always = 404

    told = tell(httpd, "cronradar", FAILED, url="{url}/ping/nightly/KEY")

    assert told.kinds == ["rejected"]
    assert told.why.endswith("there is no such monitor; a schedule creates it")


def test_a_rate_limit_is_waited_out(httpd: Httpd) -> None:
    httpd.always = rate_limited(9)

    told = tell(httpd, "cronradar", FAILED, url="{url}/ping/nightly/KEY")

    assert (told.kinds, told.verdicts[0].after_s) == (["retry"], 9.0)


def test_its_own_variables_stand_in() -> None:
    environ = {
        "CRONRADAR_API_KEY": "K",
        "CRONRADAR_BASE_URL": "https://own.example",
        "CRONRADAR_URL": "https://cronradar.io/ping/T",
    }

    assert only(endpoint("cronradar", environ), STARTED).url == (
        "https://own.example/ping/nightly/K/start"
    )
    assert only(endpoint("cronradar_io", environ), STARTED).url == (
        "https://cronradar.io/ping/T/start"
    )
