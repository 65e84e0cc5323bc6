"""Datadog: how bad an end is, which of them is worth an event, and the tags of all."""

from collections.abc import Mapping
from typing import Any

from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.fields import one_line
from cronwrap.services.table import Table

OK, WARNING, CRITICAL = 0, 1, 2
_ALERTS = {OK: "success", WARNING: "warning", CRITICAL: "error"}
# The setting ``events``, and the states that it makes an event of. dogwrap's ``warnings`` tells
# of no error at all, which nobody can want.
_TOLD = {"errors": {CRITICAL}, "warnings": {CRITICAL, WARNING}, "all": {CRITICAL, WARNING, OK}}


def build(definition: spec.Definition, settings: Mapping[str, Any], _table: Table) -> Service:
    """Return the service of one endpoint."""
    return spec.TemplateService(definition, settings, facts)


def facts(event: Event, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the derived fields of *event*."""
    tags = {"tag_list": _tags(event, settings)}
    if event.phase not in {SUCCESS, FAIL}:
        return tags if event.phase != "log" else {**tags, "alert_type": "info", "priority": "low"}
    status = _status(event, settings)
    told = status in _TOLD[settings["events"]]
    return {
        **tags,
        "exit_phase": event.phase,
        "status": status,
        "alert_type": _ALERTS[status] if told else None,
        "priority": "low" if status == OK else "normal",
    }


def _status(event: Event, settings: Mapping[str, Any]) -> int:
    if event.phase == SUCCESS:
        return WARNING if event.warning else OK
    return WARNING if event.exit_status in settings.get("warning_codes", ()) else CRITICAL


def _tags(event: Event, settings: Mapping[str, Any]) -> list[str]:
    unified = {
        "env": event.environment or settings.get("environment", ""),
        "service": settings.get("service_name", ""),
        "version": settings.get("version", ""),
    }
    more = settings.get("more_tags", "").split(",")
    return [
        f"job:{one_line(event.check)}",
        *(f"{k}:{one_line(v)}" for k, v in unified.items() if v and k not in event.tags),
        *([f"reason:{event.reason}"] if event.phase == FAIL and event.reason else []),
        *(f"{one_line(name)}:{one_line(text)}" for name, text in event.tags.items()),
        *(tag.strip() for tag in more if tag.strip()),
    ]
