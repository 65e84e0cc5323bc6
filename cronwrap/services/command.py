"""A program that gets the event: what a webhook is sent, on its standard input."""

import json
import re
from collections.abc import Mapping
from typing import Any

from cronwrap.event import Event
from cronwrap.services.base import Command, Delivery, Service
from cronwrap.services.fields import FIELDS, TEXTS, Fields
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table
from cronwrap.services.template import fill_tree, parse_tree
from cronwrap.services.webhook import EVENT

_TREE = parse_tree(EVENT, where="", known={*FIELDS, *TEXTS})


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    argv = tuple(settings["argv"])
    if not argv[0] or any("\0" in word for word in argv):
        raise table.wrong("argv", "a list: a program and its arguments")
    variables = dict(settings.get("environment", {}))
    for name, value in variables.items():
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) or not isinstance(value, str):
            raise table.wrong("environment", "a table of variables and texts")

    def deliveries(event: Event) -> list[Delivery]:
        limit_bytes = definition.rules.limit_bytes
        said = fill_tree(_TREE, Fields(event, {}, verb="", limit_bytes=limit_bytes))
        stdin = json.dumps(said, ensure_ascii=False).encode() + b"\n"
        return [Command(argv=argv, stdin=stdin, variables=tuple(variables.items()))]

    return CodeService(definition, deliveries)
