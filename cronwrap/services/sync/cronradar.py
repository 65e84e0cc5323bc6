"""Monitors of CronRadar, by its sync request; what it has cannot be asked.

Its mode "reconcile" is never used: it would delete what is not named.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from cronwrap.services.base import Answer, Http
from cronwrap.services.sync import Present, Wanted, Way, body


def way(settings: Mapping[str, Any], wanted: Wanted) -> Way | str:
    """Return how the monitor is written, or why it cannot be."""
    if not settings.get("api_key"):
        return "give the api_key"
    key = settings.get("key") or wanted.check[:200]
    fields = {"schedule": wanted.schedule, "gracePeriod": wanted.grace_s}

    def write(_present: Present) -> Http:
        monitor = {"key": key, "name": settings.get("name") or wanted.check, **fields}
        made = body({"source": "cronwrap", "monitors": [monitor]})
        login = b64encode(f"{settings['api_key']}:".encode()).decode()
        made["headers"] += (("Authorization", f"Basic {login}"),)
        return Http(method="POST", url=f"{settings['base'].rstrip('/')}/api/sync", **made)

    return Way(fields, None, _unknown, write, notes="CronRadar has no word for a time zone")


def _unknown(_answer: Answer) -> Present:
    return Present()
