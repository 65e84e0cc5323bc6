"""Any program: it gets the event, and nothing secret is in its arguments."""

import json

import pytest

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, Event
from tests.support.command import Cronwrap

FAILED = Event(check="nightly", run_id="r", phase=FAIL, exit_status=3, output=b"boo \xff\n")
CONFIG = """
[endpoints.own]
service = "command"
argv = ["sh", "-c", 'cat >> "$OUT"; echo "$TOKEN" >> "$OUT"', "notify"]
environment = {{ OUT = "{out}", TOKEN = "t0ken-of-no-one" }}
"""


def test_the_program_gets_what_a_webhook_gets() -> None:
    by_command = services.from_table(
        "c", {"service": "command", "argv": ["x"]}, origin="c", environ={}
    ).render(FAILED, {})[0]
    by_webhook = services.from_url("https://h/x", where="t", environ={}).render(FAILED, {})[0]

    assert json.loads(by_command.stdin) == json.loads(by_webhook.body)
    assert by_command.stdin.endswith(b"\n")


def test_a_run_tells_a_program_of_start_and_end(cronwrap: Cronwrap) -> None:
    out = cronwrap.directory / "out"

    done = cronwrap("--endpoint", "own", "--", "false", config=CONFIG.format(out=out))

    assert (done.returncode, done.stderr) == (1, "")
    lines = out.read_text().splitlines()
    assert [json.loads(line)["phase"] for line in lines[::2]] == ["start", "fail"]
    assert lines[1::2] == ["t0ken-of-no-one"] * 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "argv must be given"),
        ({"argv": [""]}, "argv must be a list"),
        ({"argv": ["a\0b"]}, "argv must be a list"),
        ({"argv": ["a"], "environment": {"A=B": "c"}}, "environment must be a table"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError, match=message):
        services.from_table("c", {"service": "command", **settings}, origin="c", environ={})
