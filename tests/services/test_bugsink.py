"""Bugsink, a server of Sentry's protocol: what it makes of a run that failed.

CI puts it into a virtual environment of its own, for it brings Django and much else:

    python -m venv .venv/bugsink && .venv/bugsink/bin/pip install bugsink==2.6.1
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.command import Cronwrap
from tests.support.waiting import content

PYTHON = Path(sys.prefix, "bugsink", "bin", "python")
FIRST_START_S = 60.0  # on a busy machine, with all of it to be compiled

# Tables are made from the models: its 104 migrations take four times as long as all the rest.
SETTINGS = """
from bugsink.settings.default import *

SECRET_KEY = "of a test"
DATABASES["default"]["NAME"] = "db.sqlite3"
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}
SNAPPEA = {"TASK_ALWAYS_EAGER": True}  # an event is stored before it is answered
BUGSINK = {"INGEST_STORE_BASE_DIR": "ingestion", "PHONEHOME": False}
"""

SERVE = """
import json
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bugsink_conf"
from bugsink.wsgi import application  # which sets Django up for the imports below
from bsmain.models import AuthToken
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from phonehome.models import Installation
from projects.models import Project

call_command("migrate", run_syncdb=True, verbosity=0)
Installation.objects.get_or_create()
project = Project.objects.create(name="jobs")
token = AuthToken.create_full_access().token
server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
server.set_app(application)
host = f"127.0.0.1:{server.server_port}"
print(json.dumps([host, project.sentry_key.hex, project.id, token]), flush=True)
server.serve_forever()
"""


class Bugsink(NamedTuple):
    """A server with one project."""

    host: str
    key: str
    project: int
    token: str

    @property
    def dsn(self) -> str:
        """What an endpoint of it is given."""
        return f"http://{self.key}@{self.host}/{self.project}"

    def issues(self, check: str) -> list[Any]:
        """Return the issues that failures of *check* have made."""
        issues: list[Any] = self._get("issues", project=self.project)["results"]
        return [one for one in issues if one["calculated_value"].startswith(f"{check} failed")]

    def events(self, issue: str) -> list[Any]:
        """Return the events of an issue, each whole, the newest first."""
        return [
            self._get(f"events/{one['id']}") for one in self._get("events", issue=issue)["results"]
        ]

    def _get(self, what: str, **query: Any) -> Any:
        answer = httpx.get(
            f"http://{self.host}/api/canonical/0/{what}/",
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def bugsink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bugsink]:
    if not PYTHON.exists():
        pytest.skip("there is no Bugsink here")
    directory = tmp_path_factory.mktemp("bugsink")
    (directory / "bugsink_conf.py").write_text(SETTINGS)
    (directory / "serve.py").write_text(SERVE)
    facts, log = directory / "facts", directory / "log"
    with facts.open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen([PYTHON, "serve.py"], stdout=out, stderr=err, cwd=directory)
        try:
            yield Bugsink(*json.loads(content(facts, limit_s=FIRST_START_S)))
        finally:
            process.kill()
            process.wait()


def config(bugsink: Bugsink, *, check_ins: str = "false") -> str:
    return f"""
        [endpoints.bugsink]
        service = "sentry"
        dsn = "{bugsink.dsn}"
        events = true
        check_ins = {check_ins}
    """


def fail(cronwrap: Cronwrap, check: str, script: str, **options: str) -> str:
    """Run a job that fails; return what cronwrap itself says of it."""
    words = [f"--{name}={value}" for name, value in options.items()]
    job = ("sh", "-c", f"{script}; exit 3")
    done = cronwrap("-c", check, *words, "-e", "bugsink", "--", *job)
    assert done.returncode == 3
    return done.stderr


def test_a_failure_is_stored_with_its_output(cronwrap: Cronwrap, bugsink: Bugsink) -> None:
    cronwrap.write_config(config(bugsink))

    said = fail(cronwrap, "stored", "printf 'it broke: <é>\\n'", environment="qa")

    assert said == ""
    (issue,) = bugsink.issues("stored")
    (event,) = bugsink.events(issue["id"])
    data = event["data"]
    assert (data["level"], data["environment"], data["platform"]) == ("error", "qa", "other")
    assert data["logentry"]["formatted"].startswith("stored failed: exit status 3 after ")
    assert data["extra"]["output"] == "it broke: <é>\n"
    assert data["extra"]["exit_status"] == 3
    assert data["tags"]["monitor.slug"] == "stored"


def test_failures_of_one_check_are_one_issue(cronwrap: Cronwrap, bugsink: Bugsink) -> None:
    cronwrap.write_config(config(bugsink))

    for check in ("one", "one", "another"):
        fail(cronwrap, check, f"echo {check}")

    assert [issue["digested_event_count"] for issue in bugsink.issues("one")] == [2]
    assert [issue["digested_event_count"] for issue in bugsink.issues("another")] == [1]


def test_output_that_is_long_and_no_utf_8_is_stored(cronwrap: Cronwrap, bugsink: Bugsink) -> None:
    cronwrap.write_config(config(bugsink))

    fail(cronwrap, "a/é", "head -c 150000 /dev/zero | tr '\\0' '\\377'; echo the reason")

    (issue,) = bugsink.issues("a/é")
    output = bugsink.events(issue["id"])[0]["data"]["extra"]["output"]
    assert len(output.encode()) <= 16_000
    assert output.endswith("the reason\n")


def test_where_it_is_sent_check_ins_that_is_told_and_the_failure_is_stored_all_the_same(
    cronwrap: Cronwrap, bugsink: Bugsink
) -> None:
    cronwrap.write_config(config(bugsink, check_ins="true"))

    said = fail(cronwrap, "nightly", "true")

    assert "answered 404 Not Found" in said
    assert "takes check-ins (Bugsink and GlitchTip do not): set events = true and check_ins" in said
    assert bugsink.key not in said
    assert len(bugsink.issues("nightly")) == 1
