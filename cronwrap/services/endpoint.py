"""One configured place: a service with its settings, under a name.

Made from a URL or from a table of the configuration. This is the edge where secrets are read
from files and the environment; what comes out is frozen and pure. No message here holds a
value: any of them may be a secret.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from cronwrap.errors import CronwrapError, nearest
from cronwrap.event import PHASES, Event
from cronwrap.redact import mask_url
from cronwrap.services.base import Delivery, Service
from cronwrap.services.fields import FIELDS
from cronwrap.services.spec import Definition, Setting
from cronwrap.services.table import Table

# What an endpoint of any service may say about the way there.
TRANSPORT = ("service", "timeout", "ca_file", "client_cert", "client_key", "on")
_MASKED_CHARACTERS = 4  # a shorter secret is looked for in URLs only
_OTHERS_MAY_READ = 0o044


class Endpoint(NamedTuple):
    """A place to send events to.

    Attributes:
        name: as the configuration has it, or made of the URL; not secret.
        service_name: which kind of place.
        label: for people; no more of the address than its host.
        origin: the file it is configured in, or "".
        timeout_s: for one try; None for the usual.
        ca_file: whom to trust instead of the system's authorities; "" for these.
        client_cert, client_key: files; "" for none.
        on: the phases it is told of.
        secrets: setting and value, never to be shown.
        literal_secrets: the secret settings whose values stand in the configuration itself.
    """

    name: str
    service_name: str
    service: Service
    label: str
    origin: str = ""
    timeout_s: float | None = None
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    on: tuple[str, ...] = PHASES
    secrets: tuple[tuple[str, str], ...] = ()
    literal_secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<endpoint {self.label}>"  # the rest holds secrets

    def render(self, event: Event, learned: Mapping[str, str]) -> list[Delivery]:
        """Return the deliveries of *event*; none for a phase it is not told of."""
        return self.service.render(event, learned) if event.phase in self.on else []

    def mask_url(self, url: str) -> str:
        """Return *url* with ``[name]`` in the place of each secret setting, however short."""
        for name, value in sorted(self.secrets, key=lambda pair: -len(pair[1])):
            for shape in (value, quote(value, safe="")):
                url = re.sub(rf"(?<=[/?&=]){re.escape(shape)}(?=[/?&@]|$)", f"[{name}]", url)
        return url

    def mask(self, text: str) -> str:
        """Return *text* with ``[name]`` in the place of each secret setting."""
        for name, value in sorted(self.secrets, key=lambda pair: -len(pair[1])):
            if len(value) >= _MASKED_CHARACTERS:
                for shape in (value, quote(value, safe="")):
                    text = text.replace(shape, f"[{name}]")
        return text


def describe(delivery: Delivery, endpoint: Endpoint) -> str:
    """Return *delivery* as a person can read it, without secrets."""
    lines = [f"{delivery.method} {endpoint.mask_url(delivery.url)}"]
    lines += [f"{name}: {value}" for name, value in delivery.headers]
    body = delivery.body.decode("utf-8", "replace")
    return endpoint.mask("\n".join([*lines, "", body] if body else lines))


def exposed_secrets(path: str, mode: int, endpoints: list[Endpoint]) -> str:
    """Return what is wrong when the file *path* shows secrets to other users, else "".

    Args:
        path: of a configuration file.
        mode: its ``st_mode``.
        endpoints: all that were configured; those of other files are left alone.
    """
    names = [
        f"{endpoint.name}.{name}"
        for endpoint in endpoints
        if endpoint.origin == path
        for name in endpoint.literal_secrets
    ]
    if not names or not mode & _OTHERS_MAY_READ:
        return ""
    return (
        f"{path} can be read by other users and holds secrets ({', '.join(names)}): "
        f"chmod 600 it, or give them as file:PATH"
    )


class Resolver:
    """Turns what the configuration says of an endpoint into an Endpoint.

    Raises:
        CronwrapError: for a key that neither the service nor the transport knows.
    """

    def __init__(
        self,
        definition: Definition,
        data: Mapping[str, Any],
        environ: Mapping[str, str],
        *,
        path: str,
        header: str,
    ) -> None:
        self._definition = definition
        self._table = Table(data, path, header, [*TRANSPORT, *definition.settings])
        self._environ = environ

    def endpoint(self, name: str, label: str = "") -> Endpoint:
        """Return the endpoint.

        Raises:
            CronwrapError: naming file, table and key, and the words that would be right.
        """
        table = self._table
        settings = self._settings()
        self._check_complete(settings)
        service = _service(self._definition, settings, table)
        address = _address(service)
        return Endpoint(
            name=name,
            service_name=self._definition.name,
            service=service,
            label=label or f"{name} ({address or self._definition.name})",
            origin=table.path,
            timeout_s=_timeout_s(table),
            ca_file=table.text("ca_file"),
            client_cert=table.text("client_cert"),
            client_key=table.text("client_key"),
            on=_phases(table),
            secrets=tuple(self._secrets(settings)),
            literal_secrets=tuple(self._literal_secrets()),
        )

    def _settings(self) -> dict[str, Any]:
        given = {
            name: self._value(setting, self._table.data[name])
            for name, setting in self._definition.settings.items()
            if name in self._table
        }
        helped = {**self._from_environment(given.keys()), **given}
        for name, setting in self._definition.settings.items():
            if name not in helped and setting.default is not None:
                helped[name] = setting.default
        return helped

    def _from_environment(self, given: Collection[str]) -> dict[str, Any]:
        """Return settings from variables that stand in for what is not *given*.

        A setting that belongs to another way of making the URL than the one the configuration
        chose is not taken: CHECK_UUID must not win over a ping key in the file.
        """
        definition = self._definition
        ways = definition.url_settings()
        best = max((len(way.intersection(given)) for way in ways), default=0)
        chosen = set[str]().union(*(way for way in ways if len(way.intersection(given)) == best))
        others = set[str]().union(*ways) - chosen
        found = {}
        for name, setting in definition.settings.items():
            variable = next((one for one in setting.env if self._environ.get(one)), "")
            if variable and name not in given and name not in others:
                found[name] = self._value(setting, self._environ[variable], variable)
        return found

    def _value(self, setting: Setting, value: object, variable: str = "") -> Any:
        """Return *value*, read from where it points to and checked for its kind."""
        key = f"{setting.name} (from {variable})" if variable else setting.name
        if isinstance(value, Mapping) and setting.kind == "table":
            pairs = value.items()
            return {one: self._read(setting, item, f"{key}.{one}") for one, item in pairs}
        if setting.kind in {"number", "flag"}:
            return self._number(setting, value, key)
        if not isinstance(value, str) or setting.kind == "table":
            raise self._table.wrong(key, "a table" if setting.kind == "table" else "a string")
        text = str(self._read(setting, value, key))
        if setting.kind == "url" and not _is_url(text):
            raise self._table.wrong(key, "a URL that begins with http:// or https://")
        if setting.kind == "host" and not re.fullmatch(r"[A-Za-z0-9.:\[\]-]*", text):
            raise self._table.wrong(key, "the name of a host")
        return text

    def _number(self, setting: Setting, value: object, key: str) -> object:
        if setting.kind == "flag" and value in {True, False, "1", "0", "true", "false"}:
            return value in {True, "1", "true"}
        if setting.kind == "number" and isinstance(value, int | float) and value is not True:
            return value
        raise self._table.wrong(key, "true or false" if setting.kind == "flag" else "a number")

    def _read(self, setting: Setting, value: object, key: str) -> object:
        """Return *value*; of a secret, what ``file:PATH`` or ``env:NAME`` leads to."""
        if not setting.secret or not isinstance(value, str):
            return value
        kind, _, rest = value.partition(":")
        if kind == "env":
            if not self._environ.get(rest):
                raise self._table.error(f"{key}: the variable {rest} is not set")
            return self._environ[rest]
        if kind == "file":
            try:
                text = Path(rest).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or "it is not UTF-8 text"
                raise self._table.error(f"{key}: cannot read {rest}: {why}") from error
            if not text:
                raise self._table.error(f"{key}: {rest} is empty")
            return text
        return value

    def _check_complete(self, settings: Mapping[str, Any]) -> None:
        """Raise an error when no URL could be made of *settings*."""
        missing = [
            name
            for name, setting in self._definition.settings.items()
            if setting.required and not settings.get(name)
        ]
        if missing:
            raise self._table.error(f"{' and '.join(missing)} must be given")
        lacks = [
            [name for name in sorted(way) if not settings.get(name) and name not in FIELDS]
            for way in self._definition.url_settings()
        ]
        if lacks and all(lacks):
            choices = ", or ".join(" and ".join(names) for names in lacks)
            raise self._table.error(f"does not say where to send: give {choices}")

    def _secrets(self, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
        secrets = []
        for name, setting in self._definition.settings.items():
            if not setting.secret or not settings.get(name):
                continue
            if setting.kind == "url":
                secrets += [(name, part) for part in _secret_parts(settings[name])]
            elif isinstance(settings[name], Mapping):
                secrets += [(f"{name}.{key}", str(one)) for key, one in settings[name].items()]
            else:
                secrets.append((name, str(settings[name])))
        return secrets

    def _literal_secrets(self) -> list[str]:
        return [
            name
            for name, setting in self._definition.settings.items()
            if setting.secret
            and name in self._table
            and not re.match("(file|env):", str(self._table.data[name]))
        ]


def _service(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    from cronwrap.services import build

    return build(definition, settings, table)


def _address(service: Service) -> str:
    """Return scheme and host that *service* sends to, found by asking it."""
    for phase in PHASES:
        event = Event(check="check", run_id="00000000-0000-0000-0000-000000000000", phase=phase)
        for delivery in service.render(event, {}):
            return mask_url(delivery.url)
    return ""


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
            and not re.search(r"[\x00-\x20\x7f]", text)
        )
    except ValueError:  # a port that is none, a bracket that is not closed
        return False


def _secret_parts(url: str) -> list[str]:
    """Return what of *url* must not be shown: login, path, query."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    path = parts.path.strip("/")
    return [part for part in (login, path, parts.query) if part]


