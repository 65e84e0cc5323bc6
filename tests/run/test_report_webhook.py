"""A webhook gets the whole event, signed, in the way that its owner wants it."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta

import pytest

from tests.support.command import Cronwrap
from tests.support.events import events, webhook
from tests.support.httpd import Httpd

SIGNING = "a-signing-secret-of-32-characters"


def config(httpd: Httpd, more: str = "") -> str:
    return f"""
        [endpoints.hook]
        service = "webhook"
        url = "{httpd.url}/hook"
        {more}
    """


def run(cronwrap: Cronwrap, text: str, *options: str) -> None:
    words = ("-c", "nightly", *options, "-e", "hook", "--", "sh", "-c", "echo 'a \"b\" ü'; exit 3")
    done = cronwrap(*words, config=text)
    assert (done.returncode, done.stderr) == (3, "")


def test_the_event_is_json_with_all_that_is_known(cronwrap: Cronwrap, httpd: Httpd) -> None:
    options = ("--tag", "team=billing", "--environment", "staging")

    run(cronwrap, config(httpd), *options)

    start, end = events(httpd)
    for event in (start, end):
        assert event["schema"] == "cronwrap/1"
        assert (event["check"], event["environment"]) == ("nightly", "staging")
        assert event["tags"] == {"team": "billing"}
        assert event["delivered_late"] is False
    assert (start["phase"], end["phase"], end["reason"]) == ("start", "fail", "exit")
    assert (end["exit_status"], end["output"], end["output_bytes"]) == (3, 'a "b" ü\n', 9)
    assert start["run_id"] == end["run_id"]
    began, ended = map(datetime.fromisoformat, (end["started_at"], end["finished_at"]))
    assert began.utcoffset() == timedelta(0)
    assert abs((ended - began).total_seconds() - end["duration_s"]) < 0.1
    assert {"duration_s", "exit_status", "output"}.isdisjoint(start)


def test_each_event_has_a_key_of_its_own(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.answers = [200, 503]

    run(cronwrap, config(httpd))

    rid = events(httpd)[0]["run_id"]
    keys = [request.headers["idempotency-key"] for request in httpd.received]
    assert keys[0].startswith(f"{rid}/start/")
    assert keys[1].startswith(f"{rid}/fail/")
    assert keys[2] == keys[1]
    assert {request.headers["content-type"] for request in httpd.received} == {"application/json"}
    assert {request.method for request in httpd.received} == {"POST"}
    assert httpd.received[0].headers["user-agent"].startswith("cronwrap/")


def test_every_body_is_signed(cronwrap: Cronwrap, httpd: Httpd) -> None:
    run(cronwrap, config(httpd, f'secret = "{SIGNING}"'))

    for request in httpd.received:
        digest = hmac.new(SIGNING.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-cronwrap-signature"] == f"sha256={digest}"


def test_without_a_secret_there_is_no_signature(cronwrap: Cronwrap, httpd: Httpd) -> None:
    run(cronwrap, config(httpd))

    assert "x-cronwrap-signature" not in httpd.received[0].headers


@pytest.mark.parametrize("given", ["env:HOOK_KEY", "file:{path}"])
def test_a_header_may_come_from_elsewhere(cronwrap: Cronwrap, httpd: Httpd, given: str) -> None:
    path = cronwrap.directory / "key"
    path.write_text("from-elsewhere\n")
    cronwrap.environ["HOOK_KEY"] = "from-elsewhere"
    headers = f'headers = {{ X-Api-Key = "{given.format(path=path)}", X-Plain = "1" }}'

    run(cronwrap, config(httpd, headers))

    for request in httpd.received:
        assert request.headers["x-api-key"] == "from-elsewhere"
        assert request.headers["x-plain"] == "1"


def test_method_and_body_may_be_ones_own(cronwrap: Cronwrap, httpd: Httpd) -> None:
    own = 'method = "PUT"\ntext = "{check}: {phase} of {environment}"'

    run(cronwrap, config(httpd, own), "--environment", "staging")

    assert [(request.method, request.body) for request in httpd.received] == [
        ("PUT", b"nightly: start of staging"),
        ("PUT", b"nightly: fail of staging"),
    ]


def test_json_may_be_ones_own(cronwrap: Cronwrap, httpd: Httpd) -> None:
    own = 'json = { text = "{summary}", status = "{exit_status}", log = "{output}" }'

    run(cronwrap, config(httpd, own))

    said = json.loads(httpd.bodies[-1])
    assert said["text"].startswith("nightly failed: exit status 3 after ")
    assert (said["status"], said["log"]) == (3, 'a "b" ü\n')


def test_any_2xx_is_accepted(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.answers = [202, 204]

    assert cronwrap("-e", webhook(httpd), "--", "true").stderr == ""
    assert len(httpd.received) == 2
