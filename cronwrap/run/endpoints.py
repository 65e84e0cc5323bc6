"""The endpoints of a check: names and URLs looked up in the configuration.

Not on the hot path: only reporters and the command line come here.
"""

from collections.abc import Iterable, Mapping

from cronwrap import services
from cronwrap.config import Config
from cronwrap.errors import CronwrapError, nearest
from cronwrap.services.endpoint import Endpoint, exposed_secrets
from cronwrap.services.spec import Definition


def resolve(text: str, config: Config, environ: Mapping[str, str]) -> Endpoint:
    """Return the endpoint that ``--endpoint TEXT`` means.

    Raises:
        CronwrapError: there is no such endpoint, or its settings are wrong.
    """
    if "://" in text:
        return services.from_url(
            text, where="endpoint", environ=environ, services=_own_services(config)
        )
    table = config.endpoints.get(text)
    if table is None:
        known = sorted(config.endpoints)
        hint = nearest(text, known) if known else "write a URL, or configure [endpoints.NAME]"
        raise CronwrapError(f"there is no endpoint {text!r}", hint=hint)
    return services.from_table(
        text,
        table.values,
        origin=table.path,
        environ=environ,
        services=_own_services(config),
    )


def resolve_all(
    texts: Iterable[str], config: Config, environ: Mapping[str, str]
) -> tuple[list[Endpoint], list[tuple[str, str]]]:
    """Return the endpoints of *texts*, and what is wrong, as (message, hint)."""
    found: dict[str, Endpoint] = {}
    problems = []
    for text in texts:
        try:
            endpoint = resolve(text, config, environ)
            found.setdefault(endpoint.name, endpoint)
        except CronwrapError as error:
            problems.append((error.message, error.hint))
    for path, mode in config.files:
        exposed = exposed_secrets(path, mode, list(found.values()))
        if exposed:
            message, _, hint = exposed.partition(": ")
            problems.append((message, hint))
    return list(found.values()), problems


def _own_services(config: Config) -> dict[str, Definition]:
    """Return the user's own services.

    Raises:
        CronwrapError: one of them is wrong; which endpoint wants it cannot be told before.
    """
    tables = config.services.items()
    return {name: services.define(name, table.values, origin=table.path) for name, table in tables}
