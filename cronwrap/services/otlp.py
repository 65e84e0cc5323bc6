"""OpenTelemetry: a run as a span, its report as a log record, its duration as a gauge.

In JSON, ids are in hexadecimal, 64-bit integers are strings and enumerations are numbers. A
span carries the run's own times, so it is right however late it is told.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import cronwrap
from cronwrap.event import FAIL, LOG, SUCCESS, Event
from cronwrap.services.base import Delivery, Http, Service
from cronwrap.services.fields import clean
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table
from cronwrap.services.template import header

SIGNALS = ("traces", "logs", "metrics")
_ENDS = {SUCCESS, FAIL}
_PHASES = {"traces": _ENDS, "logs": {*_ENDS, LOG}, "metrics": _ENDS}
_INTERNAL = 1  # SpanKind
_OK, _ERROR = 1, 2  # StatusCode
_SEVERITIES = {"INFO": 9, "WARN": 13, "ERROR": 17}  # SeverityNumber
_SCOPE = {"name": "cronwrap", "version": cronwrap.__version__}
_TRACE_CHARACTERS, _SPAN_CHARACTERS = 32, 16


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    for signal in settings["signals"]:
        if signal not in SIGNALS:
            raise table.wrong_word("signals", signal, SIGNALS)
    headers = _headers(settings.get("headers", {}), table)

    def deliveries(event: Event) -> list[Delivery]:
        report = event.report(definition.rules.limit_bytes)
        made = {"traces": _span(event), "logs": _record(event, report), "metrics": _gauge(event)}
        resource = {"attributes": _attributes(_resource(event, settings))}
        return [
            Http("POST", _url(signal, settings), headers, _body(signal, made[signal], resource))
            for signal in SIGNALS
            if signal in settings["signals"] and event.phase in _PHASES[signal]
        ]

    return CodeService(definition, deliveries)


def _headers(given: Mapping[str, Any], table: Table) -> tuple[tuple[str, str], ...]:
    for name, value in given.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not isinstance(value, str):
            raise table.wrong("headers", "a table of header names and texts")
    own = ((name, header(value)) for name, value in given.items())
    return (*own, ("Content-Type", "application/json"))


def _url(signal: str, settings: Mapping[str, Any]) -> str:
    """Return where *signal* goes: an address of its own is taken as it is."""
    own: str = settings.get(f"{signal}_url", "")
    return own or f"{settings['url'].rstrip('/')}/v1/{signal}"


def _body(signal: str, made: Mapping[str, Any], resource: Mapping[str, Any]) -> bytes:
    outer, inner, one = {
        "traces": ("resourceSpans", "scopeSpans", "spans"),
        "logs": ("resourceLogs", "scopeLogs", "logRecords"),
        "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
    }[signal]
    scoped = {"scope": _SCOPE, one: [made]}
    whole = {outer: [{"resource": resource, inner: [scoped]}]}
    return json.dumps(whole, ensure_ascii=False).encode()


def _resource(event: Event, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service.name": settings["service_name"],
        "host.name": event.host,
        "deployment.environment.name": event.environment,
        **settings.get("attributes", {}),
    }


def _about(event: Event) -> dict[str, Any]:
    return {
        "cronwrap.check": event.check,
        "cronwrap.run_id": event.run_id,
        "cronwrap.reason": event.reason,
        "process.exit.code": event.exit_status,
        "process.command_line": event.command,
        "process.owner": event.user,
        "cronwrap.warning": event.warning,
        "cronwrap.note": event.note,
        **{f"cronwrap.tag.{name}": value for name, value in event.tags.items()},
        **{f"cronwrap.metric.{name}": value for name, value in event.metrics.items()},
    }


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as OTLP has them; what says nothing is left out."""
    return [
        {"key": clean(name), "value": _value(value)}
        for name, value in values.items()
        if clean(name) and clean(value) is not None
    ]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": clean(str(value))}


def _ids(event: Event) -> dict[str, str]:
    """Return trace and span id: the same at each try, so that a back end may tell a copy."""
    trace = event.run_id.replace("-", "").lower()
    digest = hashlib.sha256(event.run_id.encode("utf-8", "surrogatepass")).hexdigest()
    if not re.fullmatch(f"(?!0+$)[0-9a-f]{{{_TRACE_CHARACTERS}}}", trace):
        trace = digest[-_TRACE_CHARACTERS:]
    return {"traceId": trace, "spanId": digest[:_SPAN_CHARACTERS]}


def _ns(unix_s: float) -> str:
    """Return nanoseconds; of a float, microseconds are all that is sure."""
    return str(round(unix_s * 1e6) * 1000)


def _span(event: Event) -> dict[str, Any]:
    failed = event.phase == FAIL
    status = {"code": _ERROR, "message": clean(event.summary)} if failed else {"code": _OK}
    return {
        **_ids(event),
        "name": clean(event.check) or "job",
        "kind": _INTERNAL,
        "startTimeUnixNano": _ns(event.started_unix_s),
        "endTimeUnixNano": _ns(max(event.at_unix_s, event.started_unix_s)),
        "attributes": _attributes(_about(event)),
        "status": status,
    }


def _record(event: Event, report: str) -> dict[str, Any]:
    severity = "ERROR" if event.phase == FAIL else "WARN" if event.warning else "INFO"
    return {
        **_ids(event),
        "timeUnixNano": _ns(event.at_unix_s),
        "severityNumber": _SEVERITIES[severity],
        "severityText": severity,
        "body": {"stringValue": report},
        "attributes": _attributes(_about(event)),
    }


def _gauge(event: Event) -> dict[str, Any]:
    point = {
        "timeUnixNano": _ns(event.at_unix_s),
        "asDouble": event.duration_s or 0.0,
        "attributes": _attributes({"cronwrap.check": event.check, "cronwrap.phase": event.phase}),
    }
    return {
        "name": "cronwrap.run.duration",
        "description": "How long a run took.",
        "unit": "s",
        "gauge": {"dataPoints": [point]},
    }
