"""The same run told by a vendor's own client and by cronwrap, to one server, field by field.

A difference that is meant is listed with its reason; any other fails. CronRadar's client is not
among them: its licence forbids it.
"""

import gzip
import json
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd, Received, answer
from tests.support.place import by_request

JOB = ("sh", "-c", "echo working; echo it broke >&2; exit 3")
KEY = "4f8a1c0e4f8a1c0e4f8a1c0e4f8a1c0e"
RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"

# Their base URL cannot be set.
CRONITOR = """
import sys, cronitor
cronitor.api_key = "KEY"
class Monitor(cronitor.Monitor):
    def _ping_api_url(self):
        return f"{sys.argv[1]}/p/{self.api_key}/{self.key}"
monitor = Monitor("nightly", env="prod")
monitor.ping(state="run", series="r")
monitor.ping(state="fail", series="r", message="it broke", metrics={"duration": 0.5})
"""
SENTRY = """
import sys, sentry_sdk
from sentry_sdk.crons import MonitorStatus, capture_checkin
sentry_sdk.init(dsn=sys.argv[1], environment="prod", release="1.2", default_integrations=False)
config = {"schedule": {"type": "crontab", "value": "0 2 * * *"}, "timezone": "UTC"}
common = {"monitor_slug": "nightly", "monitor_config": config}
id_ = capture_checkin(status=MonitorStatus.IN_PROGRESS, **common)
capture_checkin(check_in_id=id_, status=MonitorStatus.ERROR, duration=0.5, **common)
sentry_sdk.flush()
"""
NEWRELIC = """
import sys, urllib3
from newrelic_telemetry_sdk import Event, EventClient
class Client(EventClient):  # theirs speaks TLS only
    POOL_CLS = urllib3.HTTPConnectionPool
tags = {"check": "nightly", "phase": "fail", "exitStatus": 3, "duration": 0.5}
Client("k3y", host="127.0.0.1", port=int(sys.argv[1])).send(Event("CronwrapRun", tags))
"""

PROMETHEUS = """
import sys
from prometheus_client import CollectorRegistry, Gauge, pushadd_to_gateway
registry = CollectorRegistry()
Gauge("cronwrap_last_exit_code", "Exit status of the last run.", registry=registry).set(3)
group = {"team": "h/1", "room": "\u00e9"}
pushadd_to_gateway(sys.argv[1], job="night/ly", grouping_key=group, registry=registry)
"""


def run_client(code: str, argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code, argument], env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def compare(
    theirs: Mapping[str, Any],
    ours: Mapping[str, Any],
    *,
    differs: Mapping[str, str],
    not_ours: Mapping[str, str],
    not_theirs: Mapping[str, str],
) -> None:
    """Assert that both say the same, but for what is listed with a reason; null says nothing."""
    theirs = {name: value for name, value in theirs.items() if value is not None}
    assert set(theirs) - set(ours) == set(not_ours)
    assert set(ours) - set(theirs) == set(not_theirs)
    for name in set(theirs) & set(ours):
        assert type(theirs[name]) is type(ours[name]), name
        assert (theirs[name] != ours[name]) == (name in differs), name


def unpacked(request: Received) -> bytes:
    packed = request.headers.get("content-encoding") == "gzip"
    return gzip.decompress(request.body) if packed else request.body


TIMES = {"stamp": "another moment", "series": "cronwrap's is its run id"}


def test_cronitor(httpd: Httpd, cronwrap: Cronwrap) -> None:
    run_client(CRONITOR, httpd.url)
    config = f'[endpoints.c]\nservice = "cronitor"\napi_key = "KEY"\nbase = "{httpd.url}"\n'
    cronwrap("-c", "nightly", "-e", "c", "--environment", "prod", "--", *JOB, config=config)

    their_start, their_fail, start, fail = httpd.received
    for theirs, ours in ((their_start, start), (their_fail, fail)):
        assert (theirs.method, theirs.path, theirs.body) == (ours.method, ours.path, ours.body)
    host = {"host": "theirs knows it on Windows only; Cronitor's own command sends it"}
    compare(their_start.query, start.query, differs=TIMES, not_ours={}, not_theirs=host)
    compare(
        their_fail.query,
        fail.query,
        differs={
            **TIMES,
            "message": "cronwrap's has the summary and the end of the output",
            "metric": "another duration",
        },
        not_ours={},
        not_theirs={**host, "status_code": "Cronitor's own command sends it, theirs not"},
    )
    assert fail.query["metric"].startswith("duration:0.")


def test_sentry(httpd: Httpd, cronwrap: Cronwrap) -> None:
    httpd.always = by_request(lambda one: answer(202 if "/cron/" in one.path else 200, b"{}"))
    dsn = f"http://{KEY}@127.0.0.1:{httpd.port}/42"
    run_client(SENTRY, dsn)
    config = f'[endpoints.s]\nservice = "sentry"\ndsn = "{dsn}"\nrelease = "1.2"\n'
    config += 'schedule = "0 2 * * *"\ntimezone = "UTC"\n'
    cronwrap("-c", "nightly", "-e", "s", "--environment", "prod", "--", *JOB, config=config)

    their_requests = [one for one in httpd.received if "/envelope/" in one.path]
    theirs = [json.loads(unpacked(one).splitlines()[-1]) for one in their_requests]
    ours = [json.loads(one.body) for one in httpd.received if "/cron/" in one.path]
    assert [one["status"] for one in theirs] == [one["status"] for one in ours]
    assert [one["status"] for one in ours] == ["in_progress", "error"]
    assert len({one["check_in_id"] for one in theirs}) == 1
    assert len({one["check_in_id"] for one in ours}) == 1
    their_auth = their_requests[0].headers["x-sentry-auth"]
    assert f"sentry_key={KEY}" in their_auth
    for their, our in zip(theirs, ours, strict=True):
        compare(
            their,
            our,
            differs={
                "check_in_id": "another run",
                "contexts": "cronwrap's has the trace alone, which the run id makes",
                **({"duration": "another duration"} if our["status"] == "error" else {}),
            },
            not_ours=dict.fromkeys(
                ("type", "event_id", "timestamp", "platform", "server_name", "sdk"),
                "dressing of an event, which a check-in does not need",
            ),
            not_theirs={},
        )


