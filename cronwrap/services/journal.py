"""The systemd journal: one datagram of fields, in its native protocol."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cronwrap.event import FAIL, Event
from cronwrap.services.base import Datagram, Delivery, Service
from cronwrap.services.fields import UnixTime, as_text, clean
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table

MESSAGE_ID = "5f6b1c0f9f6e4d0e8f1a6d4f2b7c3e90"  # of all that is told here
_ERROR, _WARNING, _INFO = 3, 4, 6  # syslog(3)
_FIELDS = (
    *("check", "run_id", "phase", "reason", "detail", "warning", "note", "exit_status", "signal"),
    *("host", "user", "command", "environment", "max_rss_bytes"),
)


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    if "\n" in settings["identifier"]:
        raise table.wrong("identifier", "one line")
    address = f"unix://{quote(settings['socket'])}"

    def deliveries(event: Event) -> list[Delivery]:
        fields = {
            "MESSAGE": event.report(definition.rules.limit_bytes).rstrip("\n"),
            "MESSAGE_ID": MESSAGE_ID,
            "PRIORITY": str(_priority(event)),
            "SYSLOG_IDENTIFIER": settings["identifier"],
            **_own(event),
        }
        payload = b"".join(field(name, value) for name, value in fields.items())
        return [Datagram(address, payload)]

    return CodeService(definition, deliveries)


def _priority(event: Event) -> int:
    if event.phase == FAIL:
        return _ERROR
    return _WARNING if event.warning else _INFO


def _own(event: Event) -> dict[str, str]:
    values = {name: as_text(clean(getattr(event, name))) for name in _FIELDS}
    values["started_at"] = str(UnixTime(event.started_unix_s))
    if event.duration_s is not None:
        values["duration_usec"] = str(round(event.duration_s * 1e6))
    for name, value in event.metrics.items():
        values[f"metric_{re.sub('[^A-Za-z0-9_]', '_', name)}"] = as_text(value)
    return {f"CRONWRAP_{name.upper()}": value for name, value in values.items() if value}


def field(name: str, value: str) -> bytes:
    r"""Return one field; a value with a line break has its length before it.

    >>> field("A", "b"), field("A", "b\nc")
    (b'A=b\n', b'A\n\x03\x00\x00\x00\x00\x00\x00\x00b\nc\n')
    """
    data = value.encode()
    if b"\n" not in data:
        return b"%s=%s\n" % (name.encode(), data)
    return b"%s\n%s%s\n" % (name.encode(), len(data).to_bytes(8, "little"), data)
