"""Told to stop: the job is told, waited for, killed when it does not end, and all is reported."""

import signal
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import LATER, healthchecks, last, webhook
from tests.support.httpd import Httpd, silent
from tests.support.observe import job
from tests.support.waiting import eventually, is_alive, is_stopped, pids_in

PATIENT = ("--kill-after", "60s")
STAY = ["sh", "-c", "echo ready; exec sleep 1000"]


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT"])
def test_a_stop_is_reported_as_such(cronwrap: Cronwrap, httpd: Httpd, name: str) -> None:
    number = signal.Signals[f"SIG{name}"]
    running = cronwrap.start(*PATIENT, "-e", webhook(httpd), "--", *STAY)
    running.wait_for_output(b"ready")

    running.send_signal(number)

    done = running.wait()
    assert (done.returncode, done.stderr) == (128 + number, "")
    end = last(httpd)
    assert (end["phase"], end["reason"], end["signal"]) == ("fail", "stopped", f"SIG{name}")
    assert end["exit_status"] == 128 + number
    assert end["detail"] == f"cronwrap was told to stop by SIG{name}"


@pytest.mark.parametrize("status", [0, 3])
def test_the_job_is_waited_for_and_its_exit_status_kept(
    cronwrap: Cronwrap, httpd: Httpd, status: int
) -> None:
    clean_up = f"trap 'sleep 0.3; echo cleaned up; exit {status}' TERM; echo ready; sleep 60 & wait"
    running = cronwrap.start(*PATIENT, "-e", webhook(httpd), "--", "sh", "-c", clean_up)
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    done = running.wait()
    assert (done.returncode, done.stdout) == (status, "ready\ncleaned up\n")
    end = last(httpd)
    assert (end["phase"], end["reason"], end["exit_status"]) == ("fail", "stopped", status)


def test_healthchecks_is_told_of_a_failure_even_when_the_job_made_the_best_of_it(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    clean_up = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    running = cronwrap.start("-e", healthchecks(httpd.url), "--", "sh", "-c", clean_up)
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 0
    assert httpd.paths[-1].endswith("/fail")
    assert b"was stopped" in httpd.bodies[-1]


def test_a_job_that_does_not_end_is_killed_after_the_grace(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    ignore = job("ignore_signals.sh", "TERM", "INT", "HUP")
    running = cronwrap.start("--kill-after", "300ms", "-e", webhook(httpd), "--", *ignore)
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 137
    end = last(httpd)
    assert (end["reason"], end["signal"]) == ("stopped", "SIGKILL")
    assert end["oom_killed"] is False
    assert end["duration_s"] >= 0.3


def test_the_whole_tree_is_gone(cronwrap: Cronwrap, tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"
    running = cronwrap.start("--kill-after", "300ms", "--", *job("grow_tree.sh", 3, pid_file))
    pids = pids_in(pid_file, 15)

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 143
    assert not any(map(is_alive, pids))
    assert cronwrap.processes() == set()


def test_a_child_in_another_session_is_told_too(cronwrap: Cronwrap) -> None:
    child = "trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done"
    running = cronwrap.start(*PATIENT, "--", "sh", "-c", f'setsid sh -c "{child}" & wait')
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    assert running.wait().stdout == "ready\nbye\n"


def test_a_job_that_is_stopped_is_woken_to_end(cronwrap: Cronwrap, tmp_path: Path) -> None:
    text = 'echo $$ >"$0"; kill -STOP $$; sleep 1000'
    running = cronwrap.start(*PATIENT, "--", "sh", "-c", text, tmp_path / "pid")
    pid = pids_in(tmp_path / "pid")[0]
    eventually(lambda: is_stopped(pid))

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 143


def test_a_stop_while_a_report_hangs_ends_us_at_once(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    httpd.always = silent()
    text = 'echo $$ >"$0"; exit 4'
    slow = ("--report-budget", "1h", "-c", "nightly", "-e", webhook(httpd))
    running = cronwrap.start(*slow, "--", "sh", "-c", text, tmp_path / "pid")
    pid = pids_in(tmp_path / "pid")[0]
    eventually(lambda: not is_alive(pid))
    httpd.wait_for(1)

    running.send_signal(signal.SIGTERM)

    done = running.wait(limit_s=4.0)  # a start alone would be waited for 5 s
    assert done.returncode == 4
    assert done.stderr == (
        "cronwrap: check nightly: the failure was not reported to "
        f"webhook {httpd.url}/…: cronwrap was told to stop{LATER}\n"
    )
    assert cronwrap.processes() == set()


def test_a_second_stop_does_not_wait_for_reports_either(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    httpd.always = silent()
    text = 'echo $$ >"$0"; exec sleep 1000'
    slow = ("--report-budget", "1h", "-e", webhook(httpd))
    running = cronwrap.start(*slow, "--", "sh", "-c", text, tmp_path / "pid")
    pid = pids_in(tmp_path / "pid")[0]
    httpd.wait_for(1)
    running.send_signal(signal.SIGTERM)
    eventually(lambda: not is_alive(pid))

    running.send_signal(signal.SIGTERM)

    assert running.wait(limit_s=4.0).returncode == 143
