"""Healthchecks, against a server that answers as the real one was measured to."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from cronwrap import services
from cronwrap.deliver.http import Sender
from cronwrap.event import FAIL, LOG, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, REJECTED, RETRY, Answer, Http, Verdict
from tests.support.healthchecks import Healthchecks
from tests.support.httpd import Httpd

UUID = "5a3f4c1e-7e0a-4d0c-8f59-2f3f5a3f4c1e"
RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
START = Event(check="nightly", run_id=RUN_ID, started_unix_s=1_750_000_000.0)
SUCCEEDED = START.replace(phase=SUCCESS, reason="exit", exit_status=0, finished_unix_s=1.75e9 + 5)
FAILED = SUCCEEDED.replace(phase=FAIL, exit_status=3)


class Place:
    """An endpoint before a Healthchecks of our own."""

    def __init__(self, httpd: Httpd, sender: Sender) -> None:
        self.server = Healthchecks(uuids=[UUID], slugs=["nightly"])
        httpd.always = self.server.behaviour
        self.url = f"{httpd.url}/ping"
        self._sender = sender

    def tell(self, event: Event, learned: dict[str, str] | None = None, **table: object) -> Verdict:
        """Deliver *event* to an endpoint with the settings *table*; return what came of it."""
        settings = {"service": "healthchecks", **({"base": self.url} if "url" not in table else {})}
        endpoint = services.from_table("ops", settings | table, origin="c.toml", environ={})
        (delivery,) = endpoint.render(event, learned or {})
        answer = self._sender.send(delivery, timeout_s=10)
        assert isinstance(answer, Answer)
        return endpoint.service.judge(delivery, answer)

    @property
    def kinds(self) -> list[str]:
        return [ping.kind for ping in self.server.pings]


@pytest.fixture
def place(httpd: Httpd) -> Iterator[Place]:
    with closing(Sender()) as sender:
        yield Place(httpd, sender)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (START, "start"),
        (SUCCEEDED, "0"),
        (FAILED, "3"),
        (FAILED.replace(exit_status=255), "255"),
        (FAILED.replace(reason="output", exit_status=0), "fail"),
        (FAILED.replace(reason="lost", exit_status=None), "fail"),
        (FAILED.replace(phase=LOG), "log"),
        (SUCCEEDED.replace(late=True, superseded=True), "log"),
        (FAILED.replace(late=True, superseded=True), "log"),
        (FAILED.replace(late=True), "3"),
    ],
)
def test_each_event_is_recorded_as_what_it_is(place: Place, event: Event, kind: str) -> None:
    assert place.tell(event, uuid=UUID).kind == ACCEPTED

    assert place.kinds == [kind]
    assert place.server.pings[0].rid == RUN_ID


def test_a_check_is_found_by_url_by_uuid_and_by_slug(place: Place) -> None:
    key = place.server.ping_key

    assert place.tell(START, url=f"{place.url}/{UUID}").kind == ACCEPTED
    assert place.tell(START, uuid=UUID).kind == ACCEPTED
    assert place.tell(START, ping_key=key).kind == ACCEPTED
    assert place.tell(START, ping_key=key, slug="nightly").kind == ACCEPTED
    assert [ping.check for ping in place.server.pings] == [UUID, UUID, "nightly", "nightly"]


def test_a_check_is_created_at_its_first_ping_when_asked(place: Place) -> None:
    key = place.server.ping_key
    event = START.replace(check="Sync Invoices")

    assert place.tell(event, ping_key=key, create=True).kind == ACCEPTED
    assert place.tell(event, ping_key=key, create=True).kind == ACCEPTED

    assert [ping.check for ping in place.server.pings] == ["sync-invoices-9e91e01f"] * 2


def test_create_in_the_ping_url_is_kept(place: Place) -> None:
    url = f"{place.url}/{place.server.ping_key}/weekly?create=1"

    assert place.tell(FAILED, url=url).kind == ACCEPTED

    assert place.server.pings[0].check == "weekly"
    assert place.kinds == ["3"]


def test_a_check_that_takes_only_post_is_not_passed_by(place: Place) -> None:
    place.server.post_only = True

    place.tell(START, uuid=UUID)

    assert not place.server.pings[0].ignored


def test_the_end_of_a_long_output_is_kept(place: Place) -> None:
    output = b"noise\n" * 50_000 + b"the reason\n"

    place.tell(FAILED.replace(output=output, output_bytes=len(output)), uuid=UUID)

    body = place.server.pings[0].body
    assert body.startswith(b"nightly failed: exit status 3\n")
    assert body.endswith(b"the reason\n")
    assert 9_900 < len(body) <= 10_000


@pytest.mark.parametrize("shift", range(4))
def test_no_character_is_cut_where_that_would_be_answered_500(place: Place, shift: int) -> None:
    place.server.filters = True
    output = b"x" * shift + "é€".encode() * 6000 + b"\xff\xc3"

    verdict = place.tell(FAILED.replace(output=output, output_bytes=len(output)), uuid=UUID)

    assert verdict.kind == ACCEPTED


def test_the_limit_that_the_server_tells_is_used(place: Place) -> None:
    place.server.kept_bytes = 100_000
    learned = dict(place.tell(START, uuid=UUID).learned)
    output = b"line\n" * 50_000

    place.tell(FAILED.replace(output=output, output_bytes=len(output)), learned, uuid=UUID)

    assert 99_000 < len(place.server.pings[1].body) <= 100_000


@pytest.mark.parametrize("said", ["None", "-1", "9" * 15, "", "1e9"])
def test_a_limit_that_makes_no_sense_loses_no_ping(place: Place, said: str) -> None:
    output = b"line\n" * 800_000

    event = FAILED.replace(output=output, output_bytes=len(output))
    verdict = place.tell(event, {"report_bytes": said}, uuid=UUID)

    assert verdict.kind == ACCEPTED
    assert place.kinds == ["3"]


def test_an_unknown_check_is_rejected_with_what_to_do(place: Place) -> None:
    verdict = place.tell(START, uuid="0" * 8 + UUID[8:])

    assert verdict.kind == REJECTED
    assert "there is no such check; look at its ping URL" in verdict.why


def test_ok_not_found_of_the_hosted_service_is_rejected(place: Place) -> None:
    place.server.hosted = True

    verdict = place.tell(START, uuid="0" * 8 + UUID[8:])

    assert verdict.kind == REJECTED
    assert verdict.why == (
        "answered 200 OK (OK (not found)); "
        "there is no such check; look at its ping URL, or at ping key and slug"
    )


def test_an_ambiguous_slug_is_rejected_with_what_to_do(place: Place) -> None:
    place.server.slugs.append("nightly")

    verdict = place.tell(START, ping_key=place.server.ping_key)

    assert verdict.kind == REJECTED
    assert verdict.why.endswith("several checks have this slug; give the UUID")


def test_a_slug_in_upper_case_is_rejected_with_what_to_do(place: Place) -> None:
    verdict = place.tell(START, ping_key=place.server.ping_key, slug="Nightly")

    assert verdict.kind == REJECTED
    assert "a slug is in lower case" in verdict.why


def test_a_slug_that_is_none_is_rejected_with_what_to_do(place: Place) -> None:
    verdict = place.tell(START, ping_key=place.server.ping_key, slug="nightly.old")

    assert verdict.kind == REJECTED
    assert "there is no such check; look at its ping URL" in verdict.why


def test_a_slash_at_the_end_of_a_ping_url_makes_no_difference(place: Place) -> None:
    assert place.tell(FAILED, url=f"{place.url}/{UUID}/").kind == ACCEPTED

    assert place.kinds == ["3"]


def test_a_uuid_in_upper_case_is_rejected(place: Place) -> None:
    assert place.tell(START, uuid=UUID.upper()).kind == REJECTED


def test_a_rate_limit_is_waited_out_though_it_is_answered_200(place: Place) -> None:
    place.server.rate_limited = True

    verdict = place.tell(START, uuid=UUID)

    assert (verdict.kind, verdict.after_s) == (RETRY, 60.0)


@pytest.mark.parametrize("said", [b"OK (rate-limited)", b"OK (rate limited)", b"<html>Log in"])
def test_what_is_not_ok_nor_created_was_not_recorded(said: bytes) -> None:
    service = services.load("healthchecks")

    verdict = service.rules.judge(Answer(status=200, body=said))

    assert verdict.kind == RETRY


@pytest.mark.parametrize("name", ["HC_PING_KEY", "PING_KEY"])
def test_its_own_variables_stand_in_for_settings(name: str, httpd: Httpd) -> None:
    environ = {name: "key-of-the-project", "HC_API_URL": httpd.url, "CHECK_SLUG": "weekly"}

    delivery = only(
        services.from_table("h", {"service": "healthchecks"}, origin="c", environ=environ).render(
            START, {}
        )
    )

    assert delivery.url == f"{httpd.url}/key-of-the-project/weekly/start?rid={RUN_ID}"


def test_a_variable_does_not_win_over_the_way_that_the_file_has_chosen() -> None:
    table = {"service": "healthchecks", "ping_key": "of-the-file"}
    environ = {"CHECK_UUID": UUID, "HEALTHCHECK_URL": "https://h/x", "HC_PING_KEY": "no"}

    endpoint = services.from_table("h", table, origin="c", environ=environ)

    assert only(endpoint.render(START, {})).url.startswith(
        "https://hc-ping.com/of-the-file/nightly/"
    )


def only(deliveries: list[Http]) -> Http:
    (delivery,) = deliveries
    return delivery
