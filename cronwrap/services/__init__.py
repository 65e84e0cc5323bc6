"""The services: which there are, and endpoints made of them.

A service is ``NAME.toml`` beside this file (spec.py tells its grammar). Where a template
cannot say it, ``NAME.py`` is there too, and its ``build`` makes the Service.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from cronwrap.errors import CronwrapError, nearest
from cronwrap.event import PHASES
from cronwrap.redact import mask_url
from cronwrap.services import spec, transport
from cronwrap.services.address import HTTP, belongs, check_url, is_url, split_scheme
from cronwrap.services.base import Service
from cronwrap.services.endpoint import Endpoint
from cronwrap.services.fields import FIELDS
from cronwrap.services.resolve import Resolver
from cronwrap.services.table import Table
from cronwrap.services.tables import TABLES
from cronwrap.services.template import UnknownFieldError

FALLBACK = "webhook"  # what a URL is that no service recognises
_BY_SCHEME = {"udp": "statsd", "file": "textfile", "mailto": "email"}
_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of the shipped services, without importing or reading any."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def _table(name: str) -> dict[str, Any]:
    data = (_FOLDER / f"{name}.toml").read_bytes()
    checksum, table = TABLES.get(name, (None, {}))
    if checksum != crc32(data):  # it has been changed, or is new
        import tomli  # 5 ms, and as much for a file of each service

        table = tomli.loads(data.decode())
    return table


@cache
def load(name: str) -> spec.Definition:
    """Return a shipped service.

    Raises:
        CronwrapError: when there is no such service.
    """
    if name not in names():
        raise CronwrapError(f"unknown service {name!r}", hint=nearest(name, names()))
    return spec.read(name, _table(name), f"{name}.toml")


def define(name: str, table: object, *, origin: str) -> spec.Definition:
    """Return a service of the user's own, from ``[services.NAME]`` in the file *origin*.

    Raises:
        CronwrapError: for anything in it that is wrong.
    """
    try:
        definition = spec.read(name, table, origin)
    except UnknownFieldError as error:
        key = f"settings.{error.field} = {{ }} makes it a key of the endpoint"
        error.hint = f"{key}; {error.hint}"
        raise
    taken = sorted({*transport.KEYS} & definition.settings.keys() - FIELDS.keys())
    if taken:
        message = f"{origin}: [services.{name}.settings]: {taken[0]} is a key of every endpoint"
        raise CronwrapError(message, hint="give it another name")
    if definition.sends != "http":
        raise CronwrapError(f"{origin}: [services.{name}]: sends must be 'http'")
    if not definition.requests.keys() - {"late"}:
        message = f"{origin}: [services.{name}]: has no request"
        raise CronwrapError(message, hint=f"give one of {', '.join(PHASES)}, every")
    if definition.derived:
        raise CronwrapError(f"{origin}: [services.{name}]: derived is for what cronwrap brings")
    return definition


def build(definition: spec.Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service with the settings of one endpoint; its *table* is for messages."""
    if definition.requests and not definition.derived:
        return spec.TemplateService(definition=definition, settings=settings)
    from importlib import import_module

    module = import_module(f"{__name__}.{definition.name}")
    service: Service = module.build(definition, settings, table)
    return service


def from_table(
    name: str,
    data: object,
    *,
    origin: str,
    environ: Mapping[str, str],
    services: Mapping[str, spec.Definition] | None = None,
) -> Endpoint:
    """Return the endpoint *name* that a table of the configuration describes.

    Args:
        name: of the endpoint.
        data: its table: ``service`` (or a ``url`` that tells it) and settings.
        origin: the file it stands in.
        environ: where ``env:NAME`` and the services' fallback variables are looked up.
        services: the user's own, by name.

    Raises:
        CronwrapError: naming file, table, key and the words that would be right.
    """
    header = f"endpoints.{name}"
    table = Table(data, origin, header)
    definition, values = _of_table(table, services)
    return Resolver(definition, values, environ, path=origin, header=header).endpoint(name)


def _of_table(
    table: Table, services: Mapping[str, spec.Definition] | None
) -> tuple[spec.Definition, Mapping[str, Any]]:
    """Return the service that *table* names or whose URL it has, and its keys."""
    url, service = table.text("url"), table.text("service")
    if service:
        return _definition(service, services, table.where), table.data
    if not url:
        raise table.error("has neither service nor url", hint=f"services: {_known(services)}")
    service, plain = _recognise(url, services)
    definition = _definition(service, services, table.where)
    rest = {key: value for key, value in table.data.items() if key != "url"}
    return definition, {**rest, definition.url_setting: plain}


def from_url(
    url: str,
    *,
    where: str,
    environ: Mapping[str, str],
    services: Mapping[str, spec.Definition] | None = None,
) -> Endpoint:
    """Return the endpoint that a URL alone stands for, with or without ``SERVICE+`` before it.

    Its name is the service's and a hash of the URL: the same at each run, and no secret.

    Args:
        url: as given.
        where: who gave it (``--endpoint``), for messages.
        environ: where fallback variables are looked up.
        services: the user's own, by name.

    Raises:
        CronwrapError: for an unknown service, or what is no URL.
    """
    from hashlib import sha256

    service, plain = _recognise(url, services)
    definition = _definition(service, services, where)
    check_url(plain, where, definition.schemes or HTTP)
    values = {definition.url_setting: plain}
    name = f"{service}-{sha256(url.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    resolver = Resolver(definition, values, environ, path="", header=where)
    return resolver.endpoint(name, f"{service} {mask_url(plain)}" if is_url(plain) else "")


def kind_of(
    endpoint: str | Mapping[str, Any], services: Mapping[str, spec.Definition] | None = None
) -> str:
    """Return the kind of deliveries of an endpoint, which is a URL or a table; no secret is read.

    Raises:
        CronwrapError: there is no such service.
    """
    if isinstance(endpoint, str):
        return _definition(_recognise(endpoint, services)[0], services, "").sends
    return _of_table(Table(endpoint, "", ""), services)[0].sends


def _definition(
    name: str, services: Mapping[str, spec.Definition] | None, where: str
) -> spec.Definition:
    if services and name in services:
        return services[name]
    if name not in names():
        hint = nearest(name, sorted({*names(), *(services or {})}))
        raise CronwrapError(f"{where}: unknown service {name!r}", hint=hint)
    return load(name)


def _known(services: Mapping[str, spec.Definition] | None) -> str:
    return ", ".join(sorted({*names(), *(services or {})}))


def _recognise(url: str, services: Mapping[str, spec.Definition] | None) -> tuple[str, str]:
    """Return the service that *url* belongs to, and the URL without that service's name."""
    named, plain = split_scheme(url)
    if named:
        return named, plain
    for name, definition in (services or {}).items():
        if belongs(plain, definition.hosts, definition.paths, definition.patterns):
            return name, plain
    for name in names():
        recognise = _table(name).get("recognise", {})
        if belongs(plain, *(recognise.get(key, ()) for key in ("hosts", "paths", "patterns"))):
            return name, plain
    return _BY_SCHEME.get(plain.partition(":")[0], FALLBACK), plain
