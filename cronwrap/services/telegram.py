"""Telegram: a message wants a chat, named by a setting or in the URL's query."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cronwrap.services import spec
from cronwrap.services.base import Service
from cronwrap.services.table import Table


def build(definition: spec.Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint.

    Args:
        definition: what telegram.toml says.
        settings: of the endpoint.
        table: the endpoint's own, for messages.
    """
    chat = settings.get("chat_id")
    if not chat and "chat_id" not in parse_qs(urlsplit(settings.get("url", "")).query):
        raise table.error("does not say to whom: give chat_id")
    return spec.TemplateService(definition, {**settings, "chat": chat})
