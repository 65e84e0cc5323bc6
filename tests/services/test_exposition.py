"""Gauges for Prometheus, before a real Pushgateway, node_exporter and promtool."""

import contextlib
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cronwrap import services
from cronwrap.deliver.senders import Senders
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, START, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, REJECTED, Answer, Verdict
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.textfile import file_name
from tests.services.test_contract import EVENTS
from tests.support.ports import free_port
from tests.support.tools import need
from tests.support.waiting import eventually

ODD = 'nightly/é "x\\"\n'
START_EVENT = Event(check="nightly", host="h1", started_unix_s=1_750_000_000.0)
SUCCEEDED = START_EVENT.replace(
    phase=SUCCESS,
    reason="exit",
    exit_status=0,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.5,
    cpu_user_s=1.5,
    cpu_system_s=0.25,
    max_rss_bytes=10**8,
)
FAILED = SUCCEEDED.replace(
    phase=FAIL, exit_status=3, started_unix_s=1_750_003_600.0, finished_unix_s=1_750_003_601.0
)


@contextlib.contextmanager
def serving(*command: str, port: int) -> Iterator[str]:
    """Run a server until the block ends; yield its URL once it answers."""
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(f"{url}/metrics"))
        yield url
    finally:
        process.kill()
        process.wait()


def answers(url: str) -> bool:
    try:
        return bool(scrape(url))
    except OSError:
        return False


