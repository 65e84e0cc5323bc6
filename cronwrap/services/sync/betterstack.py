"""Heartbeats of Better Stack, by its API (https://betterstack.com/docs/uptime/api/).

A heartbeat has a period and no schedule: the longest time between two runs is what it is told.
None is made: only a heartbeat that is there has the URL that an endpoint is.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from cronwrap.services.base import Answer, Http
from cronwrap.services.sync import Present, Wanted, Way, body, read_json

LEAST_PERIOD_S = 30
_ANSWER_BYTES = 16 * 1024 * 1024
_HINTS = {401: "the api_token is not right", 403: "the api_token may not do this"}


def way(settings: Mapping[str, Any], wanted: Wanted) -> Way | str:
    """Return how the heartbeat is read and written, or why it cannot be."""
    if not settings.get("api_token"):
        return "give the api_token; the heartbeat's own may only beat"
    fields = {"period": max(wanted.longest_s, LEAST_PERIOD_S), "grace": wanted.grace_s}

    def write(there: Present) -> Http:
        made = body(fields)
        made["headers"] += _login(settings)
        address = f"{_heartbeats(settings)}/{quote(there.place, safe='')}"
        return Http(method="PATCH", url=address, **made)

    notes = "a heartbeat has a period and no schedule: the longest time between two runs"
    token = token_of(settings)
    read = listing(settings)
    return Way(fields, read, lambda answer: present(answer, token), write, notes=notes)


def token_of(settings: Mapping[str, Any]) -> str:
    """Return the token of the heartbeat itself."""
    path = urlsplit(settings.get("url", "")).path.rstrip("/")
    return path.rpartition("/")[2] or str(settings["token"])


def listing(settings: Mapping[str, Any]) -> Http:
    """Return the request that lists heartbeats."""
    url = f"{_heartbeats(settings)}?per_page=250"
    return Http("GET", url, _login(settings), answer_bytes=_ANSWER_BYTES)


def _heartbeats(settings: Mapping[str, Any]) -> str:
    return f"{settings['base'].rstrip('/')}/api/v2/heartbeats"


def _login(settings: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {settings['api_token']}"),)


def present(answer: Answer, token: str) -> Present:
    """Return what *answer* to the listing says of the heartbeat with this token."""
    found, trouble = read_json(answer, _HINTS)
    if trouble:
        return Present(trouble=trouble)
    try:
        for one in found["data"]:
            if one["attributes"]["url"].rpartition("/")[2] == token:
                return Present(one["attributes"], str(one["id"]))
    except (TypeError, KeyError, AttributeError):
        return Present(trouble="that is no answer of Better Stack's API; is base right?")
    return Present(trouble="the API lists no heartbeat with this token among its first 250")
