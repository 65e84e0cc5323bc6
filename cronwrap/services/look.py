"""Look whether an event has arrived: the services that have an API which can be read.

Pure, as services are: what to ask, and what the answer says. Wanted by ``cronwrap test`` alone.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cronwrap.event import Event
from cronwrap.services.base import Answer, Http
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.spec import TemplateService

_OK = 200
_HOSTED, _HOSTED_API = "hc-ping.com", "https://healthchecks.io"
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IGNORED = "ign"


class Finding(NamedTuple):
    """What a look has shown.

    Attributes:
        found: None where the answer does not say.
        why: for a person.
    """

    found: bool | None
    why: str


class Look(NamedTuple):
    """What to ask a service of an event, and how to read its answer."""

    request: Http
    read: Callable[[Answer], Finding]


def look(endpoint: Endpoint, event: Event) -> Look | str:
    """Return how to look for *event*, or why that cannot be done; "" where there is no way."""
    service = endpoint.service
    if endpoint.service_name not in _LOOKS or not isinstance(service, TemplateService):
        return ""
    return _LOOKS[endpoint.service_name](service.settings, event)


def _healthchecks(settings: Mapping[str, Any], event: Event) -> Look | str:
    if not settings.get("api_key"):
        return "give the project's api_key, and it is looked for"
    url = settings.get("url", "").partition("?")[0].rstrip("/")
    base, _, last = url.rpartition("/") if url else (settings["base"], "", settings.get("uuid", ""))
    if not _UUID.fullmatch(last):
        return "a check that is named by its slug cannot be looked for; give its uuid"
    api = settings.get("api") or _healthchecks_api(base)
    if not api:
        return "its ping URL does not tell where its API is; give api"
    request = Http(
        method="GET",
        url=f"{api.rstrip('/')}/api/v3/checks/{last.lower()}/pings/",
        headers=(("X-Api-Key", settings["api_key"]),),
    )
    return Look(request, lambda answer: _in_pings(answer, event.run_id))


def _healthchecks_api(base: str) -> str:
    """Return the address of the API that belongs to what ping URLs begin with.

    >>> _healthchecks_api("https://hc-ping.com"), _healthchecks_api("https://h/hc/ping/")
    ('https://healthchecks.io', 'https://h/hc')
    >>> _healthchecks_api("https://ping.example.org")
    ''
    """
    if urlsplit(base).hostname == _HOSTED:
        return _HOSTED_API
    before, ping, after = base.rstrip("/").rpartition("/ping")
    return before if ping and not after else ""


def _in_pings(answer: Answer, run_id: str) -> Finding:
    hints = {
        401: "the api_key is not right",
        403: "the api_key is another project's, or may not read pings",
        404: "the API knows no such check; is api right?",
    }
    if answer.status != _OK:
        hint = hints.get(answer.status, "is api right?")
        return Finding(None, f"the API answered {answer.status}; {hint}")
    try:
        pings = {ping.get("rid"): ping.get("type") for ping in json.loads(answer.body)["pings"]}
    except (ValueError, TypeError, KeyError, AttributeError):
        return Finding(None, "that is no answer of Healthchecks's API; is api right?")
    if run_id not in pings:
        return Finding(found=False, why="its API does not list it")
    if pings[run_id] == _IGNORED:
        why = "it was recorded, and ignored: the check is paused, or its filters do not match"
        return Finding(found=False, why=why)
    return Finding(found=True, why="its API lists it")


_LOOKS: Mapping[str, Callable[[Mapping[str, Any], Event], Look | str]] = {
    "healthchecks": _healthchecks,
}
