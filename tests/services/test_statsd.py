"""StatsD and DogStatsD: datagrams, read strictly; and Etsy's own daemon where there is one."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cronwrap import services
from cronwrap.deliver.senders import Senders
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, LOG, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, Datagram, Verdict
from tests.services.test_contract import EVENTS
from tests.support.ports import free_port
from tests.support.recorders import datagrams
from tests.support.waiting import eventually

START_EVENT = Event(check="nightly", host="h1", started_unix_s=1_750_000_000.0)
FAILED = START_EVENT.replace(
    phase=FAIL,
    reason="exit",
    exit_status=3,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.3456,
    environment="prod",
    output=b"one\ntwo | three\n",
    output_bytes=16,
    tags={"team": "ops, all"},
)
SUCCEEDED = FAILED.replace(phase=SUCCESS, exit_status=0)

STATSD = re.compile(r"[A-Za-z0-9_.-]+:[0-9]+\|(c|ms|g)")
TAGS = r"\|#([^,|#\s]+)(,[^,|#\s]+)*"
METRIC = re.compile(rf"[A-Za-z0-9_.-]+:[0-9]+\|(c|ms|g){TAGS}")
CHECK = re.compile(rf"_sc\|[^|\n]+\|[0-3]\|d:[0-9]+\|h:[^|\s]*{TAGS}\|m:[^|\n]*")
EVENT = re.compile(r"_e\{([0-9]+),([0-9]+)\}:(.*)", re.DOTALL)
EVENT_END = re.compile(rf"\|d:[0-9]+\|h:[^|\s]*\|k:[^|\s]*\|t:error{TAGS}")


def render(service: str, event: Event, **settings: object) -> list[Datagram]:
    table = {"service": service, "url": "udp://h", **settings}
    return services.from_table("ops", table, origin="c.toml", environ={}).render(event, {})


def texts(service: str, event: Event, **settings: object) -> list[str]:
    return [one.payload.decode() for one in render(service, event, **settings)]


def test_each_end_has_its_lines_in_statsd() -> None:
    (failed,) = texts("statsd", FAILED)
    (succeeded,) = texts("statsd", SUCCEEDED)

    assert failed.split("\n") == [
        "cronwrap.nightly.runs:1|c",
        "cronwrap.nightly.duration:12346|ms",
        "cronwrap.nightly.failures:1|c",
        "cronwrap.nightly.exit_code:3|g",
    ]
    assert "failures" not in succeeded
    assert texts("statsd", START_EVENT) == ["cronwrap.nightly.starts:1|c"]


def test_each_end_has_its_lines_in_dogstatsd() -> None:
    metrics, check, event = texts("dogstatsd", FAILED)

    tags = "#check:nightly,env:prod,team:ops__all"
    assert metrics.split("\n") == [
        f"cronwrap.runs:1|c|{tags}",
        f"cronwrap.duration:12346|ms|{tags}",
        f"cronwrap.failures:1|c|{tags}",
    ]
    summary = "nightly failed: exit status 3 after 12.3 s on h1"
    assert check == f"_sc|cronwrap.check|2|d:1750000012|h:h1|{tags}|m:{summary}"
    assert event.startswith(f"_e{{{len(summary)},")
    assert "\\none\\ntwo | three\\n|d:1750000012|h:h1|k:nightly|t:error" in event
    assert len(texts("dogstatsd", SUCCEEDED)) == 2
    assert "|0|" in texts("dogstatsd", SUCCEEDED)[1]


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_hard_input_is_read_by_a_strict_parser(event: Event) -> None:
    for text in texts("statsd", event):
        assert all(STATSD.fullmatch(line) for line in text.split("\n"))
    for text in texts("dogstatsd", event):
        assert len(text.encode()) <= 1400
        if text.startswith("_sc"):
            assert CHECK.fullmatch(text)
        elif match := EVENT.fullmatch(text):
            rest, title, length = match[3].encode(), int(match[1]), int(match[2])
            assert rest[title : title + 1] == b"|"
            rest[:title].decode()
            body = rest[title + 1 : title + 1 + length].decode()
            assert "\n" not in body
            assert EVENT_END.fullmatch(rest[title + 1 + length :].decode())
            assert event.reason == "lost" or "\\n" in body
        else:
            assert all(METRIC.fullmatch(line) for line in text.split("\n"))


@pytest.mark.parametrize("service", ["statsd", "dogstatsd"])
@pytest.mark.parametrize("event", [SUCCEEDED.replace(late=True), FAILED.replace(phase=LOG)])
def test_what_is_late_or_no_verdict_is_not_counted(service: str, event: Event) -> None:
    assert render(service, event) == []


def test_environment_of_the_agents_own_clients_stands_in() -> None:
    environ = {"DD_AGENT_HOST": "agent", "DD_DOGSTATSD_PORT": "9125", "DD_ENV": "staging"}
    environ |= {"DD_SERVICE": "billing", "DD_VERSION": "1.2"}

    endpoint = services.from_table("d", {"service": "dogstatsd"}, origin="c", environ=environ)
    first = endpoint.render(START_EVENT, {})[0]

    assert first.address == "udp://agent:9125"
    tags = b"check:nightly,env:staging,service:billing,version:1.2"
    assert first.payload == b"cronwrap.starts:1|c|#" + tags

    environ["DD_DOGSTATSD_URL"] = "unix:///run/dsd.sock"
    endpoint = services.from_table("d", {"service": "dogstatsd"}, origin="c", environ=environ)
    assert endpoint.render(START_EVENT, {})[0].address == "unix:///run/dsd.sock"


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("udp://h:1", "statsd"),
        ("statsd+udp://h:1", "statsd"),
        ("dogstatsd+udp://h:1", "dogstatsd"),
        ("dogstatsd+unix:///run/d", "dogstatsd"),
    ],
)
def test_a_url_tells_the_dialect(url: str, service: str) -> None:
    endpoint = services.from_url(url, where="t", environ={})

    assert endpoint.service_name == service
    assert endpoint.render(START_EVENT, {})[0].address == url.partition("+")[2] or url


@pytest.mark.parametrize(
    "settings", [{"url": "http://h"}, {"prefix": "a b"}, {"prefix": "a."}, {"url": "udp://"}]
)
def test_a_mistake_is_told(settings: dict[str, object]) -> None:
    for service in ("statsd", "dogstatsd"):
        with pytest.raises(CronwrapError, match=rf"\[endpoints.ops\]: {next(iter(settings))} must"):
            render(service, FAILED, **settings)


CONFIG = """{ port: %d, mgmt_port: %d, backends: ["./backends/console"], flushInterval: 100,
  dumpMessages: true, debug: true }"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Etsy's daemon, whose script stands beside Python's when npm has put it there."""
    found = shutil.which("statsd", path=str(Path(sys.executable).parent)) or shutil.which("statsd")
    if not found or not shutil.which("node"):
        pytest.skip("there is no statsd of npm here")
    port, config, log = free_port(), tmp_path / "config.js", tmp_path / "log"
    config.write_text(CONFIG % (port, free_port()))
    script = Path(found).resolve().parent.parent / "stats.js"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["node", script, config], stdout=out, stderr=out, cwd=script.parent
        )
        try:
            eventually(lambda: _is_bound(port))  # it says so before that
            yield port, log
        finally:
            process.kill()
            process.wait()


