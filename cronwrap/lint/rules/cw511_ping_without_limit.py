r"""A ping that may take for ever.

curl waits for an answer without end, wget for 900 seconds and then tries 19 times more. A monitor
that takes connections and does not answer then holds the line: with a lock, or where the daemon
skips a job that still runs, the next runs are left out.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -fsS -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
    0 4 * * * /usr/local/bin/report && wget -q -T 10 -t 3 -O /dev/null https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.pings import Ping, pings_of
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command

_LIMITERS = {"timeout", "timelimit"}
_WAITS = {
    "curl": "curl waits for the monitor's answer without end",
    "wget": "wget waits 900 seconds for the monitor's answer, and tries 20 times",
}


def _find(job: Job) -> Iterator[Found]:
    for ping in pings_of(job):
        client = ping.command
        new = _limits(ping, job.dialect.name)
        if new and not _is_limited(client):
            end = job.spot(client.words[0]).end
            yield job.found(
                client.words[0],
                _WAITS[client.program],
                f"add `{new.strip()}`",
                safe=[(Span(end, end), new)],
            )


def _limits(ping: Ping, dialect: str) -> str:
    """Return the options that the client of *ping* lacks."""
    program, flags = ping.command.program, ping.flags
    if program == "curl" and not flags & {"m", "max-time", "K", "config"}:
        return " -m 10"
    if program == "wget" and not flags & {"T", "timeout", "read-timeout"}:
        few = dialect == "busybox" or flags & {"t", "tries"}
        return " -T 10" if few else " -T 10 -t 3"
    return ""


def _is_limited(client: Command) -> bool:
    outer = client.wrapper
    while outer is not None:
        if outer.program in _LIMITERS:
            return True
        outer = outer.wrapper
    return False


RULE = Rule("CW511", "ping-without-limit", WARNING, "job", _find, only_with=("curl", "wget"))
