"""Make a service's check what the configuration says: what to read, what to compare, what to write.

A module NAME.py for each service that can be told; pure, as services are. Wanted by
``cronwrap sync`` alone. Nothing is ever deleted, and of a check that is there only the fields are
touched that the configuration has a word for.
"""

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cronwrap.services.base import Answer, Http
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.look import settings_of


class Wanted(NamedTuple):
    """A check as the configuration has it.

    Attributes:
        slug: its name, as services can take it.
        schedule: five fields of cron.
        timezone: IANA's name.
        grace_s: how late a run may begin.
        longest_s: the longest time between two runs.
        tags: ``name:value``, or ``name`` alone where both are the same.
    """

    check: str
    slug: str
    schedule: str
    timezone: str
    grace_s: int
    longest_s: int
    tags: tuple[str, ...] = ()


class Present(NamedTuple):
    """What the service has.

    Attributes:
        fields: of the check; None where there is none, or where it cannot be read.
        place: what its update must name, such as an id.
        trouble: why this cannot be told.
    """

    fields: Mapping[str, Any] | None = None
    place: str = ""
    trouble: str = ""


class Way(NamedTuple):
    """How a check of one endpoint is read and written.

    Attributes:
        fields: what it is to be, by the service's own names.
        read: asks for what is there; None where the service does not say.
        present: what an answer to that means.
        write: makes it so.
        written: statuses that say that it was.
        notes: what a person should know of a check that is made.
    """

    fields: Mapping[str, Any]
    read: Http | None
    present: Callable[[Answer], Present]
    write: Callable[[Present], Http]
    written: tuple[int, ...] = (200, 201)
    notes: str = ""


def way(endpoint: Endpoint, wanted: Wanted) -> Way | str | None:
    """Return how *wanted* is made at *endpoint*, why it cannot be, or None: no such service."""
    name = f"{__name__}.{endpoint.service_name}"
    if importlib.util.find_spec(name) is None:
        return None
    found: Way | str = importlib.import_module(name).way(settings_of(endpoint), wanted)
    return found


def changes(way: Way, present: Present) -> dict[str, tuple[Any, Any]]:
    """Return what is to change: by field, what it is (None where nothing is known) and will be."""
    before = present.fields or {}
    return {
        name: (before.get(name), value)
        for name, value in way.fields.items()
        if before.get(name) != value
    }


def read_json(answer: Answer, hints: Mapping[int, str]) -> tuple[Any, str]:
    """Return what *answer* holds, and why it cannot be used."""
    if answer.status not in {200, 201}:
        hint = hints.get(answer.status, "is the address of the API right?")
        return None, f"the API answered {answer.status}; {hint}"
    try:
        return json.loads(answer.body), ""
    except ValueError:
        return None, "the API's answer is no JSON; is its address right?"


def body(value: object) -> dict[str, Any]:
    """Return headers and body of a request that carries *value*, for Http's constructor."""
    return {
        "headers": (("Content-Type", "application/json"),),
        "body": json.dumps(value).encode(),
    }
