"""What a job says of itself, and a warning, in the services that have a place for it."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cronwrap import services
from cronwrap.event import FAIL, LOG, SUCCESS, Event
from cronwrap.services.base import Datagram, File, Http
from cronwrap.services.exposition import merged, text
from cronwrap.services.statsd import DATAGRAM_BYTES

METRICS = {"rows": 1200, "share": 12.5, "left.over": -3, "large": 1e20}
EVENT = Event(
    check="nightly",
    run_id="0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11",
    phase=SUCCESS,
    reason="exit",
    exit_status=0,
    started_unix_s=1_750_000_000.0,
    finished_unix_s=1_750_000_012.0,
    duration_s=12.0,
    host="h1",
    warning="it was slow",
    note="from the second mirror",
    metrics=METRICS,
)
START_EVENT = Event(check="nightly", started_unix_s=1_750_000_050.0)
PLAIN = EVENT.replace(warning="", note="", metrics={})


def render(service: str, event: Event = EVENT, **settings: object) -> list[Any]:
    table = {"service": service, **settings}
    return services.from_table("ops", table, origin="c", environ={}).render(event, {})


def lines(deliveries: list[Datagram]) -> list[str]:
    return [line for one in deliveries for line in one.payload.decode().split("\n")]


def sample(name: str, metric: str = "") -> str:
    label = f',metric="{metric}"' if metric else ""
    return f'cronwrap_{name}{{job="x"{label}}} '


def test_prometheus_gets_a_gauge_for_each_number() -> None:
    said = text(EVENT, {"job": "x"}).decode().splitlines()

    assert sample("last_metric", "rows") + "1200" in said
    assert sample("last_metric", "share") + "12.5" in said
    assert sample("last_metric", "left.over") + "-3" in said
    assert sample("last_metric", "large") + "1e+20" in said
    assert sum(line.startswith("# TYPE cronwrap_last_metric ") for line in said) == 1
    assert sample("last_warning") + "1" in said
    assert sample("last_warning") + "0" in text(PLAIN, {"job": "x"}).decode()


def test_a_number_stays_until_it_is_reported_again() -> None:
    older = text(EVENT, {"job": "x"})
    later = PLAIN.replace(finished_unix_s=1_750_000_100.0, metrics={"rows": 7})

    started = merged(older, text(START_EVENT, {"job": "x"})).decode()
    whole = merged(older, text(later, {"job": "x"})).decode()

    assert sample("last_metric", "rows") + "1200\n" in started
    assert sample("last_metric", "rows") + "7\n" in whole
    assert sample("last_metric", "share") + "12.5\n" in whole
    assert whole.count("rows") == 1
    assert sample("last_warning") + "0\n" in whole


def test_numbers_without_other_labels_are_read_back() -> None:
    older, newer = text(EVENT, {}), text(PLAIN.replace(finished_unix_s=1_750_000_100.0), {})

    assert b'cronwrap_last_metric{metric="rows"} 1200\n' in merged(older, newer)


@pytest.mark.parametrize("service", ["pushgateway", "textfile"])
def test_a_run_that_was_skipped_is_not_running_any_more(service: str) -> None:
    skipped = EVENT.replace(phase=LOG, exit_status=75)
    where = {"url": "http://h"} if service == "pushgateway" else {"directory": "/d"}

    (delivery,) = render(service, skipped, **where)

    content = delivery.body if isinstance(delivery, Http) else delivery.content
    assert isinstance(delivery, Http | File)
    assert any(
        line.startswith(b"cronwrap_running") and line.endswith(b" 0")
        for line in content.splitlines()
    )
    assert b"last_success" not in content
    assert render(service, EVENT.replace(phase=LOG, reason=""), **where) == []


def test_statsd_gets_a_gauge_for_each_number_and_counts_warnings() -> None:
    found = lines(render("statsd", url="udp://h"))

    assert found[-6:] == [
        "cronwrap.nightly.warnings:1|c",
        "cronwrap.nightly.metric.rows:1200|g",
        "cronwrap.nightly.metric.share:12.5|g",
        "cronwrap.nightly.metric.left_over:0|g",
        "cronwrap.nightly.metric.left_over:-3|g",
        "cronwrap.nightly.metric.large:100000000000000000000|g",
    ]


def test_dogstatsd_gets_them_with_its_tags_and_a_check_that_warns() -> None:
    found = lines(render("dogstatsd", url="udp://h"))

    assert "cronwrap.metric.rows:1200|g|#check:nightly" in found
    assert "cronwrap.metric.left_over:-3|g|#check:nightly" in found
    assert "cronwrap.warnings:1|c|#check:nightly" in found
    assert any(line.startswith("_sc|cronwrap.check|1|") for line in found)


@pytest.mark.parametrize("service", ["statsd", "dogstatsd"])
def test_many_numbers_take_several_datagrams(service: str) -> None:
    many = EVENT.replace(metrics={f"number_{number}": number for number in range(100)})

    deliveries = render(service, many, url="udp://h")

    assert all(len(one.payload) <= DATAGRAM_BYTES for one in deliveries)
    assert sum(".metric.number_" in line for line in lines(deliveries)) == 100


def test_a_span_and_a_log_record_have_them_as_attributes() -> None:
    span, record, _ = (json.loads(one.body) for one in render("otlp", url="http://h"))

    attributes = span["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]
    said = {one["key"]: one["value"] for one in attributes}
    assert said["cronwrap.metric.rows"] == {"intValue": "1200"}
    assert said["cronwrap.metric.share"] == {"doubleValue": 12.5}
    assert said["cronwrap.note"] == {"stringValue": "from the second mirror"}
    assert said["cronwrap.warning"] == {"stringValue": "it was slow"}
    log = record["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert (log["severityNumber"], log["severityText"]) == (13, "WARN")


def test_the_journal_has_fields_of_them_and_a_priority() -> None:
    (one,) = render("journal", socket="/run/x")

    fields = one.payload.decode(errors="replace").split("\n")  # a length before some is binary
    for line in (
        "PRIORITY=4",
        "CRONWRAP_WARNING=it was slow",
        "CRONWRAP_NOTE=from the second mirror",
        "CRONWRAP_METRIC_ROWS=1200",
        "CRONWRAP_METRIC_LEFT_OVER=-3",
    ):
        assert line in fields


@pytest.mark.parametrize(("warning", "status"), [("", 0), ("it was slow", 1)])
def test_a_check_of_datadog_warns(warning: str, status: int) -> None:
    deliveries = render("datadog", EVENT.replace(warning=warning), api_key="k")

    assert json.loads(deliveries[0].body)["status"] == status


def test_cronitor_gets_the_numbers_under_names_that_it_takes() -> None:
    (one,) = render("cronitor", api_key="K")

    metrics = [value for name, value in parse_qsl(urlsplit(one.url).query) if name == "metric"]
    assert metrics == [
        *("duration:12", "rows:1200", "share:12.5", "left_over:-3"),
        "large:100000000000000000000",
    ]


def test_cronitors_url_stays_short_however_many_numbers_there_are() -> None:
    numbers = {f"{number:03}{'x' * 200}": 1.5 for number in range(100)}

    (one,) = render("cronitor", EVENT.replace(metrics=numbers), api_key="K")

    assert one.url.count("&metric=") == 21
    assert len(one.url) < 4000


def test_new_relic_gets_them() -> None:
    (one,) = render("newrelic", license_key="k")

    (said,) = json.loads(one.body)
    assert (said["warning"], said["note"]) == ("it was slow", "from the second mirror")
    assert json.loads(said["metrics"]) == METRICS


@pytest.mark.parametrize("event", [EVENT, EVENT.replace(phase=FAIL, exit_status=3)])
def test_a_body_for_people_has_them_all(event: Event) -> None:
    (one,) = render("healthchecks", event, url="https://hc-ping.com/u")

    head, note, facts, *_ = one.body.decode().splitlines()
    assert head.endswith(": warning: it was slow")
    assert note == "note: from the second mirror"
    assert facts.endswith("rows 1200, share 12.5, left.over -3, large 1e+20")
