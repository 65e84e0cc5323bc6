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
        return [Datagram(address, "\n".join(lines).encode())]

    return CodeService(definition, deliveries)


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
    return lines
