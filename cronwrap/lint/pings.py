"""Which commands tell a monitor how a job goes, and what they tell."""

import re
from typing import NamedTuple

from cronwrap.lint.shell import Command, Word

_CLIENTS = frozenset({"curl", "wget", "http", "https", "httpie", "xh", "fetch"})
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# What a URL looks like without its scheme.
_SERVICES = (
    ("healthchecks", rf"hc-ping\.com/|hchk\.io/|[^/]+/ping/(?:{_UUID}|[\w-]{{20,}}/)"),
    ("cronitor", r"cronitor\.link/|cronitor\.io/[pP]/"),
    ("deadmanssnitch", r"nosnch\.in/"),
    ("betterstack", r"[^/]*(?:betterstack|betteruptime)\.com/api/v1/heartbeat/"),
    ("ohdear", r"ping\.ohdear\.app/"),
    ("cronhub", r"cronhub\.io/(?:ping|start|finish)/"),
    ("uptimekuma", r"[^/]+/api/push/"),
    ("opsgenie", r"api\.(?:eu\.)?opsgenie\.com/v2/heartbeats/"),
    ("statuscake", r"push\.statuscake\.com/"),
    ("uptimerobot", r"heartbeat\.uptimerobot\.com/"),
    ("sentry", r"[^/]+/api/\d+/cron/"),
    ("grafana", r"[^/]+/heartbeat/"),
)
_SERVICE_OF = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _SERVICES)
_STATUS = re.compile(
    r"\$(?:\?|\{\?\}|\{?(?:rc|ret|status|exit\w*|code|result|err|e|s|r|x)\b)", re.IGNORECASE
)
_TELLS = (
    ("start", re.compile(r"/start\b|state=run\b|/run\b|status=in_progress", re.IGNORECASE)),
    ("fail", re.compile(r"/fail\b|state=fail|/fail\b|status=(?:error|down)", re.IGNORECASE)),
    ("log", re.compile(r"/log\b", re.IGNORECASE)),
)


class Ping(NamedTuple):
    """A command that tells a monitor something.

    Attributes:
        command: the client.
        word: the word of the URL.
        url: as it is written.
        service: "healthchecks", ...
        tells: "start", "success", "fail", "log", or "status" where the URL carries ``$?``.
    """

    command: Command
    word: Word
    url: str
    service: str
    tells: str


def ping_of(command: Command) -> Ping | None:
    """Return what *command* tells a monitor; None if it is no client or the URL no monitor's."""
    if command.program not in _CLIENTS:
        return None
    for word in command.args:
        service = service_of(word.literal)
        if service:
            return Ping(command, word, word.literal, service, _tells(word.literal))
    return None


def service_of(url: str) -> str:
    """Return the monitoring service that *url* belongs to, or "".

    >>> service_of("https://hc-ping.com/x"), service_of("example.com")
    ('healthchecks', '')
    """
    rest = re.sub(r"^https?://(?:[^/@]*@)?(?:www\\.)?", "", url)
    return next((name for name, pattern in _SERVICE_OF if pattern.match(rest)), "")


def _tells(url: str) -> str:
    if _STATUS.search(url):
        return "status"
    return next((tells for tells, pattern in _TELLS if pattern.search(url)), "success")
