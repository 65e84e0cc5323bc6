"""The endpoints of a check: names and URLs looked up in the configuration.

Not on the hot path: only reporters and the command line come here.
"""

from collections.abc import Iterable, Mapping

from cronwrap import services
from cronwrap.config import Config
from cronwrap.errors import CronwrapError, nearest
from cronwrap.services.address import is_address, split_scheme
from cronwrap.services.endpoint import Endpoint, exposed_secrets
from cronwrap.services.spec import Definition


class Endpoints:
    """What a configuration's endpoints mean; a mistake in one of them does not touch another.

    Attributes:
        own: services of the user's own, by name.
        broken: those that have a mistake.
    """

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self.broken: dict[str, CronwrapError] = {}
        self._config = config
        self._environ = environ
        self.own: dict[str, Definition] = {}
        for name, table in config.services.items():
            try:
                self.own[name] = services.define(name, table.values, origin=table.path)
            except CronwrapError as error:
                self.broken[name] = error

    def resolve(self, text: str) -> Endpoint:
        """Return the endpoint that ``--endpoint TEXT`` means.

        Raises:
            CronwrapError: there is no such endpoint, or its settings are wrong.
        """
        if is_address(text):
            self._check_service(split_scheme(text)[0])
            return services.from_url(
                text, where="endpoint", environ=self._environ, services=self.own
            )
        table = self._config.endpoints.get(text)
        if table is None:
            known = sorted(self._config.endpoints)
            hint = nearest(text, known) if known else "write a URL, or configure [endpoints.NAME]"
            raise CronwrapError(f"there is no endpoint {text!r}", hint=hint)
        self._check_service(table.values.get("service"))
        return services.from_table(
            text, table.values, origin=table.path, environ=self._environ, services=self.own
        )

    def kinds(self, texts: Iterable[str]) -> set[str]:
        """Return the kinds of delivery that *texts* will want; no secret is read for it."""
        found = set()
        for text in texts:
            table = self._config.endpoints.get(text)
            try:
                if table is not None:
                    found.add(services.kind_of(table.values, self.own))
                elif is_address(text):
                    found.add(services.kind_of(text, self.own))
            except CronwrapError:
                pass  # resolve tells of it
        return found

    def _check_service(self, name: object) -> None:
        if isinstance(name, str) and name in self.broken:
            raise self.broken[name]

    def resolve_all(self, texts: Iterable[str]) -> tuple[list[Endpoint], list[tuple[str, str]]]:
        """Return the endpoints of *texts*, and what is wrong, as (message, hint)."""
        found: dict[str, Endpoint] = {}
        problems = []
        for text in texts:
            try:
                endpoint = self.resolve(text)
                found.setdefault(endpoint.name, endpoint._replace(given=text))
            except CronwrapError as error:
                problems.append((error.message, error.hint))
        for path, mode in self._config.files:
            exposed = exposed_secrets(path, mode, list(found.values()))
            if exposed:
                message, _, hint = exposed.partition(": ")
                problems.append((message, hint))
        return list(found.values()), problems
