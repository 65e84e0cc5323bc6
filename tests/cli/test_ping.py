"""``cronwrap ping``: one event by hand, to where the check reports."""

import json

import pytest

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd


@pytest.mark.parametrize("phase", ["start", "success", "fail", "log"])
def test_each_phase_is_told_to_the_endpoint_of_the_configuration(
    cronwrap: Cronwrap, httpd: Httpd, phase: str
) -> None:
    cronwrap.write_config(
        f'[endpoints.ops]\nservice = "webhook"\nurl = "{httpd.url}/hook"\n[checks.x]\nendpoint = "ops"\n'
    )

    done = cronwrap("ping", "x", "--phase", phase, "--detail", "by hand", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    (event,) = [json.loads(request.body) for request in httpd.received]
    assert (said["schema"], said["fine"]) == ("cronwrap-ping/1", True)
    assert [one["outcome"] for one in said["sent"]] == ["accepted"]
    assert (event["phase"], event["check"], event["run_id"]) == (phase, "x", said["run_id"])
    assert event["detail"] == "by hand"


def test_where_the_last_run_reported_it_is_told_and_nothing_is_recorded(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap("-c", "x", "-e", f"webhook+{httpd.url}/hook", "--", "true")

    done = cronwrap("ping", "x", "--phase", "fail", "--run-id", "0f2a9a53")

    assert done.returncode == 0
    event = json.loads(httpd.received[-1].body)
    assert (event["phase"], event["exit_status"], event["run_id"]) == ("fail", 1, "0f2a9a53")
    assert len(json.loads(cronwrap("history", "--json").stdout)["runs"]) == 1


def test_what_is_not_accepted_is_said_and_kept(cronwrap: Cronwrap, refusing_url: str) -> None:
    done = cronwrap("ping", "x", "--phase", "success", "-e", f"webhook+{refusing_url}/hook")

    assert done.returncode == 1
    assert "undelivered" in done.stdout
    assert len(json.loads(cronwrap("flush", "--list", "--json").stdout)["reports"]) == 1


def test_what_an_endpoint_is_not_told_of_is_not_said_to_be_accepted(
    cronwrap: Cronwrap, refusing_url: str
) -> None:
    cronwrap.write_config(
        f'[endpoints.ops]\nservice = "webhook"\nurl = "{refusing_url}/hook"\non = ["fail"]\n'
    )

    by_hand = cronwrap("ping", "x", "--phase", "start", "-e", "ops")
    run = cronwrap("-c", "x", "-e", "ops", "--verbose", "--", "true")

    untold = f"ops ({refusing_url}/…): nothing was sent, it is not told of a"
    assert (by_hand.returncode, by_hand.stdout) == (0, f"{untold} start\n")
    assert f"{untold} start\n" in run.stderr
    assert f"{untold} success\n" in run.stderr
    assert "accepted" not in run.stderr


def test_without_an_endpoint_there_is_nobody_to_tell(cronwrap: Cronwrap) -> None:
    done = cronwrap("ping", "x", "--phase", "log")

    assert done.returncode == 2
    assert "there is no endpoint for the check x, and none is given" in done.stderr
    assert "hint: give --endpoint, or write endpoint" in done.stderr
