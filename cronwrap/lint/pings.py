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
_SERVICE_OF = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _SERVICES)
_STATUS = re.compile(
    r"\?|rc|ret|\w*stat(?:us|e)\w*|exit\w*|\w*code|result|err|e|s|r|x", re.IGNORECASE
)
# The short options that take a value.
_TAKE_VALUES = {"curl": "AbcCdDeEFhHKmoPQrtTuUwxXYyz", "wget": "oaeitOTwQPUlADIRBXh"}
_INTERPRETER = re.compile(r"python[\d.]*|perl|php|ruby|node")
_SCRIPTS = (["-c"], ["-e"], ["-r"])
_URL = re.compile(r"https?://[^\s'\"<>()\\]+")
_NAME = re.compile(r"\$\{?(\w+)\}?")
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


def ping_of(command: Command, values: tuple[tuple[str, str], ...] = ()) -> Ping | None:
    """Return what *command* tells a monitor; None if it is no client or the URL no monitor's.

    A client may also be an interpreter that is given a script which has the URL in it.

    *values* are those of variables that may hold the URL.
    """
    is_script = _INTERPRETER.fullmatch(command.program) and command.values[:1] in _SCRIPTS
    if command.program not in CLIENTS and not is_script:
        return None
    for word in command.args:
        url = _with_values(word.literal, values)
        if is_script:  # python3 -c "...urlopen('https://hc-ping.com/...')"
            url = next(iter(_URL.findall(url)), "")
        service = service_of(url)
        if service:
            names = [one.name for arg in command.args for one in arg.variables]
            carries = any(_STATUS.fullmatch(name) for name in names)
            return Ping(command, word, url, service, "status" if carries else _tells(url))
    return None


def pings_of(job: Job) -> tuple[Ping, ...]:
    """Return each command of *job* that tells a monitor something."""
    script = job.script
    names = _names_in_clients(script)
    values = [(name, job.value(name)) for name in names]
    given = tuple((name, value) for name, value in values if value)
    key = ("pings", given)
    if key not in script.facts:
        known = (*given, *_set_once(script)) if names else given
        found = [ping_of(command, known) for command in script.commands()]
        script.facts[key] = tuple([ping for ping in found if ping is not None])
    pings: tuple[Ping, ...] = script.facts[key]
    return pings


@kept
def _names_in_clients(script: Script) -> tuple[str, ...]:
    """Return the variables that clients get."""
    clients = [command for command in script.commands() if command.program in CLIENTS]
    return tuple({one.name for command in clients for word in command.args
                  for one in word.variables})  # fmt: skip


def _set_once(script: Script) -> list[tuple[str, str]]:
    """Return the variables that the command itself sets, to one value that is written there."""
    names = [assign.name for assign in script.assigns()]
    return [
        (assign.name, assign.value.value)
        for assign in script.assigns()
        if names.count(assign.name) == 1 and assign.value is not None and assign.value.value
    ]


def _with_values(text: str, values: tuple[tuple[str, str], ...]) -> str:
    known = dict(values)
    if "$" not in text or not known:
        return text
    return _NAME.sub(lambda found: known.get(found[1], found[0]), text)


def check_of(url: str) -> str:
    """Return what is common to all URLs of one check.

    >>> check_of("https://hc-ping.com/8f1d/start") == check_of("http://hc-ping.com/8f1d?x=1")
    True
    """
    if "/" not in url:
        return ""
    rest = re.sub(r"^https?://(?:www\.)?", "", url.partition("?")[0])
    rest = re.sub(r"(cronhub\.io)/(?:start|finish|ping)/", r"\1/", rest)
    return re.sub(r"/(?:start|fail|log|run|complete|\d{1,3}|\$[^/]*)?/?$", "", rest)


def service_of(url: str) -> str:
    """Return the monitoring service that *url* belongs to, or "".

    >>> service_of("https://hc-ping.com/x"), service_of("example.com")
    ('healthchecks', '')
    """
    rest = re.sub(r"^https?://(?:[^/@]*@)?(?:www\\.)?", "", url)
    return next((name for name, pattern in _SERVICE_OF if pattern.match(rest)), "")


def _tells(url: str) -> str:
    return next((tells for tells, pattern in _TELLS if pattern.search(url)), "success")


def flags_of(client: Command) -> set[str]:
    """Return the options that curl or wget is given: letters, and long names without dashes."""
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
    return flags
