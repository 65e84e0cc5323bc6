"""ntfy: server and topic of a topic's URL, and the two halves of a login."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.table import Table


def build(definition: spec.Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint.

    Args:
        definition: what ntfy.toml says.
        settings: of the endpoint.
        table: the endpoint's own, for messages.
    """
    if settings["priority"] not in range(1, 6):
        raise table.wrong("priority", "1 to 5")
    derived = {}
    if "url" in settings:
        base, _, topic = settings["url"].partition("?")[0].rstrip("/").rpartition("/")
        if base.endswith(("/", ":")):
            raise table.wrong("url", "of the form https://HOST/TOPIC")
        derived = {"base": base, "topic": unquote(topic)}
    elif "topic" not in settings:
        raise table.error("does not say where to send: give url, or topic")
    if "user" in settings and "token" not in settings:
        derived["login"], _, derived["password"] = settings["user"].partition(":")
    return spec.TemplateService(definition, {**settings, **derived})
