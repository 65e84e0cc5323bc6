"""What is sent to the command reaches the job."""

import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import last, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job
from tests.support.waiting import (
    children,
    eventually,
    is_alive,
    is_stopped,
    pids_in,
    status_of,
)

SETPRIV = shutil.which("setpriv") or ""
BRIEF = ("--kill-after", "200ms")
# exec, because a shell that waits for a vfork(2) that was stopped does not count as stopped
IN_A_GROUP = 'echo $$ >>"$0"; sh -c \'echo $$ >>"$0"; exec sleep 1000\' "$0"; exit'


@pytest.mark.parametrize("name", ["USR1", "USR2", "WINCH", "CONT", "TSTP"])
def test_a_signal_is_passed_on_and_the_job_goes_on(cronwrap: Cronwrap, name: str) -> None:
    running = cronwrap.start(*BRIEF, "--", *job("name_signals.sh", name))
    running.wait_for_output(b"ready")

    running.send_signal(signal.Signals[f"SIG{name}"])
    running.wait_for_output(f"got {name}\n".encode())

    running.send_signal(signal.SIGTERM)
    done = running.wait()
    assert (done.returncode, done.stdout) == (143, f"ready\ngot {name}\n")


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT"])
def test_a_signal_that_ends_us_is_passed_on(cronwrap: Cronwrap, name: str) -> None:
    running = cronwrap.start(*BRIEF, "--", *job("name_signals.sh", name))
    running.wait_for_output(b"ready")

    running.send_signal(signal.Signals[f"SIG{name}"])

    done = running.wait()
    assert (done.returncode, done.stdout) == (137, f"ready\ngot {name}\n")


def test_each_of_several_signals_is_passed_on(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--kill-after", "1s", "--", *job("name_signals.sh", "TERM", "INT"))
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)
    running.wait_for_output(b"got TERM\n")
    running.send_signal(signal.SIGINT)

    assert running.wait().stdout == "ready\ngot TERM\ngot INT\n"


def test_tstp_stops_all_of_the_job_and_cont_wakes_it(cronwrap: Cronwrap, tmp_path: Path) -> None:
    running = cronwrap.start("--", "sh", "-c", IN_A_GROUP, tmp_path / "pids")
    pids = pids_in(tmp_path / "pids", 2)

    running.send_signal(signal.SIGTSTP)
    eventually(lambda: all(map(is_stopped, pids)))
    assert not is_stopped(running.pid)  # to be able to wake it

    running.send_signal(signal.SIGCONT)
    eventually(lambda: not any(map(is_stopped, pids)))


def test_a_signal_that_the_job_is_killed_by_is_its_exit_status(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--", "sh", "-c", "echo ready; exec sleep 1000")
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGUSR1)

    assert running.wait().returncode == 128 + signal.SIGUSR1


@pytest.mark.skipif(
    os.geteuid() != 0 or not SETPRIV, reason="only root can make a job of another user"
)
def test_a_job_that_may_not_be_signalled_is_waited_for(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    """As with sudo: the command belongs to nobody, and the job to root."""
    for directory in [tmp_path, *list(tmp_path.parents)[:-2]]:
        directory.chmod(directory.stat().st_mode | stat.S_IXOTH)
    become_root = tmp_path / "setpriv"
    subprocess.run(["cp", SETPRIV, become_root], check=True)
    become_root.chmod(0o4755)
    as_nobody = (SETPRIV, "--reuid=65534", "--regid=65534", "--clear-groups")
    to_root = ("--reuid=0", "sleep", "1")

    running = cronwrap.start(
        "-e", webhook(httpd), "--", become_root, *to_root, via=as_nobody, cwd=Path("/")
    )
    eventually(lambda: is_roots(running.pid))
    running.send_signal(signal.SIGUSR1)
    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 0
    assert last(httpd)["reason"] == "stopped"


def is_roots(parent: int) -> bool:
    """Tell whether *parent* is nobody's, and has a child that is all root's."""
    users = [status_of(pid).get("Uid", "").split()[:3] for pid in children(parent)]
    return status_of(parent).get("Uid", "").startswith("65534") and ["0"] * 3 in users


def test_signals_that_come_before_the_job_runs_leave_nothing_behind(cronwrap: Cronwrap) -> None:
    """Told to stop at any moment of its beginning: the job has ended, or was never started."""
    for _ in range(10):
        running = cronwrap.start("--", "sleep", "1000")
        while running.process.poll() is None and is_alive(running.pid):
            running.send_signal(signal.SIGTERM)

        assert running.wait().returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)
    assert cronwrap.processes() == set()
