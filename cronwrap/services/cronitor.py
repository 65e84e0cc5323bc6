"""Cronitor: the numbers that a job reported, under names that it takes."""

import re
from collections.abc import Mapping
from typing import Any

from cronwrap.event import Event
from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.fields import as_text
from cronwrap.services.table import Table

_NAME_CHARACTERS = 63
_MOST = 20  # they are in the URL
_DURATION = "duration"  # is sent of every run, as it was measured


def build(definition: spec.Definition, settings: Mapping[str, Any], _table: Table) -> Service:
    """Return the service of one endpoint."""
    return spec.TemplateService(definition, settings, facts)


def facts(event: Event, _settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the derived field of *event*.

    >>> facts(Event(metrics={"rows/s": 12.5, "duration": 3}), {})
    {'numbers': ['rows_s:12.5']}
    """
    pairs = ((_name(name), as_text(value)) for name, value in event.metrics.items())
    numbers = [f"{name}:{value}" for name, value in pairs if name != _DURATION]
    return {"numbers": numbers[:_MOST]}


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)[:_NAME_CHARACTERS]
