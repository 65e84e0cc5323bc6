"""Read what a service is: a TOML table becomes a Definition, each mistake found at load.

The shipped services and a user's own ``[services.NAME]`` are the same grammar and this same
code. The keys of a definition:

    summary, reference, events, limits   for the manual
    proof                                what an accepted event proves, and where to look
    settings.NAME                        help, kind, secret, required, env, default, choices, example
    derived                              field -> kind: what NAME.py makes of settings and event
    carries                              what it can tell, where only code knows (carries.py)
    sends                                the kind of its deliveries, "http" unless said
    recognise                            hosts, paths, patterns, schemes, setting: its URLs
    on                                   phases it is told of unless an endpoint says otherwise
    verb                                 phase -> the service's word; no word: nothing is sent
    start, success, fail, log            a request (or a list) for the phase
    late                                 for an end that is told after a newer one
    superseded                           "send" or "drop": what else becomes of it
    every                                for each phase that has none of its own
    method, url, path, query, ...        a request's keys (request.py), for all requests
    accept, retry, reject, hint, limit   what answers mean (answers.py)
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cronwrap.errors import nearest
from cronwrap.event import PHASES, START, Event
from cronwrap.services import answers, base, request, setting
from cronwrap.services.base import Answer, Delivery, Http, Verdict
from cronwrap.services.endpoint import TOLD
from cronwrap.services.fields import FIELDS, TEXTS, Fields, Value
from cronwrap.services.setting import Setting
from cronwrap.services.table import Table

WHEN = (*PHASES, "late", "every")
SUPERSEDED = ("send", "drop")
KEYS = (
    *("summary", "reference", "events", "limits", "proof", "settings", "derived", "carries"),
    *("sends", "on", "superseded", "recognise", "verb"),
    *WHEN,
    *request.KEYS,
    *answers.KEYS,
)


class Definition(NamedTuple):
    """A kind of place that events go to, before anybody's settings.

    Attributes:
        origin: the file it comes from.
        proof: what it proves that an event was accepted, and where to look; "" when it is plain.
        hosts: a URL of one of these is recognised as this service's.
        paths: so is a URL whose path has one of these in it.
        patterns: so is a URL that one of these regular expressions matches.
        schemes: what its URLs begin with, where it is not http or https.
        url_setting: the setting that such a URL is a value of.
        sends: the kind of its deliveries.
        on: what it is told of unless an endpoint says otherwise.
        superseded: what becomes of an end when a newer one of its check has been told, where it
            has no request ``late``: "send", "drop", or "" for what suits the endpoint.
        derived: fields that NAME.py makes of settings and event; name -> kind.
        table: its TOML, for a service that is finished by code.
    """

    name: str
    origin: str
    summary: str
    reference: str
    events: str
    limits: str
    proof: str
    settings: Mapping[str, Setting]
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    patterns: tuple[str, ...]
    schemes: tuple[str, ...]
    url_setting: str
    sends: str
    on: tuple[str, ...]
    superseded: str
    derived: Mapping[str, str]
    verb: Mapping[str, str]
    requests: Mapping[str, tuple[request.Request, ...]]
    rules: answers.Rules
    table: Mapping[str, Any]

    def has_word(self, phase: str) -> bool:
        """Return whether there is a request that tells *phase*."""
        return (not self.verb or phase in self.verb) and (
            phase in self.requests or "every" in self.requests
        )

    def url_settings(self) -> list[set[str]]:
        """Return, for each way to make a URL, the settings it is made of; the best way first."""
        ways: list[set[str]] = []
        for requests in self.requests.values():
            for one in requests:
                for template in one.url:
                    way = template.names & self.settings.keys()
                    if way not in ways:
                        ways.append(way)
        return ways


def read(name: str, data: object, origin: str, header: str = "") -> Definition:
    """Return the service that *data* describes.

    Args:
        name: of the service.
        data: its TOML table.
        origin: the file it stands in, for messages.
        header: of the table, when it is not ``services.NAME``.

    Raises:
        CronwrapError: naming file, table, key and the words that would be right.
    """
    table = Table(data, origin, header or f"services.{name}", KEYS)
    settings = setting.read(table)
    derived = table.table("derived")
    recognise = table.table("recognise", ("hosts", "paths", "patterns", "schemes", "setting"))
    verb = table.table("verb", PHASES)
    return Definition(
        name=name,
        origin=origin,
        summary=table.text("summary"),
        reference=table.text("reference"),
        events=table.text("events"),
        limits=table.text("limits"),
        proof=table.text("proof"),
        settings=settings,
        hosts=recognise.texts("hosts"),
        paths=recognise.texts("paths"),
        patterns=_patterns(recognise),
        schemes=recognise.texts("schemes"),
        url_setting=recognise.text("setting", "url"),
        sends=_sends(table),
        on=phases(table, PHASES),
        superseded=_superseded(table),
        derived={name: derived.text(name) for name in derived.data},
        verb={phase: verb.text(phase) for phase in verb.data},
        requests=_requests(table, settings, derived.data),
        rules=answers.read(table),
        table=table.data,
    )


def _sends(table: Table) -> str:
    kind = table.text("sends", "http")
    if kind not in base.KINDS:
        raise table.wrong("sends", f"one of {', '.join(base.KINDS)}")
    return kind


def _patterns(table: Table) -> tuple[str, ...]:
    try:
        return tuple(re.compile(pattern).pattern for pattern in table.texts("patterns"))
    except re.error as error:
        raise table.wrong("patterns", f"regular expressions: {error}") from error


def phases(table: Table, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phases of the key ``on``.

    Raises:
        CronwrapError: when one of them is none.
    """
    given = table.texts("on") if "on" in table else default
    for phase in given:
        if phase not in TOLD:
            raise table.error(f"on: unknown phase {phase!r}", hint=nearest(phase, list(TOLD)))
    return given


