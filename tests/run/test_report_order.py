"""What is reported of a run, in which order, and by whom when the job is long."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import CHECK, events, healthchecks, webhook
from tests.support.httpd import Httpd, after, silent
from tests.support.waiting import children, eventually, is_alive, pids_in

UNTIL_GO = 'echo $$ >>"$0/pid"; until [ -e "$0/go" ]; do sleep 0.02; done; exit 6'


@pytest.mark.parametrize("status", [0, 3, 255])
def test_start_and_end_with_one_run_id_and_the_exit_status(
    cronwrap: Cronwrap, httpd: Httpd, status: int
) -> None:
    job = ["sh", "-c", f"echo disk full >&2; exit {status}"]

    done = cronwrap("-c", "nightly", "-e", healthchecks(httpd.url), "--", *job)

    assert (done.returncode, done.stderr) == (status, "disk full\n")
    assert httpd.paths == [f"{CHECK}/start", f"{CHECK}/{status}"]
    start, end = httpd.received
    assert start.query == end.query
    assert len(start.query["rid"]) == 36
    assert (start.method, end.method) == ("POST", "POST")
    assert int(end.headers["content-length"]) == len(end.body)
    assert "transfer-encoding" not in end.headers
    assert start.body == b""
    said = end.body.decode()
    assert said.startswith("nightly succeeded after 0." if status == 0 else "nightly failed: exit")
    assert "disk full\n" in said


def test_a_job_that_ends_at_once_is_reported_in_order(cronwrap: Cronwrap, httpd: Httpd) -> None:
    for _ in range(5):
        cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert httpd.paths == [f"{CHECK}/start", f"{CHECK}/0"] * 5
    assert len({request.query["rid"] for request in httpd.received}) == 5


def test_the_start_is_reported_while_the_job_runs(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    running = cronwrap.start("-e", webhook(httpd), "--", "sh", "-c", UNTIL_GO, tmp_path)

    httpd.wait_for(1)

    assert is_alive(pids_in(tmp_path / "pid")[0])
    assert [event["phase"] for event in events(httpd)] == ["start"]
    (tmp_path / "go").touch()
    assert running.wait().returncode == 6
    assert [event["phase"] for event in events(httpd)] == ["start", "fail"]


def test_of_a_long_job_the_reporter_leaves_and_another_tells_the_end(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    running = cronwrap.start("-e", webhook(httpd), "--", "sh", "-c", UNTIL_GO, tmp_path)
    job = pids_in(tmp_path / "pid")[0]
    eventually(lambda: len(children(running.pid)) == 2)

    eventually(lambda: children(running.pid) == {job})

    (tmp_path / "go").touch()
    done = running.wait()
    assert (done.returncode, done.stderr) == (6, "")
    start, end = events(httpd)
    assert (start["phase"], end["phase"]) == ("start", "fail")
    assert start["run_id"] == end["run_id"]


def test_a_reporter_that_died_is_replaced(cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path) -> None:
    running = cronwrap.start("-e", webhook(httpd), "--", "sh", "-c", UNTIL_GO, tmp_path)
    job = pids_in(tmp_path / "pid")[0]
    httpd.wait_for(1)
    for reporter in children(running.pid) - {job}:
        os.kill(reporter, signal.SIGKILL)
    eventually(lambda: children(running.pid) == {job})

    (tmp_path / "go").touch()

    done = running.wait()
    assert (done.returncode, done.stderr) == (6, "")
    assert [event["phase"] for event in events(httpd)] == ["start", "fail"]


def test_a_reporter_that_dies_of_the_end_is_replaced_once_more(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.answers = [200, silent()]
    running = cronwrap.start("-e", webhook(httpd), "--", "true")
    httpd.wait_for(2)
    for reporter in children(running.pid):
        os.kill(reporter, signal.SIGKILL)

    done = running.wait()

    assert (done.returncode, done.stderr) == (0, "")
    assert [event["phase"] for event in events(httpd)] == ["start", "success", "success"]


def test_a_start_that_is_answered_late_comes_before_its_end_all_the_same(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.answers = [after(0.5)]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert (done.returncode, done.stderr) == (0, "")
    start, end = httpd.received
    assert (start.path, end.path) == (f"{CHECK}/start", f"{CHECK}/0")
    assert end.at_s - start.at_s >= 0.5


def test_a_start_that_failed_is_not_tried_again_after_the_end(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.answers = [after(0.3, 503)]

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert (done.returncode, done.stderr) == (0, "")
    assert httpd.paths == [f"{CHECK}/start", f"{CHECK}/0"]


def test_an_endpoint_is_told_only_of_the_phases_that_it_wants(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    config = f"""
        [endpoints.failures]
        service = "webhook"
        url = "{httpd.url}/hook"
        on = ["fail"]
    """

    cronwrap("-e", "failures", "--", "true", config=config)
    cronwrap("-e", "failures", "--", "false")

    assert [event["phase"] for event in events(httpd)] == ["fail"]


def test_the_same_endpoint_twice_is_told_once(cronwrap: Cronwrap, httpd: Httpd) -> None:
    hook = ("-e", webhook(httpd))

    cronwrap(*hook, *hook, "--", "true")

    assert [event["phase"] for event in events(httpd)] == ["start", "success"]
