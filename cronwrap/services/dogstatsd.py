"""DogStatsD: metrics with tags, a service check, and an event for a failure.

A dialect of its own: plain StatsD takes service checks and events for bad lines, and one of
them for a counter of 1.79e9.
"""

import re
from collections.abc import Mapping
from typing import Any

from cronwrap.event import FAIL, LOG, START, SUCCESS, Event
from cronwrap.services.base import Datagram, Delivery, Service
from cronwrap.services.fields import clean
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.statsd import (
    DATAGRAM_BYTES,
    checked_prefix,
    gauge,
    metric_name,
    packed,
    with_port,
)
from cronwrap.services.table import Table

_UNIFIED = {"service": "service_name", "version": "version"}  # tag -> setting
_TAG_CHARACTERS = 100
_TAGS_BYTES = 400
_TITLE_CHARACTERS = 100
_KEY_CHARACTERS = 100
_OK, _WARNING, _CRITICAL = 0, 1, 2


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    prefix = checked_prefix(settings["prefix"], table)
    if not re.fullmatch("[0-9]{1,5}", settings["port"]):
        raise table.wrong("port", "a number")
    address = with_port(settings.get("url") or f"udp://{settings['host']}:{settings['port']}")

    def deliveries(event: Event) -> list[Delivery]:
        if event.late or event.phase == LOG:
            return []
        tags = _tags(event, settings)
        metrics = [f"{prefix}.{metric}|#{tags}" for metric in _metrics(event)]
        texts = packed(metrics)
        if event.phase != START:
            texts.append(_service_check(event, prefix, tags))
        if event.phase == FAIL:
            texts.append(_event(event, tags))
        return [Datagram(address, text.encode()) for text in texts]

    return CodeService(definition, deliveries)


def _tags(event: Event, settings: Mapping[str, Any]) -> str:
    environment = event.environment or settings.get("environment", "")
    unified = {name: settings.get(key, "") for name, key in _UNIFIED.items()}
    pairs = {"check": event.check, "env": environment, **unified, **event.tags}
    tags = [f"{_tag(name)}:{_tag(value)}" for name, value in pairs.items() if value]
    kept, size = [], 0
    for tag in [*tags, *map(_tag, settings.get("tags", ()))]:
        size += len(tag.encode()) + 1
        if size <= _TAGS_BYTES:
            kept.append(tag)
    return ",".join(kept)


def _tag(text: str) -> str:
    return re.sub(r"[\x00-\x20,|#\x7f]", "_", clean(text) or "")[:_TAG_CHARACTERS]


def _metrics(event: Event) -> list[str]:
    if event.phase == START:
        return ["starts:1|c"]
    metrics = ["runs:1|c"]
    if event.duration_s is not None:
        metrics.append(f"duration:{round(event.duration_s * 1000)}|ms")
    if event.phase == FAIL:
        metrics.append("failures:1|c")
    if event.warning:
        metrics.append("warnings:1|c")
    for name, value in event.metrics.items():
        metrics += gauge(f"metric.{metric_name(name)}", value)[-1:]  # a sign adds to nothing here
    return metrics


def _service_check(event: Event, prefix: str, tags: str) -> str:
    status = _CRITICAL if event.phase != SUCCESS else _WARNING if event.warning else _OK
    head = f"_sc|{prefix}.check|{status}|d:{int(event.at_unix_s)}|h:{_tag(event.host)}|#{tags}|m:"
    message = event.summary.replace("m:", "m\\:").replace("|", "\u00a6")
    return head + _cut(message, DATAGRAM_BYTES - len(head.encode()))


def _event(event: Event, tags: str) -> str:
    """Return an event; its lengths are those of what is sent, in bytes."""
    key = _tag(event.check)[:_KEY_CHARACTERS]
    tail = f"|d:{int(event.at_unix_s)}|h:{_tag(event.host)}|k:{key}|t:error|#{tags}"
    title = _cut(event.summary, _TITLE_CHARACTERS)
    room = DATAGRAM_BYTES - len(f"_e{{999,9999}}:{title}|{tail}".encode())
    text = event.report(room)
    # Each line break takes two bytes when it is sent.
    text = event.report(room - text.count("\n") * 2).replace("\r", "").replace("\n", "\\n")
    lengths = f"{len(title.encode())},{len(text.encode())}"
    return f"_e{{{lengths}}}:{title}|{text}{tail}"


def _cut(text: str, limit_bytes: int) -> str:
    return text.encode()[: max(0, limit_bytes)].decode("utf-8", "ignore")
