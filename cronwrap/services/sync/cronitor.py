"""Monitors of Cronitor, by its monitor API (https://cronitor.io/docs/monitors-api)."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from cronwrap.services.base import Answer, Http
from cronwrap.services.sync import Present, Wanted, Way, body, read_json

_NOT_FOUND = 404
_HINTS = {401: "the api_key is not right", 403: "the api_key is not right, or may only ping"}


def way(settings: Mapping[str, Any], wanted: Wanted) -> Way | str:
    """Return how the monitor is read and written, or why it cannot be."""
    api_key, key = identity(settings, wanted.slug)
    if not api_key:
        return "give the api_key"
    monitors = f"{settings['api'].rstrip('/')}/api/monitors"
    login = ("Authorization", "Basic " + b64encode(f"{api_key}:".encode()).decode())
    fields = {
        "schedule": wanted.schedule,
        "timezone": wanted.timezone,
        "grace_seconds": wanted.grace_s,
        **({"tags": list(wanted.tags)} if wanted.tags else {}),
    }

    def write(present: Present) -> Http:
        named = {} if present.fields is not None else {"name": wanted.check}
        made = body({"monitors": [{"type": "job", "key": key, **named, **fields}]})
        made["headers"] += (login,)
        return Http(method="PUT", url=monitors, **made)

    read = Http(method="GET", url=f"{monitors}/{quote(key, safe='')}", headers=(login,))
    return Way(fields, read, _present, write, written=(200,))


def identity(settings: Mapping[str, Any], slug: str) -> tuple[str, str]:
    """Return the API key, "" where there is none, and the monitor's own key."""
    api_key, key = settings.get("api_key", ""), settings.get("key") or slug
    parts = urlsplit(settings.get("url", "")).path.strip("/").split("/")
    if len(parts) == 3 and parts[0] == "p":  # noqa: PLR2004 - /p/API-KEY/KEY
        return api_key or parts[1], parts[2]
    return api_key, key


def _present(answer: Answer) -> Present:
    if answer.status == _NOT_FOUND:
        return Present()
    found, trouble = read_json(answer, _HINTS)
    if trouble or not isinstance(found, Mapping):
        return Present(trouble=trouble or "that is no answer of Cronitor's API; is api right?")
    return Present(found)
