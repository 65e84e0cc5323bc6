"""Turn what the configuration says of an endpoint into an Endpoint.

This is the edge where secrets are read from files and the environment; what comes out is
frozen and pure. No message here holds a value: any of them may be a secret.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cronwrap.event import PHASES, SUCCESS, Event
from cronwrap.services import transport
from cronwrap.services.address import HTTP, is_url
from cronwrap.services.base import NOTHING, File, Service
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.fields import FIELDS, Standby
from cronwrap.services.setting import Setting
from cronwrap.services.spec import Definition, TemplateService, phases
from cronwrap.services.table import Table

# Fields that a person sets for all services: a service's own variable gives way to them.
_CONFIGURED = {"environment"}
DATAGRAM = "datagram"


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
        self._table = Table(data, path, header, [*transport.KEYS, *definition.settings])
        self._environ = environ

    def endpoint(self, name: str, label: str = "") -> Endpoint:
        """Return the endpoint.

        Raises:
            CronwrapError: naming file, table and key, and the words that would be right.
        """
        table, own = self._table, self._definition.settings
        settings = self._settings()
        self._check_complete(settings)
        service = _service(self._definition, settings, table)
        address = _address(service)
        on = phases(table, self._definition.on)
        return Endpoint(
            name=name,
            service_name=self._definition.name,
            service=service,
            label=label or f"{name} ({address or self._definition.name})",
            origin=table.path,
            timeout_s=transport.timeout_s(table),
            ca_file=self._trust("ca_file", settings),
            client_cert=self._trust("client_cert", settings),
            client_key=self._trust("client_key", settings),
            on=on,
            after=transport.after(table),
            environment="" if "environment" in own else table.text("environment"),
            tags=NOTHING if "tags" in own else transport.tags(table),
            tail_bytes=transport.tail_bytes(table),
            not_late="a datagram is never sent late" if self._definition.sends == DATAGRAM else "",
            not_superseded=_not_superseded(self._definition, on),
            secrets=tuple(self._secrets({**settings, **_derived(service)})),
            literal_secrets=tuple(self._literal_secrets()),
        )

    def _trust(self, name: str, settings: Mapping[str, Any]) -> str:
        """Return a file of certificates; a service that has variables for it has it as a setting."""
        if name in self._definition.settings:
            return str(settings.get(name, ""))
        return self._table.text(name)

    def _settings(self) -> dict[str, Any]:
        given = {
            name: self._value(setting, self._table.data[name])
            for name, setting in self._definition.settings.items()
            if name in self._table
        }
        helped = {**self._from_environment(given.keys()), **given}
        for name, setting in self._definition.settings.items():
            if name not in helped and setting.default is not None:
                word = setting.default
                helped[name] = setting.choices[word] if setting.choices else word
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
                value = self._value(setting, self._environ[variable], variable)
                found[name] = Standby(value) if name in _CONFIGURED else value
        return found

    def _value(self, setting: Setting, value: object, variable: str = "") -> Any:
        """Return *value*, read from where it points to and checked for its kind."""
        key = f"{setting.name} (from {variable})" if variable else setting.name
        if variable and isinstance(value, str) and setting.kind == "table":
            value = _pairs(value)
        if isinstance(value, Mapping) and setting.kind == "table":
            pairs = value.items()
            return {one: self._read(setting, item, f"{key}.{one}") for one, item in pairs}
        if setting.kind in {"texts", "urls", "numbers"}:
            one = setting._replace(kind=setting.kind.removesuffix("s"))
            values = value if isinstance(value, list) else [value]
            if setting.kind == "texts" and not all(isinstance(item, str) for item in values):
                raise self._table.wrong(key, "a string or a list of strings")
            return [self._value(one, item, variable) for item in values]
        if setting.kind in {"number", "flag"}:
            return self._number(setting, value, key)
        if setting.kind == "table":
            raise self._table.wrong(key, "a table")
        return self._text(setting, value, key)

    def _text(self, setting: Setting, value: object, key: str) -> Any:
        if not isinstance(value, str):
            hint = "write the number in quotes" if type(value) in {int, float} else ""
            raise self._table.wrong(key, "a string", hint=hint)
        text = str(self._read(setting, value, key))
        schemes = self._definition.schemes or HTTP
        if setting.kind == "url" and not is_url(text, schemes):
            begin = " or ".join(f"{one}://" for one in schemes)
            raise self._table.wrong(key, f"a URL that begins with {begin}")
        if setting.kind == "path":
            return self._path(text, key)
        if setting.kind == "host" and not re.fullmatch(r"[A-Za-z0-9.:\[\]-]*", text):
            raise self._table.wrong(key, "the name of a host")
        return self._choice(setting, text, key)

    def _choice(self, setting: Setting, text: str, key: str) -> Any:
        if setting.choices and text not in setting.choices:
            raise self._table.wrong_word(key, text, [*setting.choices])
        return setting.choices.get(text, text)

    def _path(self, text: str, key: str) -> str:
        """Return an absolute path, which may be given as ``file://``."""
        path = unquote(urlsplit(text).path) if is_url(text, ("file",)) else text
        if not path.startswith("/") or "\0" in path:
            raise self._table.wrong(key, "an absolute path")
        return path

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
            if not settings.get(name):
                continue
            if setting.kind in {"url", "urls"}:
                urls = settings[name] if setting.kind == "urls" else [settings[name]]
                parts = [part for url in urls for part in _secret_parts(url, path=setting.secret)]
                secrets += [(name, part) for part in parts]
            elif not setting.secret:
                continue
            elif isinstance(settings[name], Mapping):
                secrets += [(f"{name}.{key}", str(one)) for key, one in settings[name].items()]
            else:
                secrets.append((name, str(settings[name])))
        return secrets

    def _literal_secrets(self) -> list[str]:
        return [
            name
            for name, setting in self._definition.settings.items()
            if name in self._table and _holds_secret(setting, str(self._table.data[name]))
        ]


