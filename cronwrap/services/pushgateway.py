"""The Pushgateway: one group of gauges for each check, named by the URL's path.

With POST, which replaces the gauges that are pushed and no other: PUT would lose the last
success at the first failure. The run id is never in the path, for each would be a group for
ever.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

from cronwrap.event import Event
from cronwrap.services import exposition
from cronwrap.services.base import Delivery, Http, Service
from cronwrap.services.fields import clean
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table
from cronwrap.services.template import header

_GROUP = "/metrics/job/"
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    prefix = exposition.checked_prefix(settings["prefix"], table)
    labels: Mapping[str, str] = settings.get("labels", {})
    for name, value in labels.items():
        good = re.fullmatch(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*", name) and name != "job"
        if not good or not isinstance(value, str):
            raise table.wrong("labels", "a table of label names and texts, without job")
    headers = (("Content-Type", _CONTENT_TYPE), *_authorization(settings))

    def deliveries(event: Event) -> list[Delivery]:
        content = exposition.text(event, {}, prefix)
        url = _url(event, settings, labels)
        return [Http("POST", url, headers, content)] if content else []

    return CodeService(definition, deliveries)


def _authorization(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    if settings.get("token"):
        return [("Authorization", header(f"Bearer {settings['token']}"))]
    if settings.get("user"):
        pair = f"{settings['user']}:{settings.get('password', '')}"
        return [("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")]
    return []


def _url(event: Event, settings: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Return the URL of the event's group."""
    base: str = settings["url"].rstrip("/")  # the gateway redirects what ends in job/
    if _GROUP in base:
        return base
    base = re.sub(r"/metrics(/job)?$", "", base)  # what a group's URL begins with
    instance = event.host if settings["instance"] else ""
    found = {"instance": instance, "environment": event.environment, **labels}
    group = "".join(segment(name, value) for name, value in found.items() if value)
    return f"{base}/metrics{segment('job', event.check or 'unnamed')}{group}"


def segment(name: str, value: str) -> str:
    """Return a label as a part of the path: the gateway takes no %2F, but base64.

    >>> segment("job", "nightly"), segment("job", "a/b")
    ('/job/nightly', '/job@base64/YS9i')
    """
    if re.fullmatch(r"[A-Za-z0-9_-]+", value):
        return f"/{name}/{value}"
    encoded = base64.urlsafe_b64encode((clean(value) or "").encode()).decode()
    return f"/{name}@base64/{encoded or '='}"