def _is_bound(port: int) -> bool:
    bound = [line.split()[1] for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return any(address.endswith(f":{port:04X}") for address in bound)


def test_etsys_daemon_takes_every_line(daemon: tuple[int, Path]) -> None:
    port, log = daemon
    endpoint = services.from_url(f"udp://127.0.0.1:{port}", where="t", environ={})

    for event in [*EVENTS.values(), FAILED]:
        for delivery in endpoint.render(event, {}):
            outcome = Senders(endpoint).send(delivery, timeout_s=10)
            assert outcome == Verdict(kind=ACCEPTED)

    eventually(lambda: "cronwrap.nightly.exit_code': 3" in log.read_text())
    assert "bad line" not in log.read_text().lower()
    assert "'statsd.bad_lines_seen': 0" in log.read_text()


def test_lines_go_to_a_socket_of_the_agent(tmp_path: Path) -> None:
    with datagrams(tmp_path / "dsd") as agent:
        endpoint = services.from_url(f"dogstatsd+{agent.url}", where="t", environ={})

        for delivery in endpoint.render(SUCCEEDED, {}):
            assert Senders(endpoint).send(delivery, timeout_s=10) == Verdict(kind=ACCEPTED)

        assert agent.next().startswith(b"cronwrap.runs:1|c|#")
        assert agent.next().startswith(b"_sc|cronwrap.check|0|")
