"""Checks of Healthchecks, by its management API (https://healthchecks.io/docs/api/).

A new check is made with all channels of the project: without a word of them it would have none,
and alert nobody. Later they are left alone, as they are the user's choice.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cronwrap.services.base import Answer, Http
from cronwrap.services.look import healthchecks_api
from cronwrap.services.sync import Present, Wanted, Way, body, read_json

LEAST_S, MOST_S = 60, 31_536_000  # of grace
_ANSWER_BYTES = 16 * 1024 * 1024
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HINTS = {
    401: "the api_key is not right",
    403: "the api_key is another project's, or may only read",
    404: "there is no such check; is api right?",
}


def way(settings: Mapping[str, Any], wanted: Wanted) -> Way | str:
    """Return how the check is read and written, or why it cannot be."""
    if not settings.get("api_key"):
        return "give the project's api_key, one that may write"
    url = settings.get("url", "").partition("?")[0].rstrip("/")
    base, _, last = url.rpartition("/") if url else (settings["base"], "", settings.get("uuid", ""))
    api = settings.get("api") or healthchecks_api(base)
    if not api:
        return "its ping URL does not tell where its API is; give api"
    uuid = last.lower() if _UUID.fullmatch(last) else ""
    slug = "" if uuid else settings.get("slug") or wanted.slug
    checks = f"{api.rstrip('/')}/api/v3/checks/"
    key = ("X-Api-Key", settings["api_key"])
    fields = {
        "schedule": wanted.schedule,
        "tz": wanted.timezone,
        "grace": min(max(wanted.grace_s, LEAST_S), MOST_S),
        **({"tags": " ".join(wanted.tags)} if wanted.tags else {}),
    }

    def write(present: Present) -> Http:
        if present.place:
            made = body(fields)
            address = f"{checks}{present.place}"
        else:
            named = {"name": wanted.check, "slug": slug, "unique": ["slug"], "channels": "*"}
            made = body({**named, **fields})
            address = checks
        made["headers"] += (key,)
        return Http(method="POST", url=address, **made)

    query = uuid or f"?slug={quote(slug, safe='')}"
    read = Http(method="GET", url=checks + query, headers=(key,), answer_bytes=_ANSWER_BYTES)
    return Way(fields, read, lambda answer: _present(answer, uuid), write)


def _present(answer: Answer, uuid: str) -> Present:
    found, trouble = read_json(answer, _HINTS)
    if trouble:
        return Present(trouble=trouble)
    try:
        checks = [found] if uuid else found["checks"]
        if len(checks) > 1:
            return Present(trouble="several checks have this slug; give the uuid of one")
        if not checks:
            return Present()
        place = uuid or checks[0].get("uuid") or checks[0]["ping_url"].rpartition("/")[2]
    except (TypeError, KeyError, AttributeError):
        return Present(trouble="that is no answer of Healthchecks's API; is api right?")
    return Present(checks[0], place)
