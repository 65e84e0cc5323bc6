"""Which commands tell a monitor how a job goes, and what they tell."""

import re
from typing import NamedTuple

from cronwrap.lint.lines import Job
from cronwrap.lint.shell import Command, Script, Word, kept

# One of these stands in each line with a ping: for ``only_with`` of a rule.
CLIENT_TEXTS = ("curl", "wget", "http", "xh", "fetch")

CLIENTS = frozenset({"curl", "wget", "http", "https", "httpie", "xh", "fetch"})
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
_ANY_SERVICE = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _SERVICES)
_SERVICE = re.compile(rf"(?:https?://(?:[^/@]*@)?)?(?:www\.)?(?:{_ANY_SERVICE})", re.IGNORECASE)
_STATUS = re.compile(
    r"\?|rc|ret|\w*stat(?:us|e)\w*|exit\w*|\w*code|result|err|e|s|r|x", re.IGNORECASE
)
# The short options that take a value.
_TAKE_VALUES = {"curl": "AbcCdDeEFhHKmoPQrtTuUwxXYyz", "wget": "oaeitOTwQPUlADIRBXh"}
_INTERPRETER = re.compile(r"python[\d.]*|perl|php|ruby|node")
_SCRIPT_OPTIONS = frozenset({"-c", "-e", "-r"})
# What the URLs of one check may differ in.
_SCHEME = re.compile(r"^https?://(?:www\.)?")
_OF_CRONHUB = re.compile(r"(cronhub\.io)/(?:start|finish|ping)/")
_END = re.compile(r"/(?:start|fail|log|run|complete|\d{1,3}|\$[^/]*)?/?$")
_URL = re.compile(r"https?://[^\s'\"<>()\\]+")
_NAME = re.compile(r"\$\{?(\w+)\}?")
# What one of these begins in a URL in lower case, it tells.
_TELLING = re.compile(r"/(?:start|run|fail|log)\b|sta(?:te|tus)=")
_TELLS = (
    ("start", re.compile(r"/start\b|state=run\b|/run\b|status=in_progress")),
    ("fail", re.compile(r"/fail\b|state=fail|status=(?:error|down)")),
    ("log", re.compile(r"/log\b")),
)


class Ping(NamedTuple):
    """A command that tells a monitor something.

    Attributes:
        command: the client.
        word: the word of the URL.
        url: as it is written.
        service: "healthchecks", ...
        tells: "start", "success", "fail", "log", or "status" where the URL carries ``$?``.
        flags: the options that curl or wget is given: letters, and long names without dashes.
    """

    command: Command
    word: Word
    url: str
    service: str
    tells: str
    flags: frozenset[str]


def pings_of(job: Job) -> tuple[Ping, ...]:
    """Return each command of *job* that tells a monitor something."""
    script = job.script
    clients = _clients(script)
    if not clients:
        return ()
    names = _variables(script)
    given = tuple((name, value) for name in names if (value := job.value(name)))
    key = ("pings", given)
    if key not in script.facts:
        known = dict(given) | _set_once(script) if names else {}
        found = (_ping_of(client, known) for client in clients)
        script.facts[key] = tuple(ping for ping in found if ping is not None)
    pings: tuple[Ping, ...] = script.facts[key]
    return pings


@kept
def _clients(script: Script) -> tuple[Command, ...]:
    """Return the commands that may tell a monitor something."""
    return tuple(
        one for one in script.commands() if one.program in CLIENTS or _is_given_script(one)
    )


def _is_given_script(command: Command) -> bool:
    """Tell whether it is an interpreter that is given a script, which may have a URL in it."""
    values = command.values
    return (
        bool(values)
        and values[0] in _SCRIPT_OPTIONS
        and _INTERPRETER.fullmatch(command.program) is not None
    )


def _ping_of(client: Command, values: dict[str, str]) -> Ping | None:
    """Return what *client* tells a monitor; None if the URL is no monitor's.

    *values* are those of variables that may hold the URL.
    """
    for word in client.args:
        url = _with_values(word.literal, values)
        if client.program not in CLIENTS:  # python3 -c "...urlopen('https://hc-ping.com/...')"
            url = next(iter(_URL.findall(url)), "")
        service = service_of(url)
        if service:
            names = [one.name for arg in client.args for one in arg.variables]
            tells = "status" if any(map(_STATUS.fullmatch, names)) else _tells(url)
            return Ping(client, word, url, service, tells, _flags_of(client))
    return None


@kept
def _variables(script: Script) -> tuple[str, ...]:
    """Return the variables that clients get."""
    words = [word for client in _clients(script) for word in client.args]
    return tuple({one.name for word in words for one in word.variables})


def _set_once(script: Script) -> dict[str, str]:
    """Return the variables that the command itself sets, to one value that is written there."""
    assigns = script.assigns()
    names = [assign.name for assign in assigns]
    return {
        assign.name: assign.value.value
        for assign in assigns
        if names.count(assign.name) == 1 and assign.value is not None and assign.value.value
    }


def _with_values(text: str, values: dict[str, str]) -> str:
    if "$" not in text or not values:
        return text
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


def check_of(url: str) -> str:
    """Return what is common to all URLs of one check.

    >>> check_of("https://hc-ping.com/8f1d/start") == check_of("http://hc-ping.com/8f1d?x=1")
    True
    """
    if "/" not in url:
        return ""
    rest = _SCHEME.sub("", url.partition("?")[0])
    if "cronhub.io" in rest:
        rest = _OF_CRONHUB.sub(r"\1/", rest)
    return _END.sub("", rest)


def service_of(url: str) -> str:
    """Return the monitoring service that *url* belongs to, or "".

    >>> service_of("https://hc-ping.com/x"), service_of("example.com")
    ('healthchecks', '')
    """
    found = _SERVICE.match(url) if "/" in url else None
    return (found.lastgroup or "") if found is not None else ""


def _tells(url: str) -> str:
    lower = url.lower()
    if not _TELLING.search(lower):
        return "success"
    return next((tells for tells, pattern in _TELLS if pattern.search(lower)), "success")


def _flags_of(client: Command) -> frozenset[str]:
    takes = _TAKE_VALUES.get(client.program, "")
    flags: set[str] = set()
    words = iter(client.values)
    for word in words:
        if word.startswith("--"):
            flags.add(word[2:].partition("=")[0])
        elif word.startswith("-"):
            for place, letter in enumerate(word[1:], 2):
                flags.add(letter)
                if letter in takes:
                    if place == len(word):
                        next(words, None)
                    break
    return frozenset(flags)
