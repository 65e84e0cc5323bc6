"""OTLP in JSON, read back by the official definitions."""

import base64
import json
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, LOG, START, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, REJECTED, RETRY, Answer, Http
from cronwrap.services.endpoint import Endpoint, describe
from tests.services.test_contract import EVENTS

RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
FAILED = Event(
    check="nightly",
    run_id=RUN_ID,
    phase=FAIL,
    reason="exit",
    started_unix_s=1_750_000_000.25,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.25,
    exit_status=3,
    host="h1",
    environment="prod",
    output=b"boo\n",
    output_bytes=4,
)
REQUESTS: dict[str, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}


def endpoint_of(environ: dict[str, str] | None = None, **settings: object) -> Endpoint:
    table = {"service": "otlp", **settings}
    return services.from_table("o", table, origin="c.toml", environ=environ or {})


def decoded(delivery: Http) -> Any:
    """Parse strictly; protobuf's own JSON wants ids in base64, OTLP has them in hexadecimal."""

    def in_base64(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        ids = {"traceId", "spanId"}
        return {
            name: base64.b64encode(bytes.fromhex(value)).decode() if name in ids else value
            for name, value in pairs
        }

    signal = delivery.url.rpartition("/")[2]
    return ParseDict(json.loads(delivery.body, object_pairs_hook=in_base64), REQUESTS[signal]())


def attributes(holder: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in holder.attributes}


def test_a_run_is_a_span_with_its_own_times() -> None:
    found = decoded(endpoint_of().render(FAILED, {})[0]).resource_spans[0]

    (span,) = found.scope_spans[0].spans
    assert span.trace_id.hex() == RUN_ID.replace("-", "")
    assert len(span.span_id) == 8
    assert (span.name, span.kind) == ("nightly", 1)
    assert span.start_time_unix_nano == 1_750_000_000_250_000_000
    assert span.end_time_unix_nano == 1_750_000_012_500_000_000
    assert (span.status.code, span.status.message) == (2, FAILED.summary)
    assert attributes(span)["process.exit.code"] == 3
    assert attributes(found.resource) == {
        "service.name": "cronwrap",
        "host.name": "h1",
        "deployment.environment.name": "prod",
    }


def test_the_log_record_belongs_to_the_span_and_has_the_report() -> None:
    spans, logs, metrics = map(decoded, endpoint_of().render(FAILED, {}))

    (span,) = spans.resource_spans[0].scope_spans[0].spans
    (record,) = logs.resource_logs[0].scope_logs[0].log_records
    assert (record.trace_id, record.span_id) == (span.trace_id, span.span_id)
    assert (record.severity_number, record.severity_text) == (17, "ERROR")
    assert record.body.string_value == FAILED.report(48_000)
    (metric,) = metrics.resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.unit) == ("cronwrap.run.duration", "s")
    assert metric.gauge.data_points[0].as_double == 12.25


@pytest.mark.parametrize("event", EVENTS.values(), ids=list(EVENTS))
def test_hard_input_is_read_back(event: Event) -> None:
    for delivery in endpoint_of().render(event, {}):
        assert decoded(delivery).ByteSize() > 0


@pytest.mark.parametrize(("phase", "count"), [(START, 0), (SUCCESS, 3), (FAIL, 3), (LOG, 1)])
def test_each_phase_has_its_signals(phase: str, count: int) -> None:
    assert len(endpoint_of().render(FAILED.replace(phase=phase), {})) == count


def test_what_the_exporters_own_variables_say_stands_in() -> None:
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.org/base/",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://logs.example.org/in",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=s3cr3t%20key,x=y",
        "OTEL_SERVICE_NAME": "jobs",
        "OTEL_RESOURCE_ATTRIBUTES": "team=ops",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": "/etc/ca.pem",
    }
    endpoint = endpoint_of(environ)

    traces, logs, metrics = endpoint.render(FAILED, {})

    assert traces.url == "https://otel.example.org/base/v1/traces"
    assert metrics.url == "https://otel.example.org/base/v1/metrics"
    assert logs.url == "https://logs.example.org/in"
    assert dict(traces.headers)["api-key"] == "s3cr3t key"
    assert attributes(decoded(traces).resource_spans[0].resource)["team"] == "ops"
    assert "s3cr3t" not in describe(traces, endpoint)
    assert endpoint.ca_file == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", ACCEPTED),
        (200, b"{}", ACCEPTED),
        (200, b'{"partialSuccess":{}}', ACCEPTED),
        (200, b'{"partialSuccess":{"rejectedSpans":"0"}}', ACCEPTED),
        (200, b'{\n"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}}', REJECTED),
        (200, b'{"partialSuccess": {"rejectedLogRecords": 2}}', REJECTED),
        (200, b'{"partialSuccess":{"rejectedDataPoints":"10"}}', REJECTED),
        (503, b"", RETRY),
        (429, b"", RETRY),
        (400, b"", REJECTED),
    ],
)
def test_a_part_that_was_thrown_away_is_no_acceptance(status: int, body: bytes, kind: str) -> None:
    endpoint = endpoint_of()

    verdict = endpoint.service.judge(
        endpoint.render(FAILED, {})[0], Answer(status=status, body=body)
    )

    assert verdict.kind == kind


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"signals": ["trace"]}, "signals must be one of traces, logs, metrics"),
        ({"headers": {"a b": "c"}}, "headers must be a table"),
        ({"headers": {"a": 1}}, "headers must be a table"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError, match=message):
        endpoint_of({}, **settings)