def _not_superseded(definition: Definition, on: Collection[str]) -> str:
    """Return why an event is not told when a newer one of its check has been; "" when it is.

    What has no times of its own would take it for what is so now. What never hears of a success
    would not: there an old failure is news, and nothing newer contradicts it.
    """
    hears_of_success = SUCCESS in on and (
        not definition.requests or definition.has_word(SUCCESS)  # code has its own words
    )
    if definition.superseded == "send" or "late" in definition.requests:
        return ""
    if not definition.superseded and not hears_of_success:
        return ""
    return f"{definition.name} has been told of a newer run, and would take this one for the last"


def _service(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    from cronwrap.services import build

    return build(definition, settings, table)


def _derived(service: Service) -> Mapping[str, Any]:
    """Return settings as code has completed them: what is secret may be a part of another."""
    return service.settings if isinstance(service, TemplateService) else {}


def _address(service: Service) -> str:
    """Return where *service* sends to, no more of a URL than its host, found by asking it.

    Of a file its directory: the file's own name is that of a check.
    """
    for phase in PHASES:
        event = Event(check="check", run_id="00000000-0000-0000-0000-000000000000", phase=phase)
        for delivery in service.render(event, {}):
            is_file = isinstance(delivery, File)
            return str(Path(delivery.place).parent) if is_file else delivery.place
    return ""


def _pairs(text: str) -> dict[str, str]:
    """Return a table as a variable has it: ``NAME=VALUE,NAME=VALUE``, percent-encoded."""
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    return {unquote(name.strip()): unquote(value.strip()) for name, _, value in pairs}


def _holds_secret(setting: Setting, value: str) -> bool:
    """Return whether *value*, as the configuration has it, is or has in it what nobody may see."""
    if setting.secret:
        return not re.match("(file|env):", value)
    return setting.kind == "url" and "@" in urlsplit(value).netloc


def _secret_parts(url: str, *, path: bool) -> list[str]:
    """Return what of *url* must not be shown: login, password, query, and perhaps its path."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    whole = (login, login.partition(":")[2], parts.query, parts.path.strip("/") if path else "")
    return [part for part in whole if part]
