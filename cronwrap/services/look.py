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
_STARTED = "_last_start_timestamp_seconds"
_MOST_BYTES = 16 * 1024 * 1024


class Finding(NamedTuple):
    """What a look has shown.

    Attributes:
        found: None where the answer does not say.
        why: for a person.
        again: it may be there in a moment.
    """

    found: bool | None
    why: str
    again: bool = False


class Look(NamedTuple):
    """What to ask a service of an event, and how to read its answer.

    Attributes:
        wanted: settings were given for it, so it must work.
    """

    request: Http
    read: Callable[[Answer], Finding]
    wanted: bool


def look(endpoint: Endpoint, event: Event) -> Look | str:
    """Return how to look for *event*, or why that cannot be done; "" where there is no way."""
    from cronwrap.services import look_state

    ways: Mapping[str, Callable[[Endpoint, Event], Look | str]] = {
        "healthchecks": _healthchecks,
        "pushgateway": _pushgateway,
        "betterstack": look_state.betterstack_look,
        "cronitor": look_state.cronitor_look,
        "opsgenie": look_state.opsgenie_look,
        "sentry": look_state.sentry_look,
    }
    way = ways.get(endpoint.service_name)
    return "" if way is None else way(endpoint, event)


def settings_of(endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the settings of *endpoint*."""
    service = endpoint.service
    return service.settings if isinstance(service, TemplateService) else {}


def _healthchecks(endpoint: Endpoint, event: Event) -> Look | str:
    settings = settings_of(endpoint)
    if not settings.get("api_key"):
        return "give the project's api_key, and it is looked for"
    url = settings.get("url", "").partition("?")[0].rstrip("/")
    base, _, last = url.rpartition("/") if url else (settings["base"], "", settings.get("uuid", ""))
    if not _UUID.fullmatch(last):
        return "a check that is named by its slug cannot be looked for; give its uuid"
    api = settings.get("api") or healthchecks_api(base)
    if not api:
        return "its ping URL does not tell where its API is; give api"
    request = Http(
        method="GET",
        url=f"{api.rstrip('/')}/api/v3/checks/{last.lower()}/pings/",
        headers=(("X-Api-Key", settings["api_key"]),),
        answer_bytes=_MOST_BYTES,
    )
    return Look(request, lambda answer: _in_pings(answer, event.run_id), wanted=True)


def healthchecks_api(base: str) -> str:
    """Return the address of the API that belongs to what ping URLs begin with.

    >>> healthchecks_api("https://hc-ping.com"), healthchecks_api("https://h/hc/ping/")
    ('https://healthchecks.io', 'https://h/hc')
    >>> healthchecks_api("https://ping.example.org")
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
        return Finding(found=False, why="its API does not list it", again=True)
    if pings[run_id] == _IGNORED:
        why = "it was recorded, and ignored: the check is paused, or its filters do not match"
        return Finding(found=False, why=why)
    return Finding(found=True, why="its API lists it")


def _pushgateway(endpoint: Endpoint, event: Event) -> Look | str:
    pushed = [one for one in endpoint.service.render(event, {}) if isinstance(one, Http)]
    if not pushed:
        return ""
    request = Http(
        method="GET",
        url=f"{pushed[0].url.partition('/metrics/job')[0]}/api/v1/metrics",
        headers=tuple(pair for pair in pushed[0].headers if pair[0] == "Authorization"),
        answer_bytes=_MOST_BYTES,
    )
    # What stands before it may let nobody read.
    return Look(request, lambda answer: _in_groups(answer, event.started_unix_s), wanted=False)


def _in_groups(answer: Answer, started_unix_s: float) -> Finding:
    if answer.status != _OK:
        return Finding(None, f"its API cannot be read: it answered {answer.status}")
    try:
        values = [
            float(metric["value"])
            for group in json.loads(answer.body)["data"]
            for name, gauge in group.items()
            if name.endswith(_STARTED)
            for metric in gauge["metrics"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return Finding(None, "its API cannot be read: that is no answer of a Pushgateway's")
    if started_unix_s not in values:
        why = "its API lists no gauge with the time of this run"
        return Finding(found=False, why=why, again=True)
    return Finding(found=True, why="its API lists a gauge with the time of this run")
