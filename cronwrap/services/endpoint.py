"""One configured place: a service with its settings, under a name; frozen and pure.

Made by resolve.py from a URL or from a table of the configuration.
"""

import re
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from cronwrap.event import FAIL, LOG, PHASES, SUCCESS, Event
from cronwrap.services.base import NOTHING, Datagram, Delivery, File, Http, Mail, Service
from cronwrap.services.template import SEGMENT_SAFE

RECOVERED = "recovered"
TOLD = (*PHASES, RECOVERED)
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
        on: what it is told of, of TOLD; "recovered" is a success after failures it was told of.
        after: it is told of failures from this one in a row on; those before are a log to it.
        environment, tags: in the place of, and beside, the run's own.
        tail_bytes: so much of the end of the output is told at most; None for what there is.
        not_late: why it is told of nothing late; "" when it may be.
        not_superseded: why it is told of nothing older than what it knows; "" when it may be.
        given: the word that ``--endpoint`` was given; may be secret.
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
    after: int = 1
    environment: str = ""
    tags: Mapping[str, str] = NOTHING
    tail_bytes: int | None = None
    not_late: str = ""
    not_superseded: str = ""
    given: str = ""
    secrets: tuple[tuple[str, str], ...] = ()
    literal_secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<endpoint {self.label}>"  # the rest holds secrets

    def render(self, event: Event, learned: Mapping[str, str]) -> list[Any]:
        """Return the deliveries of *event*; none for what it is not told of.

        Each is a base.Delivery; of which kind, only who knows the service can say.
        """
        told = self._as_told(event)
        if told.phase in self.on or (told.recovered and RECOVERED in self.on):
            return [*self.service.render(told, learned)]
        return []

    def refusal(self, event: Event) -> str:
        """Return why this endpoint is not told of *event* so late; "" when it is."""
        return (self.not_late if event.late else "") or (
            self.not_superseded if event.superseded else ""
        )

    @property
    def asks_history(self) -> bool:
        """Whether what it is told depends on how earlier runs have ended."""
        return self.after > 1 or RECOVERED in self.on

    def _as_told(self, event: Event) -> Event:
        """Return *event* as this endpoint is to see it."""
        after = max(self.after, event.fail_after)
        changes: dict[str, Any] = {}
        if event.phase == FAIL and 0 < event.failures < after:
            count = f"failure {event.failures}, told as one from the {_ordinal(after)} in a row on"
            changes = {"phase": LOG, "detail": "; ".join(filter(None, (event.detail, count)))}
        elif event.phase == SUCCESS and event.failures >= after:
            changes["recovered"] = True
        if self.tail_bytes is not None and len(event.output) > self.tail_bytes:
            changes["output"] = event.output[len(event.output) - self.tail_bytes :]
        if self.environment:
            changes["environment"] = self.environment
        if self.tags:
            changes["tags"] = {**event.tags, **self.tags}
        return event.replace(**changes) if changes else event

    def mask_url(self, url: str) -> str:
        """Return *url* with ``[name]`` in the place of each secret setting, however short."""
        for name, value in sorted(self.secrets, key=lambda pair: -len(pair[1])):
            for shape in _shapes(value):
                url = re.sub(rf"(?<=[/?&=]){re.escape(shape)}(?=[/?&@]|$)", f"[{name}]", url)
        return url

    def mask(self, text: str) -> str:
        """Return *text* with ``[name]`` in the place of each secret setting."""
        for name, value in sorted(self.secrets, key=lambda pair: -len(pair[1])):
            if len(value) >= _MASKED_CHARACTERS:
                for shape in _shapes(value):
                    text = text.replace(shape, f"[{name}]")
        return text


def _shapes(secret: str) -> set[str]:
    """Return *secret* as it is, as a query has it, and as a path has it."""
    return {secret, quote(secret, safe=""), quote(secret, safe=SEGMENT_SAFE)}


def _ordinal(number: int) -> str:
    """Return *number* as a rank.

    >>> [_ordinal(number) for number in (2, 3, 4, 11, 21)]
    ['2nd', '3rd', '4th', '11th', '21st']
    """
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def describe(delivery: Delivery, endpoint: Endpoint) -> str:
    """Return *delivery* as a person can read it, without secrets."""
    lines, body = _lines(delivery, endpoint)
    text = body.decode("utf-8", "replace").replace("\r\n", "\n")
    return endpoint.mask("\n".join([*lines, "", text] if text else lines))


def _lines(delivery: Delivery, endpoint: Endpoint) -> tuple[list[str], bytes]:
    if isinstance(delivery, Http):
        headers = [f"{name}: {_shown(name, value)}" for name, value in delivery.headers]
        return [f"{delivery.method} {endpoint.mask_url(delivery.url)}", *headers], delivery.body
    if isinstance(delivery, Datagram):
        return [f"datagram to {delivery.place}"], delivery.payload
    if isinstance(delivery, File):
        return [f"file {delivery.place}"], delivery.content
    if isinstance(delivery, Mail):
        return [f"mail to {delivery.place}"], delivery.message
    lines = [f"command {shlex.join(delivery.argv)}"]
    return lines + [f"{name}=[{name}]" for name, _ in delivery.variables], delivery.stdin


def _shown(name: str, value: str) -> str:
    """Return a header's value; a login in base64 looks like no secret, and is one."""
    return "Basic […]" if name == "Authorization" and value.startswith("Basic ") else value


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
