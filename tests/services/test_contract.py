"""What every service keeps, with the hardest input there is, before a real server."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from urllib.parse import unquote, urlsplit

import pytest

from cronwrap import services
from cronwrap.deliver.http import Sender
from cronwrap.event import FAIL, LOG, PHASES, START, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, Answer, Http
from cronwrap.services.carries import carries
from cronwrap.services.endpoint import RECOVERED, Endpoint, describe
from cronwrap.services.fields import FIELDS
from tests.support.httpd import Httpd

OUTPUT = b"caf\xe9 \xff\x00 \xc3\xa9\xe2\x82\xac\r\n" * 10_000  # 150 kB, no UTF-8
SECRET = "s3cr3t/k\u00e9y?&="  # noqa: S105 -- of no one
HOOK = "/s3cr3t-hook"
LIMIT_BYTES = 110_000  # the largest body of any service, with what is around a report
ENDED = {
    "reason": "exit",
    "finished_unix_s": 1_750_000_012.5,
    "duration_s": 12.5,
    "output": OUTPUT,
    "output_bytes": 10**9,
    "cpu_user_s": 1.5,
    "cpu_system_s": 0.25,
    "max_rss_bytes": 10**8,
}
HARD = Event(
    check="nightly/\u00e9 ../\r\n" + "x" * 300,
    run_id="0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11",
    started_unix_s=1_750_000_000.0,
    host="h\u00f6st\r\nX-Evil: 1",
    user="root",
    command="sh -c 'echo \udce9 \"}'",
    detail="line\nbreak",
    environment="pro\u0111",
    tags={"team\r\n": "a\r\nX-Evil: 1"},
)
EVENTS = {
    "start": HARD,
    "success": HARD.replace(phase=SUCCESS, exit_status=0, **ENDED),
    "fail": HARD.replace(phase=FAIL, exit_status=255, **ENDED),
    "fail with 0": HARD.replace(phase=FAIL, exit_status=0, **{**ENDED, "reason": "output"}),
    "lost": HARD.replace(phase=FAIL, reason="lost", finished_unix_s=1_750_000_012.5),
    "log": HARD.replace(phase=LOG, **ENDED),
    "late": HARD.replace(phase=SUCCESS, exit_status=0, late=True, **ENDED),
}
# What is said to a server over HTTP; of all else test_contract_others.py has the like.
OVER_HTTP = [name for name in services.names() if services.load(name).sends == "http"]


@pytest.fixture
def sender() -> Iterator[Sender]:
    with closing(Sender()) as one:
        yield one


def endpoint_of(name: str, url: str) -> Endpoint:
    """Return an endpoint of the service, told of all; each secret setting is hard text."""
    values: dict[str, object] = {"service": name, "on": list(PHASES)}
    definition = services.load(name)
    for setting in definition.settings.values():
        if setting.kind in {"url", "urls"}:
            hook = HOOK if setting.secret and not definition.derived else ""
            values[setting.name] = like(setting.example, f"{url}{hook}")
        elif setting.kind == "text" and (setting.secret or setting.required):
            values[setting.name] = SECRET
        elif setting.kind == "flag":
            values[setting.name] = True
    return services.from_table("ops", values, origin="c.toml", environ={})


def like(example: str, url: str) -> str:
    """Return *example* with its login, path and query, but at *url*."""
    parts = urlsplit(example)
    login, at, _ = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query else ""
    return f"{url.replace('://', f'://{login}{at}')}{parts.path}{query}"


def first(endpoint: Endpoint) -> Http:
    """Return a request of the service: of a failure, if it says anything of it."""
    events = (EVENTS["fail"], EVENTS["success"])
    rendered = (one for event in events for one in endpoint.render(event, {}))
    return next(one for one in rendered if isinstance(one, Http))


def known_headers(headers: Mapping[str, str]) -> bool:
    return "x-evil" not in headers and all(value.isprintable() for value in headers.values())


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_server_gets_what_was_meant_and_no_more(
    name: str, event: Event, httpd: Httpd, sender: Sender
) -> None:
    deliveries = endpoint_of(name, httpd.url).render(event, {})

    for delivery in deliveries:
        assert isinstance(sender.send(delivery, timeout_s=10), Answer)

    assert [received.method for received in httpd.received] == [d.method for d in deliveries]
    for received, delivery in zip(httpd.received, deliveries, strict=True):
        assert f"{httpd.url}{received.target}" == delivery.url
        assert re.fullmatch(r"[!-~]+", received.target)
        assert received.body == delivery.body
        assert received.headers.get("content-length", "0") == str(len(delivery.body))
        assert known_headers(received.headers)
        assert "\0" not in received.body.decode()
        assert len(received.body) < LIMIT_BYTES


@pytest.mark.parametrize("name", services.names())
def test_every_service_says_what_it_is(name: str) -> None:
    definition = services.load(name)

    assert definition.summary.endswith(".")
    assert definition.reference
    assert definition.events
    assert definition.limits
    for setting in definition.settings.values():
        assert setting.help.endswith("."), setting.name


@pytest.mark.parametrize("name", OVER_HTTP)
def test_an_end_carries_the_run_id_of_its_start(name: str) -> None:
    endpoint = endpoint_of(name, "http://h")

    def carry_id(phase: str) -> list[bool]:
        sent = endpoint.render(HARD.replace(phase=phase), {})
        asked = [f"{one.url} {one.headers} {one.body!r}".replace("-", "") for one in sent]
        return [HARD.run_id.replace("-", "") in one for one in asked]

    if any(carry_id(START)):
        assert all(carry_id(START) + carry_id(SUCCESS) + carry_id(FAIL))


@pytest.mark.parametrize("name", OVER_HTTP)
def test_no_secret_is_shown(name: str) -> None:
    endpoint = endpoint_of(name, "http://h")

    shown = [repr(endpoint), endpoint.label]
    for event in EVENTS.values():
        shown += [describe(delivery, endpoint) for delivery in endpoint.render(event, {})]

    assert "http://h" in shown[1] or "https://" in shown[1]
    for text in shown:
        assert SECRET not in text
        assert SECRET not in unquote(text)
        assert HOOK not in text


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
@pytest.mark.parametrize("name", OVER_HTTP)
def test_trouble_of_a_server_is_never_acceptance(name: str, status: int) -> None:
    endpoint = endpoint_of(name, "http://h")

    verdict = endpoint.service.judge(first(endpoint), Answer(status=status, body=b"OK"))

    assert verdict.kind == "retry"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 410])
@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_wrong_address_is_rejected_with_a_reason(name: str, status: int) -> None:
    endpoint = endpoint_of(name, "http://h")

    verdict = endpoint.service.judge(first(endpoint), Answer(status=status))

    assert verdict.kind == "rejected"
    assert verdict.why.startswith(f"answered {status}")


@pytest.mark.parametrize("name", OVER_HTTP)
def test_rendering_is_pure(name: str) -> None:
    endpoint = endpoint_of(name, "http://h")

    for event in EVENTS.values():
        assert endpoint.render(event, {}) == endpoint.render(event, {})


def test_the_fields_of_a_template_are_those_of_an_event() -> None:
    event = EVENTS["fail"]

    assert {name: get(event) for name, get in FIELDS.items()}["exit_status"] == 255
    assert set(PHASES) == {"start", "success", "fail", "log"}


@pytest.mark.parametrize("name", services.names())
def test_an_accepted_answer_is_accepted(name: str) -> None:
    definition = services.load(name)
    accept = definition.table.get("accept", {})
    answer = Answer(
        status=min(definition.rules.accept.status), body=accept.get("example", "OK").encode()
    )

    assert definition.rules.judge(answer).kind == ACCEPTED


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_url_with_its_name_before_it_is_a_setting(name: str) -> None:
    definition = services.load(name)

    assert definition.settings[definition.url_setting].kind == "url"


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_service_carries_what_it_says(name: str) -> None:
    endpoint = endpoint_of(name, "http://h")
    can = carries(services.load(name))

    told = {event.phase for event in EVENTS.values() if endpoint.render(event, {})}
    sent = [
        unquote(describe(delivery, endpoint))
        for event in EVENTS.values()
        for delivery in endpoint.render(event.replace(check="nightly"), {})
    ]

    assert (START in told, FAIL in told, LOG in told) == (can.start, can.fail, can.log)
    assert SUCCESS in told or can.fail
    assert any("caf\ufffd" in one for one in sent) == (can.output_bytes > 0)


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_phase_that_a_service_is_told_of_has_words(name: str) -> None:
    endpoint = endpoint_of(name, "http://h")

    told = {event.phase for event in EVENTS.values() if endpoint.render(event, {})}

    assert told
    on = services.load(name).on
    assert on == PHASES or set(on) - {RECOVERED} <= told