def _timeout_s(table: Table) -> float | None:
    timeout_s = table.number("timeout")
    if timeout_s == 0:
        raise table.wrong("timeout", "more than 0 seconds")
    return timeout_s


def _phases(table: Table) -> tuple[str, ...]:
    phases = table.texts("on") if "on" in table else PHASES
    for phase in phases:
        if phase not in PHASES:
            raise table.error(f"on: unknown phase {phase!r}", hint=nearest(phase, list(PHASES)))
    return phases


def split_scheme(url: str) -> tuple[str, str]:
    """Return the service that ``service+https://`` names, and the URL proper.

    >>> split_scheme("webhook+http://h/x"), split_scheme("https://h/x")
    (('webhook', 'http://h/x'), ('', 'https://h/x'))
    """
    match = re.match(r"([a-z0-9_]+)\+(https?://.*)", url, re.DOTALL)
    return (match[1], match[2]) if match else ("", url)


def belongs(url: str, hosts: Collection[str], paths: Collection[str]) -> bool:
    """Return whether *url* has one of the hosts (".h" stands for all below h) or paths."""
    try:
        parts = urlsplit(url)
    except ValueError:  # check_url tells of it
        return False
    host = (parts.hostname or "").lower()
    by_host = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    return by_host or any(one in parts.path for one in paths)


def check_url(url: str, where: str) -> None:
    """Raise an error when nothing can be sent to *url*, without showing it."""
    if not _is_url(url):
        hint = "a URL (https://..., SERVICE+https://...) or the name of a configured endpoint"
        raise CronwrapError(f"{where}: is no address an event can be sent to", hint=f"give {hint}")
