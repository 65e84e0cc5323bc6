"""Events in order, tried again, within a deadline, to several endpoints at once."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from cronwrap import services
from cronwrap.deliver.courier import ACCEPTED, REJECTED, UNDELIVERED, Courier, Result, finish_all
from cronwrap.deliver.policy import FINAL, START, Policy, pause_s
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services.endpoint import Endpoint
from tests.support.httpd import Httpd, after, answer, drip_headers, rate_limited, silent
from tests.support.waiting import eventually

RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
START_EVENT = Event(check="nightly", run_id=RUN_ID, started_unix_s=1_750_000_000.0)
END_EVENT = START_EVENT.replace(
    phase=SUCCESS, reason="exit", exit_status=0, finished_unix_s=1_750_000_012.0, duration_s=12.0
)
LONG_S = 20.0

MakeCourier = Callable[..., Courier]


def at_once(low: float, high: float) -> float:
    """The luckiest jitter: no pause."""
    return min(low, high)


@pytest.fixture
def courier_to() -> Iterator[MakeCourier]:
    made: list[Courier] = []

    def make(place: str | Endpoint, start: Policy = START) -> Courier:
        if isinstance(place, str):
            url = f"healthchecks+{place}/check"
            place = services.from_url(url, where="test", environ={})
        made.append(Courier(place, start=start, uniform=at_once))
        return made[-1]

    yield make
    for one in made:
        one.close()


def alive(name: str) -> bool:
    return any(thread.name == name for thread in threading.enumerate())


def finish(courier: Courier, event: Event = END_EVENT, within_s: float = LONG_S) -> Result:
    return courier.finish(event, deadline_s=time.monotonic() + within_s)


def test_a_start_is_delivered_before_its_end(httpd: Httpd, courier_to: MakeCourier) -> None:
    courier = courier_to(httpd.url)

    courier.start(START_EVENT)
    result = finish(courier)

    assert httpd.paths == ["/check/start", "/check/0"]
    assert result == Result(kind=ACCEPTED, tries=1)
    assert courier.start_result == Result(kind=ACCEPTED, tries=1)


def test_a_slow_start_is_waited_for(httpd: Httpd, courier_to: MakeCourier) -> None:
    httpd.at["/check/start"] = after(0.3)
    courier = courier_to(httpd.url)
    courier.start(START_EVENT)
    httpd.wait_for(1)

    finish(courier)

    assert courier.start_result == Result(kind=ACCEPTED, tries=1)
    assert httpd.received[1].at_s - httpd.received[0].at_s >= 0.3


@pytest.mark.parametrize("behaviour", [silent(), drip_headers()], ids=["silent", "dripping"])
def test_a_start_that_hangs_is_cut_off_at_its_own_deadline_and_never_tried_again(
    httpd: Httpd,
    courier_to: MakeCourier,
    behaviour: Callable[..., None],
) -> None:
    httpd.at["/check/start"] = behaviour
    courier = courier_to(httpd.url, start=START._replace(total_s=0.4, try_s=3600))
    courier.start(START_EVENT)
    httpd.wait_for(1)

    assert finish(courier).kind == ACCEPTED

    assert httpd.paths == ["/check/start", "/check/0"]
    assert courier.start_result is not None
    assert courier.start_result.kind == UNDELIVERED


def test_a_start_that_hangs_leaves_the_end_half_of_its_time(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.always = silent()
    courier = courier_to(httpd.url)
    courier.start(START_EVENT)
    begun_s = time.monotonic()

    result = finish(courier, within_s=0.5)

    assert result.kind == UNDELIVERED
    assert time.monotonic() - begun_s < LONG_S
    assert httpd.paths == ["/check/start", "/check/0"]
    assert result.why.startswith("no answer within 0.2")
    # Long before its own 5 s, for its connection was shut.
    eventually(lambda: not alive("cronwrap-start"), limit_s=3)


def test_a_start_that_failed_is_dropped_once_there_is_an_end(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.at["/check/start"] = answer(503, b"", Retry_After=4)
    courier = courier_to(httpd.url)
    courier.start(START_EVENT)
    httpd.wait_for(1)

    assert finish(courier).kind == ACCEPTED

    assert httpd.paths == ["/check/start", "/check/0"]


def test_a_start_is_tried_twice(httpd: Httpd, courier_to: MakeCourier) -> None:
    httpd.at["/check/start"] = 503
    courier = courier_to(httpd.url)

    courier.start(START_EVENT)
    httpd.wait_for(2)
    finish(courier)

    assert httpd.paths == ["/check/start", "/check/start", "/check/0"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_end_is_tried_again(httpd: Httpd, courier_to: MakeCourier, status: int) -> None:
    httpd.answers = [status, status]

    assert finish(courier_to(httpd.url)) == Result(kind=ACCEPTED, tries=3)


def test_a_part_that_is_refused_keeps_no_other_part_back(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.answers = [404, 200]  # Bugsink: no check-ins, but events
    table = {"service": "sentry", "dsn": f"http://k@127.0.0.1:{httpd.port}/1", "events": True}
    courier = courier_to(services.from_table("s", table, origin="c", environ={}))

    result = finish(courier, END_EVENT.replace(phase=FAIL, exit_status=3))

    assert httpd.paths == ["/api/1/cron/nightly/k/", "/api/1/envelope/"]
    assert (result.kind, result.tries) == (REJECTED, 2)
    assert result.why.startswith("answered 404")


def test_a_part_that_is_to_be_sent_later_keeps_the_others_back_until_then(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.always = rate_limited(3600)
    table = {"service": "sentry", "dsn": f"http://k@127.0.0.1:{httpd.port}/1", "events": True}
    courier = courier_to(services.from_table("s", table, origin="c", environ={}))

    result = finish(courier, END_EVENT.replace(phase=FAIL, exit_status=3))

    assert httpd.paths == ["/api/1/cron/nightly/k/"]
    assert (result.kind, result.tries) == (UNDELIVERED, 1)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 409, 410])
def test_what_is_final_is_not_tried_again(
    httpd: Httpd, courier_to: MakeCourier, status: int
) -> None:
    httpd.always = status

    result = finish(courier_to(httpd.url))

    assert (result.kind, result.tries, len(httpd.received)) == (REJECTED, 1, 1)
    assert result.why.startswith(f"answered {status} ")


def test_an_end_is_given_up_after_five_tries(httpd: Httpd, courier_to: MakeCourier) -> None:
    httpd.always = 500

    result = finish(courier_to(httpd.url))

    assert (result.kind, result.tries) == (UNDELIVERED, 5)
    assert result.why == "answered 500 Internal Server Error (Internal Server Error)"


def test_the_pause_that_a_server_asks_for_is_kept(httpd: Httpd, courier_to: MakeCourier) -> None:
    httpd.answers = [rate_limited(1)]

    result = finish(courier_to(httpd.url))

    assert result == Result(kind=ACCEPTED, tries=2)
    assert httpd.received[1].at_s - httpd.received[0].at_s >= 1


def test_a_pause_beyond_the_deadline_is_not_waited_for(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.always = rate_limited(3600)
    begun_s = time.monotonic()

    result = finish(courier_to(httpd.url))

    assert (result.kind, result.tries, result.after_s) == (UNDELIVERED, 1, 3600.0)
    assert time.monotonic() - begun_s < LONG_S


def test_an_endpoint_that_drips_is_left_at_the_deadline(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.always = drip_headers()
    begun_s = time.monotonic()

    result = finish(courier_to(httpd.url), within_s=0.4)

    assert result.kind == UNDELIVERED
    assert time.monotonic() - begun_s < LONG_S


def test_a_refused_connection_is_tried_again_till_the_end(
    refusing_url: str, courier_to: MakeCourier
) -> None:
    result = finish(courier_to(refusing_url))

    assert result == Result(
        kind=UNDELIVERED, why="connection refused: nothing listens there", tries=5
    )


def test_the_limit_that_the_start_taught_is_the_limit_of_the_end(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    httpd.always = answer(200, b"OK", Ping_Body_Limit=20_000)
    courier = courier_to(httpd.url)
    output = b"0123456789\n" * 9000

    courier.start(START_EVENT)
    result = finish(courier, END_EVENT.replace(output=output, output_bytes=len(output)))

    assert 19_900 < len(httpd.received[1].body) <= 20_000
    assert result.learned == {"report_bytes": "20000"}


def test_no_result_holds_a_secret(httpd: Httpd, courier_to: MakeCourier) -> None:
    httpd.always = answer(403, b"no such key: s3cr3t-ping-key")
    table = {"service": "healthchecks", "base": httpd.url, "ping_key": "s3cr3t-ping-key"}
    endpoint = services.from_table("ops", table, origin="c.toml", environ={})

    result = finish(courier_to(endpoint))

    assert "s3cr3t" not in result.why
    assert "[ping_key]" in result.why


def test_an_endpoint_is_not_told_of_a_phase_it_is_not_for(
    httpd: Httpd, courier_to: MakeCourier
) -> None:
    table = {"url": httpd.url, "on": ["fail"]}
    endpoint = services.from_table("ops", table, origin="c.toml", environ={})

    untold = "nothing was sent, it is not told of a success"
    assert finish(courier_to(endpoint)) == Result(kind=ACCEPTED, why=untold)
    assert httpd.received == []

    finish(courier_to(endpoint), END_EVENT.replace(phase=FAIL))
    assert len(httpd.received) == 1


def test_what_is_never_sent_late_is_not_kept_for_later(courier_to: MakeCourier) -> None:
    endpoint = services.from_url("udp://nowhere.invalid:8125", where="test", environ={})

    result = finish(courier_to(endpoint))

    assert (result.kind, result.why) == (
        REJECTED,
        "could not resolve the host name nowhere.invalid",
    )


def test_a_slow_endpoint_does_not_delay_another(
    httpd: Httpd, courier_to: MakeCourier, deaf_url: str
) -> None:
    slow, quick = courier_to(deaf_url), courier_to(httpd.url)
    slow.start(START_EVENT)
    quick.start(START_EVENT)

    results = finish_all([slow, quick], END_EVENT, deadline_s=time.monotonic() + 1)

    assert next(results) == (quick, Result(kind=ACCEPTED, tries=1))
    courier, result = next(results)
    assert (courier, result.kind) == (slow, UNDELIVERED)


def test_every_endpoint_has_a_result_also_without_time(
    courier_to: MakeCourier, deaf_url: str
) -> None:
    both = [courier_to(deaf_url), courier_to(deaf_url)]

    results = dict(finish_all(both, END_EVENT, deadline_s=time.monotonic()))

    assert {result.kind for result in results.values()} == {UNDELIVERED}
    assert len(results) == 2


def test_nothing_stays_behind(httpd: Httpd, courier_to: MakeCourier) -> None:
    before = set(threading.enumerate())
    courier = courier_to(httpd.url)
    courier.start(START_EVENT)

    list(finish_all([courier], END_EVENT, deadline_s=time.monotonic() + LONG_S))
    courier.close()

    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("cronwrap"):
            thread.join(LONG_S)
            assert not thread.is_alive()


def test_pauses_grow_and_are_never_longer_than_their_cap() -> None:
    most = [pause_s(FINAL, retry, None, lambda _low, high: high) for retry in range(6)]

    assert most == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
