"""The textfile collector: one file for each check, in a directory that node_exporter reads.

A check's name may hold anything, so it is percent-encoded for the file's name: no two checks
have one file, for of two files with one series node_exporter drops one without an error.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cronwrap.event import Event
from cronwrap.services import exposition
from cronwrap.services.base import Delivery, File, Service
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table

_READABLE = 0o644  # node_exporter is another user
_NAME_CHARACTERS = 180  # of 255 bytes that a name may have
_DIGEST_CHARACTERS = 32


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    prefix = exposition.checked_prefix(settings["prefix"], table)

    def deliveries(event: Event) -> list[Delivery]:
        labels = {"cron_job": event.check, "environment": event.environment}
        content = exposition.text(event, labels, prefix)
        path = f"{settings['directory'].rstrip('/')}/{file_name(event, prefix)}"
        if not content:
            return []
        return [File(path=path, content=content, mode=_READABLE, merge=exposition.merged)]

    return CodeService(definition, deliveries)


def file_name(event: Event, prefix: str) -> str:
    """Return a name that no other check or environment has.

    >>> file_name(Event(check="a/b", environment="prod"), "cronwrap")
    'cronwrap_a%2Fb@prod.prom'
    """
    parts = (event.check, *([event.environment] if event.environment else []))
    name = "@".join(quote(part, safe="", errors="surrogatepass") for part in parts)
    if len(name) > _NAME_CHARACTERS:
        # No name that is percent-encoded has a %~ in it.
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        name = f"{name[: _NAME_CHARACTERS - _DIGEST_CHARACTERS]}%~{digest}"
    return f"{prefix}_{name}.prom"