def scrape(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 -- loopback
        text: str = response.read().decode()
    return text


def samples(text: str, prefix: str = "cronwrap_") -> dict[str, float]:
    """Return what *text* says of the gauges, by name and labels."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith(prefix)]
    return {name.removeprefix(prefix): float(value) for name, _, value in lines}


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    tool, port = need("prometheus-pushgateway"), free_port()
    with serving(tool, f"--web.listen-address=127.0.0.1:{port}", port=port) as url:
        yield url


def push(url: str, event: Event, **settings: object) -> Verdict:
    table = {"service": "pushgateway", "url": url, **settings}
    endpoint = services.from_table("ops", table, origin="c.toml", environ={})
    (delivery,) = endpoint.render(event, {})
    with contextlib.closing(Senders(endpoint)) as senders:
        answer = senders.send(delivery, timeout_s=20)
    assert isinstance(answer, Answer)
    return endpoint.service.judge(delivery, answer)


def test_a_run_is_seen_in_the_gateway(gateway: str) -> None:
    assert push(gateway, SUCCEEDED).kind == ACCEPTED

    labels = '{instance="h1",job="nightly"}'
    pushed = samples(scrape(f"{gateway}/metrics"))
    assert {name: value for name, value in pushed.items() if labels in name} == {
        f"last_start_timestamp_seconds{labels}": 1_750_000_000.0,
        f"last_finish_timestamp_seconds{labels}": 1_750_000_012.5,
        f"last_success_timestamp_seconds{labels}": 1_750_000_012.5,
        f"last_duration_seconds{labels}": 12.5,
        f"last_exit_code{labels}": 0.0,
        f"last_warning{labels}": 0.0,
        f"last_max_rss_bytes{labels}": 1e8,
        f"last_cpu_seconds{labels}": 1.75,
        f"running{labels}": 0.0,
    }


def test_the_last_success_survives_a_failure_in_the_gateway(gateway: str) -> None:
    check = "survives"

    for event in (START_EVENT, SUCCEEDED, FAILED):
        assert push(gateway, event.replace(check=check)).kind == ACCEPTED

    labels = f'{{instance="h1",job="{check}"}}'
    pushed = samples(scrape(f"{gateway}/metrics"))
    assert pushed[f"last_success_timestamp_seconds{labels}"] == 1_750_000_012.5
    assert pushed[f"last_finish_timestamp_seconds{labels}"] == 1_750_003_601.0
    assert pushed[f"last_exit_code{labels}"] == 3.0


@pytest.mark.parametrize("check", ["a/b", "é", " ", "..", "a%2Fb", "x" * 300, "\n", "@base64"])
def test_a_name_of_any_characters_is_the_gateways_job(gateway: str, check: str) -> None:
    assert push(gateway, SUCCEEDED.replace(check=check)).kind == ACCEPTED

    shown = check.replace("\\", "\\\\").replace("\n", "\\n")
    assert f'job="{shown}"}}' in scrape(f"{gateway}/metrics")


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_hard_input_is_accepted_by_the_gateway(gateway: str, event: Event) -> None:
    assert push(gateway, event).kind == ACCEPTED


def test_the_gateway_takes_the_numbers_of_a_job(gateway: str) -> None:
    event = SUCCEEDED.replace(check="numbers", metrics={"rows": 0, "a.b-c": -1.5, "large": 1e20})

    assert push(gateway, event).kind == ACCEPTED

    pushed = samples(scrape(f"{gateway}/metrics"), "cronwrap_last_metric")
    label = 'instance="h1",job="numbers"'
    assert {name: value for name, value in pushed.items() if label in name} == {
        f'{{{label},metric="rows"}}': 0.0,
        f'{{{label},metric="a.b-c"}}': -1.5,
        f'{{{label},metric="large"}}': 1e20,
    }


def test_labels_of_ones_own_are_part_of_the_group(gateway: str) -> None:
    labels = {"team": "a/b"}

    push(gateway, SUCCEEDED.replace(check="labels"), labels=labels, instance=False)

    assert '{instance="",job="labels",team="a/b"}' in scrape(f"{gateway}/metrics")


def test_the_url_of_a_group_is_taken_as_it_is(gateway: str) -> None:
    push(f"{gateway}/metrics/job/mine", SUCCEEDED)

    assert 'last_exit_code{instance="",job="mine"}' in scrape(f"{gateway}/metrics")
    endpoint = services.from_url("http://h/metrics/job/a", where="t", environ={})
    assert endpoint.service_name == "pushgateway"


@pytest.mark.parametrize("path", ["/", "/metrics", "/metrics/job", "/metrics/job/"])
def test_a_groups_url_without_its_name_is_the_gateways(gateway: str, path: str) -> None:
    push(f"{gateway}{path}", SUCCEEDED.replace(check=f"below{path}"), instance=False)

    assert f'{{instance="",job="below{path}"}}' in scrape(f"{gateway}/metrics")


def test_another_type_of_a_metric_is_told(gateway: str) -> None:
    other = b"# TYPE odd_running counter\nodd_running 1\n"
    request = urllib.request.Request(f"{gateway}/metrics/job/other", data=other, method="POST")  # noqa: S310 -- loopback
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310

    verdict = push(gateway, SUCCEEDED, prefix="odd")

    assert verdict.kind == REJECTED
    assert "give another prefix" in verdict.why


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prefix": "1x"}, "prefix must be letters"),
        ({"labels": {"job": "x"}}, "labels must be a table"),
        ({"labels": {"a-b": "x"}}, "labels must be a table"),
        ({"labels": {"a": 1}}, "labels must be a table"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError, match=message):
        services.from_table("h", {"service": "pushgateway", **settings}, origin="c", environ={})


def directory_of(path: Path, **settings: object) -> Endpoint:
    table = {"service": "textfile", "directory": str(path), **settings}
    return services.from_table("ops", table, origin="c.toml", environ={})


def write(path: Path, *events: Event, **settings: object) -> None:
    endpoint = directory_of(path, **settings)
    senders = Senders(endpoint)
    for event in events:
        for delivery in endpoint.render(event, {}):
            assert senders.send(delivery, timeout_s=20) == Verdict(kind=ACCEPTED)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A directory that a node_exporter reads, and its URL."""
    tool, port = need("prometheus-node-exporter"), free_port()
    directory = tmp_path_factory.mktemp("textfile")
    command = (
        *(tool, "--collector.disable-defaults", "--collector.textfile"),
        *(f"--collector.textfile.directory={directory}", f"--web.listen-address=127.0.0.1:{port}"),
    )
    with serving(*command, port=port) as url:
        yield directory, url


def test_a_run_is_seen_by_node_exporter_and_the_last_success_survives(
    collected: tuple[Path, str],
) -> None:
    directory, url = collected

    write(directory, START_EVENT, SUCCEEDED, FAILED)

    text = scrape(f"{url}/metrics")
    assert samples(text, 'cronwrap_last_success_timestamp_seconds{cron_job="nightly"}') == {
        "": 1_750_000_012.5
    }
    assert samples(text)['last_exit_code{cron_job="nightly"}'] == 3.0
    assert samples(text)['running{cron_job="nightly"}'] == 0.0
    assert "node_textfile_scrape_error 0" in text


def test_no_check_hides_another_from_node_exporter(collected: tuple[Path, str]) -> None:
    directory, url = collected
    checks = ["a/b", "a_b", "a%2Fb", "A/b", ODD, ".", "x" * 299 + "y", "x" * 299 + "z"]

    write(directory, *(SUCCEEDED.replace(check=check) for check in checks))
    write(directory, SUCCEEDED.replace(check="a/b", environment="staging"))
    write(directory, *EVENTS.values())

    text = scrape(f"{url}/metrics")
    for check in checks:
        shown = check.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        assert f'cronwrap_running{{cron_job="{shown}"}} 0' in text
    assert 'cronwrap_running{cron_job="a/b",environment="staging"} 0' in text
    assert "node_textfile_scrape_error 0" in text


def test_promtool_has_nothing_to_say(tmp_path: Path) -> None:
    write(tmp_path, SUCCEEDED.replace(check=ODD))
    (file,) = tmp_path.glob("*.prom")

    with file.open() as content:
        done = subprocess.run(
            [need("promtool"), "check", "metrics"],
            stdin=content, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_file_can_be_read_by_all_and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path, SUCCEEDED)

    assert [path.name for path in tmp_path.iterdir()] == ["cronwrap_nightly.prom"]
    assert (tmp_path / "cronwrap_nightly.prom").stat().st_mode & 0o777 == 0o644


def test_a_late_run_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    write(tmp_path, FAILED, SUCCEEDED.replace(late=True))

    text = (tmp_path / "cronwrap_nightly.prom").read_text()
    assert samples(text)['last_exit_code{cron_job="nightly"}'] == 3.0


@pytest.mark.parametrize("older", [b"\xff\x00", b"cronwrap_running 1\n", b'x_running{a="}"} 1\n'])
def test_a_file_that_is_none_of_ours_is_replaced(tmp_path: Path, older: bytes) -> None:
    (tmp_path / "cronwrap_nightly.prom").write_bytes(older)

    write(tmp_path, START_EVENT)

    (tmp_path / "other").mkdir()
    write(tmp_path / "other", START_EVENT)
    written = [path.read_bytes() for path in tmp_path.rglob("*.prom")]
    assert written[0] == written[1]


def test_a_start_says_no_more_than_it_knows() -> None:
    (delivery,) = directory_of(Path("/d")).render(START_EVENT, {})

    names = re.findall(r"(?m)^cronwrap_(\w+)", delivery.content.decode())
    assert names == ["last_start_timestamp_seconds", "running"]
    assert START_EVENT.phase == START


def test_names_of_files_are_injective() -> None:
    checks = ["a/b", "a_b", "a@b", "a%40b", "A/b", "x" * 299 + "y", "x" * 299 + "z", "\udce9"]

    names = {file_name(Event(check=check), "cronwrap") for check in checks}
    names.add(file_name(Event(check="a", environment="b"), "cronwrap"))

    assert len(names) == len(checks) + 1
    assert all(len(name) < 200 and "/" not in name for name in names)


def test_a_file_url_is_a_directory_for_the_collector() -> None:
    endpoint = services.from_url("file:///var/lib/a%20b", where="t", environ={})

    (delivery,) = endpoint.render(SUCCEEDED, {})
    assert delivery.path == "/var/lib/a b/cronwrap_nightly.prom"
    assert endpoint.label.endswith("(/var/lib/a b)")


def test_an_endpoint_is_called_by_its_directory(tmp_path: Path) -> None:
    assert directory_of(tmp_path).label == f"ops ({tmp_path})"
