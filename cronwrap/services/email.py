"""Mail: the report of a run, with the headers that keep mail programs from answering it."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, NamedTuple

from cronwrap.event import Event
from cronwrap.services.base import Delivery, Mail, Service
from cronwrap.services.fields import clean
from cronwrap.services.spec import CodeService, Definition
from cronwrap.services.table import Table

_POLICY = SMTP.clone(cte_type="7bit")  # not every server on the way takes more
_SECURITY = ("starttls", "tls", "none")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SUBJECT_CHARACTERS = 200


class Server(NamedTuple):
    """An SMTP server; host is "" where sendmail takes its place."""

    host: str = ""
    port: int = 0
    security: str = "none"


def build(definition: Definition, settings: Mapping[str, Any], table: Table) -> Service:
    """Return the service of one endpoint."""
    recipients = _recipients(settings["to"], table)
    sender = settings.get("from", "")
    if sender and not _is_address(sender):
        raise table.wrong("from", "a mail address")
    server = _server(settings, table)

    def deliveries(event: Event) -> list[Delivery]:
        origin = sender or f"cronwrap@{_host(event)}"
        message = _message(event, definition.rules.limit_bytes)
        message["From"] = _header_address(origin, display="" if sender else "cronwrap")
        message["To"] = [_header_address(one) for one in recipients]
        mail = Mail(
            message=message.as_bytes(),
            sender=origin,
            recipients=recipients,
            host=server.host,
            port=server.port,
            security=server.security,
            user=settings.get("user", ""),
            password=settings.get("password", ""),
            sendmail=settings["sendmail"],
        )
        return [mail]

    return CodeService(definition, deliveries)


def _message(event: Event, limit_bytes: int) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    at = datetime.fromtimestamp(event.at_unix_s, timezone.utc)
    message["Subject"] = _subject(event)
    message["Date"] = format_datetime(at)
    # The same at each try, so that a mail which arrives twice is seen once.
    message["Message-ID"] = f"<{_token(event.run_id)}.{event.phase}@{_host(event)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Cronwrap-Run"] = _token(event.run_id)
    report = event.report(limit_bytes).replace("\r\n", "\n").replace("\r", "\n")
    message.set_content(report, cte="quoted-printable")  # to be read without a mail program too
    return message


def _subject(event: Event) -> str:
    """Return the summary, which is one line already, with what a header may hold."""
    text: str = clean(event.summary) or ""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)[:_SUBJECT_CHARACTERS]


def _token(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", text) or "none"


def _host(event: Event) -> str:
    name = re.sub(r"[^A-Za-z0-9.-]", "", event.host)[:100].strip(".-")
    return re.sub(r"\.{2,}", ".", name) or "localhost"


def _recipients(given: list[str], table: Table) -> tuple[str, ...]:
    joined = ",".join(one.removeprefix("mailto:").partition("?")[0] for one in given)
    found = tuple(one.strip() for one in joined.split(",") if one.strip())
    if not found or not all(map(_is_address, found)):
        raise table.wrong("to", "a mail address or a list of them")
    return found


def _is_address(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", text) is not None


def _header_address(address: str, display: str = "") -> Address:
    user, _, domain = address.rpartition("@")
    return Address(display, user, domain)


def _server(settings: Mapping[str, Any], table: Table) -> Server:
    given = settings.get("server", "")
    if not given:
        return Server()
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?", given)
    if match is None:
        raise table.wrong("server", "HOST or HOST:PORT")
    host = match[1] or match[2]
    security = settings.get("security") or _usual_security(host, match[3])
    if security not in _SECURITY:
        raise table.wrong_word("security", security, _SECURITY)
    if settings.get("user") and security == "none" and host not in _LOOPBACK:
        raise table.error("security = none would send the password for all to read")
    return Server(host=host, port=int(match[3] or _PORTS[security]), security=security)


def _usual_security(host: str, port: str | None) -> str:
    if port == str(_PORTS["tls"]):
        return "tls"
    return "none" if host in _LOOPBACK else "starttls"