def _superseded(table: Table) -> str:
    given = table.text("superseded")
    if given and given not in SUPERSEDED:
        raise table.wrong("superseded", '"send" or "drop"')
    return given


def _requests(
    table: Table, settings: Mapping[str, Setting], derived: Mapping[str, str]
) -> dict[str, tuple[request.Request, ...]]:
    known = {*FIELDS, *TEXTS, *settings, *derived, *(["verb"] if "verb" in table else [])}
    kinds = {**{name: one.kind for name, one in settings.items()}, **derived}
    requests = {}
    for when in WHEN:
        if when in table:
            tables = table.tables(when, request.KEYS)
            requests[when] = tuple(request.read(one, table, kinds, known) for one in tables)
            if not all(one.url for one in requests[when]):
                hint = f'give url = "https://..." in [{table.name}.{when}] or in [{table.name}]'
                raise table.error(f"{when} has no url", hint=hint)
    return requests


def _nothing(_event: Event, _settings: Mapping[str, Value]) -> Mapping[str, Value]:
    return {}


class TemplateService(NamedTuple):
    """A Service that is a definition with the settings of one endpoint.

    Attributes:
        facts: the derived fields of an event; pure.
    """

    definition: Definition
    settings: Mapping[str, Value]
    facts: Callable[[Event, Mapping[str, Value]], Mapping[str, Value]] = _nothing

    def __repr__(self) -> str:
        return f"<{self.definition.name}>"  # settings hold secrets

    def render(self, event: Event, learned: Mapping[str, str]) -> list[Http]:
        """Return the requests that carry *event*, in order; none where there is no word for it."""
        definition = self.definition
        if definition.verb and event.phase not in definition.verb:
            return []
        fields = Fields(
            event,
            {**self.settings, **self.facts(event, self.settings)},
            verb=definition.verb.get(event.phase, ""),
            limit_bytes=definition.rules.report_bytes(learned),
        )
        built = (one.build(fields) for one in self._requests(event))
        return [delivery for delivery in built if delivery is not None]

    def _requests(self, event: Event) -> tuple[request.Request, ...]:
        requests = self.definition.requests
        if event.superseded and event.phase != START and "late" in requests:
            return requests["late"]
        return requests.get(event.phase) or requests.get("every", ())

    def judge(self, delivery: Delivery, answer: Answer) -> Verdict:
        """Return what *answer* means."""
        return self.definition.rules.judge(answer)


class CodeService(NamedTuple):
    """A Service whose deliveries are made by a function of its own."""

    definition: Definition
    make: Callable[[Event], list[Delivery]]

    def __repr__(self) -> str:
        return f"<{self.definition.name}>"  # what makes deliveries knows secrets

    def render(self, event: Event, learned: Mapping[str, str]) -> list[Delivery]:
        """Return the deliveries of *event*."""
        return self.make(event)

    def judge(self, delivery: Delivery, answer: Answer) -> Verdict:
        """Return what *answer* means."""
        return self.definition.rules.judge(answer)
