"""Read what a service is: a TOML table becomes a Definition, each mistake found at load.

The shipped services and a user's own ``[services.NAME]`` are the same grammar and this same
code. The keys of a definition:

    summary, reference, events, limits   for the manual
    settings.NAME                        help, kind, secret, required, env, default
    recognise                            hosts, paths, setting: the URLs that belong to it
    verb                                 phase -> the service's word; no word: nothing is sent
    start, success, fail, log            a request (or a list) for the phase
    late                                 for an end that is told late
    every                                for each phase that has none of its own
    method, url, path, query, ...        a request's keys (request.py), for all requests
    accept, retry, reject, hint, limit   what answers mean (answers.py)
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cronwrap.event import PHASES, START, Event
from cronwrap.services import answers, request
from cronwrap.services.base import Answer, Delivery, Http, Verdict
from cronwrap.services.fields import FIELDS, TEXTS, Fields, Value
from cronwrap.services.table import Table

KINDS = ("text", "url", "host", "number", "flag", "table")
WHEN = (*PHASES, "late", "every")
KEYS = (
    *("summary", "reference", "events", "limits", "settings", "recognise", "verb"),
    *WHEN,
    *request.KEYS,
    *answers.KEYS,
)


class Setting(NamedTuple):
    """One key of an endpoint's table.

    Attributes:
        kind: one of KINDS.
        secret: never shown; may be given as file:PATH or env:NAME.
        required: nothing can be sent without it.
        env: environment variables that stand in for it, in order.
        default: None when there is none.
    """

    name: str
    help: str = ""
    kind: str = "text"
    secret: bool = False
    required: bool = False
    env: tuple[str, ...] = ()
    default: Value = None


class Definition(NamedTuple):
    """A kind of place that events go to, before anybody's settings.

    Attributes:
        origin: the file it comes from.
        hosts: a URL of one of these is recognised as this service's.
        paths: so is a URL whose path has one of these in it.
        url_setting: the setting that such a URL is a value of.
        table: its TOML, for a service that is finished by code.
    """

    name: str
    origin: str
    summary: str
    reference: str
    events: str
    limits: str
    settings: Mapping[str, Setting]
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    url_setting: str
    verb: Mapping[str, str]
    requests: Mapping[str, tuple[request.Request, ...]]
    rules: answers.Rules
    table: Mapping[str, Any]

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
    settings = _settings(table)
    recognise = table.table("recognise", ("hosts", "paths", "setting"))
    verb = table.table("verb", PHASES)
    return Definition(
        name=name,
        origin=origin,
        summary=table.text("summary"),
        reference=table.text("reference"),
        events=table.text("events"),
        limits=table.text("limits"),
        settings=settings,
        hosts=recognise.texts("hosts"),
        paths=recognise.texts("paths"),
        url_setting=recognise.text("setting", "url"),
        verb={phase: verb.text(phase) for phase in verb.data},
        requests=_requests(table, settings),
        rules=answers.read(table),
        table=table.data,
    )


def _settings(table: Table) -> dict[str, Setting]:
    settings = {}
    tables = table.table("settings")
    for name in tables.data:
        one = tables.table(name, ("help", "kind", "secret", "required", "env", "default"))
        kind = one.text("kind", "text")
        if kind not in KINDS:
            raise one.wrong("kind", f"one of {', '.join(KINDS)}")
        settings[name] = Setting(
            name=name,
            help=one.text("help"),
            kind=kind,
            secret=one.flag("secret"),
            required=one.flag("required"),
            env=one.texts("env"),
            default=one.data.get("default"),
        )
    return settings


def _requests(
    table: Table, settings: Mapping[str, Setting]
) -> dict[str, tuple[request.Request, ...]]:
    known = {*FIELDS, *TEXTS, *settings, *(["verb"] if "verb" in table else [])}
    kinds = {name: setting.kind for name, setting in settings.items()}
    requests = {}
    for when in WHEN:
        if when in table:
            tables = table.tables(when, request.KEYS)
            requests[when] = tuple(request.read(one, table, kinds, known) for one in tables)
            if not all(one.url for one in requests[when]):
                raise table.error(f"{when} has no url")
    return requests


class TemplateService(NamedTuple):
    """A Service that is a definition with the settings of one endpoint."""

    definition: Definition
    settings: Mapping[str, Value]

    def __repr__(self) -> str:
        return f"<{self.definition.name}>"  # settings hold secrets

    def render(self, event: Event, learned: Mapping[str, str]) -> list[Delivery]:
        """Return the requests that carry *event*, in order; none where there is no word for it."""
        definition = self.definition
        if definition.verb and event.phase not in definition.verb:
            return []
        fields = Fields(
            event,
            self.settings,
            verb=definition.verb.get(event.phase, ""),
            limit_bytes=definition.rules.report_bytes(learned),
        )
        built = (one.build(fields) for one in self._requests(event))
        return [delivery for delivery in built if delivery is not None]

    def _requests(self, event: Event) -> tuple[request.Request, ...]:
        requests = self.definition.requests
        if event.late and event.phase != START and "late" in requests:
            return requests["late"]
        return requests.get(event.phase) or requests.get("every", ())

    def judge(self, delivery: Http, answer: Answer) -> Verdict:
        """Return what *answer* means."""
        return self.definition.rules.judge(answer)
