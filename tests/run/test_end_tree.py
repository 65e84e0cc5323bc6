"""A timeout ends all that the job has started, wherever it went."""

import fcntl
import sys
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.observe import job
from tests.support.waiting import is_alive, pids_in

# Ignores TERM, writes its pid to the file $0 and stays. What starts it ($1) stays too.
STAY = "trap '' TERM; echo $$ >>\"$0\"; exec sleep 1000"
WAYS = {
    "child": 'sh -c "$1" "$0" & wait',
    "session": 'setsid sh -c "$1" "$0" & wait',
    "daemon": '(setsid sh -c "$1" "$0" &) ; sleep 1000',
    "orphan": '(sh -c "$1" "$0" &) ; sleep 1000',
}
OWN_GROUP = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setpgid(0, 0)
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(1000)
"""
# What this forks lives for less than a millisecond, forks, and ends; all of it hold the lock on
# the file, and end after a while by themselves: a mistake must not flood the machine.
FORK_ON_AND_ON = """
import fcntl, os, signal, sys, time
until = time.monotonic() + 15
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    while time.monotonic() < until:
        if os.fork():
            os._exit(0)
    os._exit(0)
if sys.argv[2] == "obey":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
print("ready", flush=True)
time.sleep(15)
"""
QUICK = ("--timeout", "2s", "--kill-after", "200ms")  # an interpreter has to start


@pytest.mark.parametrize("way", WAYS)
def test_what_ignores_term_is_gone_after_the_grace(
    cronwrap: Cronwrap, tmp_path: Path, way: str
) -> None:
    pid_file = tmp_path / "pids"

    done = cronwrap(*QUICK, "--", "sh", "-c", WAYS[way], pid_file, STAY)

    assert done.returncode == 124
    assert not is_alive(pids_in(pid_file)[0])
    assert cronwrap.processes() == set()


def test_what_left_the_process_group_is_gone_after_the_grace(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pids"

    done = cronwrap(*QUICK, "--", sys.executable, "-I", "-S", "-c", OWN_GROUP, pid_file)

    assert done.returncode == 124
    assert not is_alive(pids_in(pid_file)[0])
    assert cronwrap.processes() == set()


def test_a_whole_tree_is_gone(cronwrap: Cronwrap, tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"

    done = cronwrap("-t", "1s", "--kill-after", "200ms", "--", *job("grow_tree.sh", 3, pid_file))

    assert done.returncode == 124
    assert not any(map(is_alive, pids_in(pid_file, 15)))
    assert cronwrap.processes() == set()


def test_what_outlives_the_job_itself_is_gone(cronwrap: Cronwrap, tmp_path: Path) -> None:
    """The job obeys TERM at once; its child, which does not, is waited for and killed."""
    pid_file = tmp_path / "pids"

    done = cronwrap(*QUICK, "--", "sh", "-c", WAYS["child"], pid_file, STAY)

    assert done.returncode == 124
    assert not is_alive(pids_in(pid_file)[0])


@pytest.mark.parametrize("leader", ["ignore", "obey"])
def test_a_job_that_forks_on_and_on_is_gone(
    cronwrap: Cronwrap, tmp_path: Path, leader: str
) -> None:
    lock = tmp_path / "lock"

    done = cronwrap(*QUICK, "--", sys.executable, "-I", "-S", "-c", FORK_ON_AND_ON, lock, leader)

    assert (done.returncode, done.stdout) == (124, "ready\n")
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody holds it any more


def test_a_job_that_starts_more_and_more_is_gone(cronwrap: Cronwrap) -> None:
    text = "trap '' TERM; while :; do sleep 1000 & sleep 0.01; done"

    assert cronwrap(*QUICK, "--", "sh", "-c", text).returncode == 124
    assert cronwrap.processes() == set()
