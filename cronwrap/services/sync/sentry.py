"""Monitors of Sentry, by its API (https://docs.sentry.io/api/crons/).

The DSN may only send; reading and writing wants a token of the organization.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from cronwrap.services.base import Answer, Http
from cronwrap.services.sync import Present, Wanted, Way, body, read_json

_HOSTED = ".sentry.io"
_NOT_FOUND = 404
_HINTS = {
    401: "the auth_token is not right",
    403: "the auth_token lacks the scope alerts:read or alerts:write",
}


def way(settings: Mapping[str, Any], wanted: Wanted) -> Way | str:
    """Return how the monitor is read and written, or why it cannot be."""
    place = monitor(settings, wanted.slug)
    if isinstance(place, str):
        return place
    url, headers = place
    slug = settings.get("slug") or wanted.slug
    fields = {
        "schedule": wanted.schedule,
        "timezone": wanted.timezone,
        "checkin_margin": max(1, wanted.grace_s // 60),
    }

    def write(present: Present) -> Http:
        config = {**(present.fields or {}), "schedule_type": "crontab", **fields}
        named = {
            "name": wanted.check,
            "slug": slug,
            "project": settings["project"],
            "type": "cron_job",
        }
        exists = present.fields is not None
        made = body({"config": config} if exists else {**named, "config": config})
        made["headers"] += headers
        address = url if exists else url.removesuffix(f"{slug}/")
        return Http(method="PUT" if exists else "POST", url=address, **made)

    read = Http(method="GET", url=url, headers=headers)
    return Way(fields, read, _present, write)


def monitor(
    settings: Mapping[str, Any], slug: str
) -> tuple[str, tuple[tuple[str, str], ...]] | str:
    """Return where the API has the monitor, and the headers for it; or what is missing."""
    if not settings.get("auth_token") or not settings.get("organization"):
        return "give auth_token and organization; the DSN may only send"
    host = urlsplit(settings["server"]).hostname or ""
    api = settings.get("api") or ("https://sentry.io" if host.endswith(_HOSTED) else "")
    organization = quote(settings["organization"], safe="")
    base = (api or settings["server"]).rstrip("/")
    slug = settings.get("slug") or slug
    headers = (("Authorization", f"Bearer {settings['auth_token']}"),)
    return f"{base}/api/0/organizations/{organization}/monitors/{slug}/", headers


def _present(answer: Answer) -> Present:
    if answer.status == _NOT_FOUND:
        return Present()
    found, trouble = read_json(answer, _HINTS)
    try:
        return Present(trouble=trouble) if trouble else Present(dict(found["config"]))
    except (TypeError, KeyError, ValueError):
        return Present(trouble="that is no answer of Sentry's API; is api right?")
