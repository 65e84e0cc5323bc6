"""Cronitor: what its own clients send, and the other host when one does not answer."""

import time

import pytest

from cronwrap.deliver.courier import Courier
from cronwrap.deliver.policy import Policy
from cronwrap.event import FAIL, LOG, Event
from tests.conftest import Serve
from tests.support.httpd import Httpd, rate_limited
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    LOST,
    RUN_ID,
    STARTED,
    SUCCEEDED,
    endpoint,
    only,
    query,
    render,
    tell,
)

QUICK = Policy(tries=4, try_s=5.0, total_s=10.0, base_s=0.0)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (STARTED, {"state": ["run"], "stamp": ["1750000000.25"]}),
        (
            SUCCEEDED,
            {
                "state": ["complete"],
                "stamp": ["1750000012.5"],
                "status_code": ["0"],
                "metric": ["duration:12.25"],
                "message": [SUCCEEDED.report(1000)],
            },
        ),
        (
            FAILED,
            {
                "state": ["fail"],
                "stamp": ["1750000012.5"],
                "status_code": ["3"],
                "metric": ["duration:12.25"],
                "message": [FAILED.report(1000)],
            },
        ),
        (
            LOST,
            {"state": ["fail"], "stamp": ["1750000012.5"], "message": [LOST.report(1000)]},
        ),
    ],
)
def test_each_event_is_sent_as_its_own_clients_do(
    httpd: Httpd, event: Event, expected: dict[str, list[str]]
) -> None:
    told = tell(httpd, "cronitor", event, base="{url}", api_key="KEY")

    assert told.kinds == ["accepted"]
    assert [(one.method, one.path) for one in httpd.received] == [("GET", "/p/KEY/nightly")]
    common = {"series": [RUN_ID], "host": ["h1"], "env": ["prod"]}
    assert query(told.deliveries[0]) == common | expected


def test_nothing_is_sent_without_a_state_for_it() -> None:
    assert render(endpoint("cronitor", api_key="k"), FAILED.replace(phase=LOG)) == []


def test_names_are_cut_and_the_end_of_the_output_is_kept(httpd: Httpd) -> None:
    event = LONG_FAILED.replace(host="h" * 80, environment="e" * 80)

    tell(httpd, "cronitor", event, base="{url}", api_key="KEY")

    sent = httpd.received[0].query
    assert (len(sent["host"]), len(sent["env"])) == (50, 50)
    assert len(sent["message"].encode()) <= 1000
    assert sent["message"].startswith("nightly failed: exit status 3")
    assert sent["message"].endswith("the reason\n")
    assert len(httpd.received[0].target) < 8000


def test_the_other_host_is_tried_when_the_first_does_not_answer(
    serve: Serve, refusing_url: str
) -> None:
    second = serve()
    place = endpoint("cronitor", api_key="KEY", base=[refusing_url, second.url])
    courier = Courier(place, final=QUICK)

    result = courier.finish(FAILED, deadline_s=time.monotonic() + 20)
    courier.close()

    assert (result.kind, result.tries) == ("accepted", 2)
    assert second.received[0].query["state"] == "fail"


def test_the_first_host_is_tried_again_after_the_second(serve: Serve) -> None:
    first, second = serve(), serve()
    first.answers, second.always = [503], 503
    courier = Courier(
        endpoint("cronitor", api_key="KEY", base=[first.url, second.url]), final=QUICK
    )

    result = courier.finish(FAILED, deadline_s=time.monotonic() + 20)
    courier.close()

    assert (result.kind, result.tries) == ("accepted", 3)
    assert (len(first.received), len(second.received)) == (2, 1)


def test_both_hosts_are_cronitors_own_unless_another_is_given() -> None:
    delivery = only(endpoint("cronitor", api_key="K", key="a/b"), STARTED)

    assert delivery.url.startswith("https://cronitor.link/p/K/a%2Fb?state=run&")
    assert [url.partition("?")[0] for url in delivery.others] == ["https://cronitor.io/p/K/a%2Fb"]


def test_a_monitor_can_be_given_by_url(httpd: Httpd) -> None:
    tell(httpd, "cronitor", STARTED, url="{url}/p/KEY/monitor?env=mine")

    assert httpd.received[0].path == "/p/KEY/monitor"
    assert httpd.received[0].query["env"] == "prod"


@pytest.mark.parametrize("variable", ["CRONITOR_ENV", "CRONITOR_ENVIRONMENT"])
def test_its_own_variables_stand_in_and_give_way(variable: str) -> None:
    environ = {
        "CRONITOR_API_KEY": "all",
        "CRONITOR_PING_API_KEY": "pings",
        "CRONITOR_HOSTNAME": "web",
        variable: "qa",
    }
    place = endpoint("cronitor", environ)

    sent = only(place, STARTED.replace(environment="")), only(place, STARTED)

    assert sent[0].url.startswith("https://cronitor.link/p/pings/nightly?")
    assert [(query(one)["host"], query(one)["env"]) for one in sent] == [
        (["web"], ["qa"]),
        (["web"], ["prod"]),  # said for this run: it wins
    ]


def test_a_rate_limit_is_waited_out(httpd: Httpd) -> None:
    httpd.always = rate_limited(7)

    told = tell(httpd, "cronitor", FAILED, base="{url}", api_key="KEY")

    assert (told.kinds, told.verdicts[0].after_s) == (["retry"], 7.0)


def test_a_wrong_key_is_told_when_cronitor_says_so(httpd: Httpd) -> None:
    httpd.always = 403

    told = tell(httpd, "cronitor", STARTED.replace(phase=FAIL), base="{url}", api_key="KEY")

    assert told.kinds == ["rejected"]
    assert told.why.endswith("the API key is not right")
