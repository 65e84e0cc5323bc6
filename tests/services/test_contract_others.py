"""What every service keeps that does not speak HTTP, with the hardest input, before real takers."""

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cronwrap import services
from cronwrap.deliver.senders import Senders
from cronwrap.event import FAIL, LOG, PHASES, START, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, KINDS, Command, Verdict
from cronwrap.services.carries import carries
from cronwrap.services.endpoint import RECOVERED, Endpoint, describe
from tests.services.test_contract import EVENTS, LIMIT_BYTES, OVER_HTTP, SECRET
from tests.support.recorders import datagrams, mailbox

OTHERS = [name for name in services.names() if name not in OVER_HTTP]
RECORD = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"


class Place(NamedTuple):
    """Where the service's deliveries go in a test.

    Attributes:
        settings: that make them go there.
        received: returns the contents that have come, so many; of a file the latest.
    """

    settings: Mapping[str, object]
    received: Callable[[int], list[bytes]]


@contextlib.contextmanager
def place_for(name: str, directory: Path) -> Iterator[Place]:
    """Make what takes the deliveries of the service."""
    kind = services.load(name).sends
    if kind == "datagram":
        with datagrams(directory / "s") as socket:
            own = "socket" if "socket" in services.load(name).settings else "url"
            address = str(directory / "s") if own == "socket" else socket.url
            yield Place({own: address}, lambda count: [socket.next() for _ in range(count)])
    elif kind == "mail":
        with mailbox() as server:
            settings = {"to": ["a@example.org"], "server": f"127.0.0.1:{server.port}"}
            yield Place(settings, lambda count: [bytes(one) for one in server.messages[:count]])
    elif kind == "file":
        yield Place({"directory": str(directory)}, lambda count: contents(directory, "*.prom"))
    else:
        argv = [sys.executable, "-c", RECORD, str(directory / "got")]
        yield Place({"argv": argv}, lambda count: contents(directory, "got"))


def contents(directory: Path, pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in directory.glob(pattern)]


def endpoint_of(name: str, settings: Mapping[str, object]) -> Endpoint:
    values: dict[str, Any] = {"service": name, "on": list(PHASES), **settings}
    for setting in services.load(name).settings.values():
        if setting.secret:
            values[setting.name] = {"KEY": SECRET} if setting.kind == "table" else SECRET
    return services.from_table("ops", values, origin="c.toml", environ={})


EXAMPLES: dict[str, dict[str, object]] = {
    "file": {"directory": "/var/lib/prometheus/node-exporter"},
    "mail": {"to": "a@example.org", "server": "mail.example.org:2525"},
    "command": {"argv": ["/bin/notify", "--so"]},
    "datagram": {},
}


def example_of(name: str) -> Endpoint:
    return endpoint_of(name, EXAMPLES[services.load(name).sends])


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
@pytest.mark.parametrize("name", OTHERS)
def test_what_was_meant_arrives_and_no_more(name: str, event: Event, tmp_path: Path) -> None:
    with place_for(name, tmp_path) as place:
        endpoint = endpoint_of(name, place.settings)
        deliveries = endpoint.render(event, {})
        senders = Senders(endpoint)

        outcomes = [senders.send(delivery, timeout_s=20) for delivery in deliveries]

        assert outcomes == [Verdict(kind=ACCEPTED)] * len(deliveries)
        received = place.received(len(deliveries))
        assert len(received) == len(deliveries)
        for content in received:
            assert content
            assert b"\0" not in content or services.load(name).name == "journal"  # its lengths
            assert b"\nX-Evil:" not in content.partition(b"\n\n")[0]
            assert len(content) < LIMIT_BYTES * 3  # quoted-printable makes more of it
            assert SECRET.encode() not in content


@pytest.mark.parametrize("name", OTHERS)
def test_each_delivery_is_of_the_kind_that_the_service_says(name: str) -> None:
    sent = [one for event in EVENTS.values() for one in example_of(name).render(event, {})]

    assert sent
    assert {type(one) for one in sent} == {KINDS[services.load(name).sends]}


@pytest.mark.parametrize("name", OTHERS)
def test_no_secret_is_shown_nor_in_any_argument(name: str) -> None:
    endpoint = example_of(name)

    shown = [repr(endpoint), endpoint.label]
    for event in EVENTS.values():
        for delivery in endpoint.render(event, {}):
            shown.append(describe(delivery, endpoint))
            if isinstance(delivery, Command):
                shown += delivery.argv

    assert "ops (" in endpoint.label
    assert not [text for text in shown if SECRET in text]


@pytest.mark.parametrize("name", OTHERS)
def test_rendering_is_pure(name: str) -> None:
    endpoint = example_of(name)

    for event in EVENTS.values():
        assert endpoint.render(event, {}) == endpoint.render(event, {})


@pytest.mark.parametrize("name", OTHERS)
def test_a_service_carries_what_it_says(name: str) -> None:
    endpoint = example_of(name)
    can = carries(services.load(name))

    told = {event.phase for event in EVENTS.values() if endpoint.render(event, {})}
    sent = [
        describe(delivery, endpoint)
        for event in EVENTS.values()
        for delivery in endpoint.render(event.replace(check="nightly", detail=""), {})
    ]

    assert (START in told, FAIL in told, LOG in told) == (can.start, can.fail, can.log)
    assert SUCCESS in told
    # As it is in mail too, where other characters are encoded.
    assert any(re.search("caf(\ufffd|=EF)", one) for one in sent) == (can.output_bytes > 0)
    on = services.load(name).on
    assert on == PHASES or set(on) - {RECOVERED} <= told
