"""Where a run reports to in a test, and what was said there.

cronwrap("--endpoint", webhook(httpd), "--", "true")
assert last(httpd)["phase"] == "success"
"""

import ast
import json
from typing import Any

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd

LATER = "; it is kept, and will be sent later"
"""What is said of an end that an endpoint has not accepted, behind the reason."""

CHECK = "/5e0e7a4c-3b1d-4a2f-9c8e-0123456789ab"
"""The path of a Healthchecks ping URL: a secret, all of it."""


def webhook(httpd: Httpd) -> str:
    """An endpoint that is told of every event as JSON; see ``events``."""
    return f"webhook+{httpd.url}/hook"


def events(httpd: Httpd) -> list[dict[str, Any]]:
    """Return the events that came through ``webhook``, in order."""
    return [json.loads(request.body) for request in httpd.received if request.path == "/hook"]


def last(httpd: Httpd) -> dict[str, Any]:
    """Return the last of them: of a run that has ended, its end."""
    return events(httpd)[-1]


def recorded(cronwrap: Cronwrap) -> dict[str, Any]:
    """Return what the last run has recorded of its end; no endpoint is needed for it."""
    return all_recorded(cronwrap)[-1]


def all_recorded(cronwrap: Cronwrap) -> list[dict[str, Any]]:
    """Return what each run has recorded, that which was written to last at the end."""
    found: list[tuple[tuple[int, float], dict[str, Any]]] = []
    for path in (cronwrap.state_dir / "runs").iterdir():
        facts: dict[str, Any] = {}
        for line in path.read_text().splitlines():
            facts.update(ast.literal_eval(line))
        # The times of files go in steps of some milliseconds.
        ended_unix_s = facts.get("finished_unix_s") or facts.get("started_unix_s", 0.0)
        found.append(((path.stat().st_mtime_ns, ended_unix_s), facts))
    return [facts for _, facts in sorted(found, key=lambda one: one[0])]


def healthchecks(url: str) -> str:
    """An endpoint of Healthchecks at the server *url*."""
    return f"healthchecks+{url}{CHECK}"
