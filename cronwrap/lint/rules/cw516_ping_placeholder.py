r"""A ping URL that is still the example of a manual.

The monitor knows no such check, so that nobody is told when the job fails. Where curl has no ``-f``
not even the answer 404 is seen.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/your-uuid-here

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.pings import CLIENT_TEXTS, Ping, pings_of
from cronwrap.lint.rule import ERROR, Rule

_PLACEHOLDER = re.compile(
    r"your\b.*|your[-_].*|.*[-_]here|(?:my|the|a)[-_](?:uuid|key|token)|<.*|\[.*\]|\.\.\.|x{3,}.*"
    r"|\{(?!\{).*|(?:uuid|uid|(?:api|ping|integration|heartbeat)[-_]?(?:key|id|token)|key|token)"
    r"|placeholder|change-?_?me|insert[-_].*|replace[-_].*|todo|tbd"
    r"|([0-9a-f])\1{7}-(?:\1{4}-){3}\1{12}|12345678-1234-.*|0+|123e4567-e89b-12d3-a456-42661417.*",
    re.IGNORECASE,
)


def _find(job: Job) -> Iterator[Found]:
    for ping in pings_of(job):
        path = ping.url.split("://")[-1].partition("?")[0].partition("/")[2]
        text = next(filter(_PLACEHOLDER.fullmatch, path.split("/")), "") or _cut_off(ping, path)
        if text:
            yield job.found(
                ping.word,
                "there is a placeholder in this URL: no check is told of this job",
                "write the URL of the check, as its monitor shows it",
            )


def _cut_off(ping: Ping, path: str) -> str:
    """Return what follows the URL in ``https://host/<uuid>``, which the shell takes for a file."""
    for redirect in ping.command.redirects:
        if redirect.start == ping.word.end and redirect.operator == "<" and not path.strip("p/"):
            return f"<{redirect.target.literal}>" if redirect.target is not None else "<"
    return ""


RULE = Rule("CW516", "ping-placeholder", ERROR, "job", _find, only_with=CLIENT_TEXTS)
