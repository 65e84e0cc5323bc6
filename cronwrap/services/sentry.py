"""Sentry: what its DSN says, and the schedule that a monitor is to have."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.table import Table

_DSN = re.compile(r"(?P<prefix>.*)/(?P<project>[0-9A-Za-z]+)/?")
_EVERY = re.compile(r"every (?:([0-9]{1,4}) )?(minute|hour|day|week|month|year)s?")
_SLUG = re.compile(r"[a-z0-9_-]{1,50}")  # a longer one is cut, and two monitors may meet
# Without a schedule Sentry has no use for these.
_ALONGSIDE = (
    *("timezone", "checkin_margin", "max_runtime"),
    *("failure_issue_threshold", "recovery_threshold"),
)


def build(definition: spec.Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint.

    Args:
        definition: what sentry.toml says.
        settings: of the endpoint.
        table: the endpoint's own, for messages.
    """
    if "slug" in settings and not _SLUG.fullmatch(settings["slug"]):
        raise table.wrong("slug", "at most 50 of a-z, 0-9, - and _")
    if not settings.get("check_ins") and not settings.get("events"):
        raise table.error("check_ins = false without events = true: nothing would be sent")
    derived = {**_dsn(settings["dsn"], table), "monitor_config": _monitor_config(settings, table)}
    return spec.TemplateService(definition, {**settings, **derived})


def _dsn(dsn: str, table: Table) -> dict[str, str]:
    """Return server, project and key of ``https://KEY@HOST/PREFIX/PROJECT``."""
    parts = urlsplit(dsn)
    login, _, host = parts.netloc.rpartition("@")
    match = _DSN.fullmatch(parts.path)
    if not login or not match:
        raise table.wrong("dsn", "of the form https://KEY@HOST/PROJECT")
    return {
        "server": f"{parts.scheme}://{host}{match['prefix']}",
        "project": match["project"],
        "public_key": unquote(login.partition(":")[0]),  # what follows is the old secret key
    }


def _monitor_config(settings: Mapping[str, Any], table: Table) -> dict[str, Any] | None:
    config = {name: settings[name] for name in _ALONGSIDE if name in settings}
    if "schedule" not in settings:
        if config:
            raise table.error(f"{next(iter(config))} is of no use without a schedule")
        return None
    return {"schedule": _schedule(settings["schedule"], table), **config}


def _schedule(words: str, table: Table) -> dict[str, Any]:
    interval = _EVERY.fullmatch(words)
    if interval:
        return {"type": "interval", "value": int(interval[1] or 1), "unit": interval[2]}
    if len(words.split()) != 5 and not re.fullmatch(r"@[a-z]+", words):  # noqa: PLR2004 - of cron
        raise table.wrong("schedule", 'a cron expression of five fields, or "every N minutes"')
    return {"type": "crontab", "value": words}
