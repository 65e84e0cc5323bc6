"""StatsD: timer, counters and a gauge in one datagram."""

import re
from collections.abc import Mapping
from typing import Any

from cronwrap.event import FAIL, LOG, START, Event
from cronwrap.services.base import Datagram, Delivery, Service
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table

DATAGRAM_BYTES = 1400  # what every network carries in one piece
PORT = 8125
_NAME_CHARACTERS = 200


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    address = with_port(settings["url"])
    prefix = checked_prefix(settings["prefix"], table)

    def deliveries(event: Event) -> list[Delivery]:
        if event.late or event.phase == LOG:
            return []
        name = f"{prefix}.{metric_name(event.check)}"
        lines = [f"{name}.{line}" for line in _lines(event)]
        return [Datagram(address, text.encode()) for text in packed(lines)]

    return CodeService(definition, deliveries)


def packed(lines: list[str]) -> list[str]:
    """Return *lines* in as few texts as datagrams can carry."""
    texts: list[str] = []
    for line in lines:
        longer = f"{texts[-1]}\n{line}" if texts else ""
        if texts and len(longer.encode()) <= DATAGRAM_BYTES:
            texts[-1] = longer
        else:
            texts.append(line)
    return texts


def checked_prefix(prefix: str, table: Table) -> str:
    """Return *prefix*, which begins the names of all metrics.

    Raises:
        CronwrapError: it cannot.
    """
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_.-]{0,60}(?<!\.)", prefix):
        raise table.wrong("prefix", "letters, digits, _, - and dots, and begin with a letter")
    return prefix


def with_port(url: str) -> str:
    """Return *url* with the usual port where it has none.

    >>> with_port("udp://h"), with_port("udp://[::1]:1"), with_port("unix:///run/x")
    ('udp://h:8125', 'udp://[::1]:1', 'unix:///run/x')
    """
    if url.startswith("unix:") or re.search(r":[0-9]+/?$", url):
        return url
    return f"{url.rstrip('/').removesuffix(':')}:{PORT}"


def metric_name(check: str) -> str:
    """Return a check's name as one level of a metric's name, in which dots are levels.

    >>> metric_name("a/b é.c")
    'a_b___c'
    """
    return re.sub(r"[^A-Za-z0-9_-]", "_", check)[:_NAME_CHARACTERS] or "unnamed"


def _lines(event: Event) -> list[str]:
    if event.phase == START:
        return ["starts:1|c"]
    lines = ["runs:1|c"]
    if event.duration_s is not None:
        lines.append(f"duration:{round(event.duration_s * 1000)}|ms")
    if event.phase == FAIL:
        lines.append("failures:1|c")
    if event.exit_status is not None:
        lines.append(f"exit_code:{event.exit_status}|g")
    if event.warning:
        lines.append("warnings:1|c")
    for name, value in event.metrics.items():
        lines += gauge(f"metric.{metric_name(name)}", value)
    return lines


def gauge(name: str, value: float) -> list[str]:
    """Return the lines that set a gauge; a sign would add to it, so a negative one begins at 0.

    >>> gauge("rows", 5), gauge("left", -1.5)
    (['rows:5|g'], ['left:0|g', 'left:-1.5|g'])
    """
    written = f"{value:.6f}".rstrip("0") if value % 1 else f"{value:.0f}"
    return [*([f"{name}:0|g"] if value < 0 else []), f"{name}:{written}|g"]
