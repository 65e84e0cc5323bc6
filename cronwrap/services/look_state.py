"""Look at the state of a monitor, where no API lists single events, or only some do.

What is said of a monitor proves that key and name are right, which the answers to the events of
these services do not.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cronwrap.event import Event
from cronwrap.services.base import Answer, Http
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.look import Finding, Look, settings_of
from cronwrap.services.sync import betterstack, cronitor, sentry

_OK, _NOT_FOUND = 200, 404
_REFUSED = {401, 403}
_MOST_BYTES = 16 * 1024 * 1024


def cronitor_look(endpoint: Endpoint, event: Event) -> Look | str:
    """Cronitor answers 200 to any key: its API tells whether there is the monitor."""
    settings = settings_of(endpoint)
    api_key, key = cronitor.identity(settings, event.slug)
    if not api_key:
        return "give the api_key, and the monitor is looked for"
    login = b64encode(f"{api_key}:".encode()).decode()
    request = Http(
        method="GET",
        url=f"{settings['api'].rstrip('/')}/api/monitors/{quote(key, safe='')}",
        headers=(("Authorization", f"Basic {login}"),),
    )
    return Look(request, lambda answer: _monitor(answer, "monitor"), wanted=False)


def sentry_look(endpoint: Endpoint, event: Event) -> Look | str:
    """Sentry answers 202 to what it drops: its API lists the check-ins of a monitor."""
    settings = settings_of(endpoint)
    place = sentry.monitor(settings, event.slug)
    if isinstance(place, str):
        return f"{place}; then the check-in is looked for"
    url, headers = place
    request = Http("GET", f"{url}checkins/", headers, answer_bytes=_MOST_BYTES)
    return Look(request, lambda answer: _check_in(answer, event.run_id), wanted=True)


def opsgenie_look(endpoint: Endpoint, _event: Event) -> Look | str:
    """Opsgenie answers 202 before it knows the heartbeat: its API tells of it."""
    pings = endpoint.service.render(Event(check=_event.check, phase="success"), {})
    (ping,) = (one for one in pings if isinstance(one, Http))
    request = Http("GET", ping.url.removesuffix("/ping"), ping.headers)
    return Look(request, lambda answer: _monitor(answer, "heartbeat"), wanted=False)


def betterstack_look(endpoint: Endpoint, _event: Event) -> Look | str:
    """What Better Stack answers to an unknown token is not documented: its API lists heartbeats."""
    settings = settings_of(endpoint)
    if not settings.get("api_token"):
        return "give the api_token, and the heartbeat is looked for"
    request = betterstack.listing(settings)
    token = betterstack.token_of(settings)
    return Look(request, lambda answer: _heartbeat(answer, token), wanted=True)


def _monitor(answer: Answer, what: str) -> Finding:
    """Return what an answer says of a monitor that it names."""
    found, trouble = _json(answer)
    if answer.status == _NOT_FOUND:
        return Finding(found=False, why=f"its API knows no such {what}")
    if answer.status in _REFUSED:
        return Finding(None, f"its API answered {answer.status}: this key may not read it")
    if trouble:
        return Finding(None, trouble)
    told = found.get("data") if isinstance(found.get("data"), Mapping) else found
    if told.get("enabled") is False or told.get("paused") is True:
        return Finding(found=False, why=f"its API knows the {what}, and it is switched off")
    return Finding(found=True, why=f"its API knows the {what}")


def _check_in(answer: Answer, run_id: str) -> Finding:
    found, trouble = _json(answer)
    if answer.status == _NOT_FOUND:
        return Finding(found=False, why="its API knows no such monitor", again=True)
    if trouble:
        return Finding(None, trouble)
    bare = run_id.replace("-", "")
    ids = {str(one.get("id", "")).replace("-", "") for one in found if isinstance(one, Mapping)}
    if bare not in ids:
        return Finding(found=False, why="its API does not list the check-in", again=True)
    return Finding(found=True, why="its API lists the check-in")


def _heartbeat(answer: Answer, token: str) -> Finding:
    present = betterstack.present(answer, token)
    if present.trouble:
        return Finding(found=False, why=present.trouble)
    if (present.fields or {}).get("paused_at"):
        return Finding(found=False, why="its API lists the heartbeat, and it is paused")
    return Finding(found=True, why="its API lists the heartbeat")


def _json(answer: Answer) -> tuple[Any, str]:
    if answer.status != _OK:
        return {}, f"its API cannot be read: it answered {answer.status}"
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict | list):
        return {}, "its API cannot be read: that is no answer of it"
    return found, ""