def test_newrelic(httpd: Httpd, cronwrap: Cronwrap) -> None:
    httpd.always = answer(200, b'{"success":true}')
    run_client(NEWRELIC, str(httpd.port))
    config = f'[endpoints.n]\nservice = "newrelic"\nlicense_key = "k3y"\nbase = "{httpd.url}"\n'
    cronwrap("-c", "nightly", "-e", "n", "--", *JOB, config=config)

    theirs, _, ours = httpd.received
    assert (theirs.method, theirs.path) == (ours.method, ours.path)
    assert theirs.headers["api-key"] == ours.headers["api-key"]
    assert theirs.headers["content-type"] == ours.headers["content-type"]
    (their_event,), (our_event,) = json.loads(unpacked(theirs)), json.loads(ours.body)
    assert {type(value) for value in our_event.values()} <= {str, int, float}
    more = set(our_event) - set(their_event)
    compare(
        their_event,
        our_event,
        differs={"timestamp": "another moment", "duration": "another duration"},
        not_ours={},
        not_theirs=dict.fromkeys(more, "the client sends what it is given"),
    )


@pytest.mark.parametrize(
    ("mode", "status", "event"),
    [("errors", 0, False), ("errors", 3, True), ("all", 0, True), ("warnings", 3, True)],
)
def test_dogwrap(httpd: Httpd, cronwrap: Cronwrap, mode: str, status: int, event: bool) -> None:  # noqa: FBT001 - of a table
    httpd.always = answer(202, b'{"status":"ok"}')
    job = f"echo working; exit {status}"
    dogwrap = [str(Path(sys.executable).with_name("dogwrap")), "-n", "nightly", "-k", "k3y"]
    subprocess.run(
        [*dogwrap, "-s", httpd.url, "-m", mode, "--warning_codes", "3", "--send_metric", job],
        env={"PATH": "/usr/bin:/bin", "DATADOG_HOST": httpd.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    theirs = list(httpd.received)
    config = f'[endpoints.d]\nservice = "datadog"\napi_key = "k3y"\nbase = "{httpd.url}"\n'
    config += f'events = "{mode}"\n' + ("warning_codes = [3]\n" if mode == "warnings" else "")
    cronwrap("-c", "nightly", "-e", "d", "--", "sh", "-c", job, config=config)
    ours = httpd.received[len(theirs) :]

    assert [one.path for one in theirs if one.path.endswith("/events")] == (
        ["/api/v1/events"] if event else []
    )
    assert [one.path for one in ours if one.path.endswith("/events")] == (
        ["/api/v1/events"] if event else []
    )
    if event:
        assert theirs[-1].headers["dd-api-key"] == ours[-1].headers["dd-api-key"]
        compare(
            json.loads(unpacked(theirs[-1])),
            json.loads(ours[-1].body),
            differs={
                "title": "cronwrap's summary says how it ended",
                "text": "cronwrap's report is no markdown, and keeps the end of the output",
            },
            not_ours={},
            not_theirs={
                "date_happened": "so that what is told late stands at its time",
                "source_type_name": "where it comes from",
                "tags": "dogwrap has none unless given",
            },
        )


def test_pushgateway(httpd: Httpd, cronwrap: Cronwrap) -> None:
    httpd.always = answer(200, b"")
    run_client(PROMETHEUS, httpd.url)
    table = f'service = "pushgateway"\nurl = "{httpd.url}"\ninstance = false\n'
    config = f'[endpoints.p]\n{table}labels = {{ team = "h/1", room = "é" }}\n'
    cronwrap("-c", "night/ly", "-e", "p", "--", *JOB, config=config)

    theirs, start, end = httpd.received
    assert theirs.path.startswith("/metrics/job@base64/")  # what has a slash goes in base64
    for request in (start, end):
        assert (request.method, group(request)) == (theirs.method, group(theirs))
        assert request.headers["content-type"] == theirs.headers["content-type"]
        assert exposition(request).keys() >= {"cronwrap_last_start_timestamp_seconds"}
    exit_code = "cronwrap_last_exit_code"
    assert exposition(end)[exit_code] == exposition(theirs)[exit_code] == ("gauge", 3.0)


def group(request: Received) -> dict[str, str]:
    """Return the labels that a path stands for, in whatever order, as the gateway decodes them."""
    words = request.path.removeprefix("/metrics/").split("/")
    found = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        plain, encoded, _ = name.partition("@base64")
        found[plain] = urlsafe_b64decode(value).decode() if encoded else unquote(value)
    return found


def exposition(request: Received) -> dict[str, tuple[str, float]]:
    """Return type and value of each metric, as the client library itself reads them."""
    families = text_string_to_metric_families(request.body.decode())
    return {family.name: (family.type, family.samples[0].value) for family in families}
