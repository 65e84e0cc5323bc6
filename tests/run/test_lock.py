"""Two runs that must not be at the same time: who gets the lock, and when it is free again."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cronwrap.run.lock import Holder, Lock
from tests.support.command import Cronwrap, Running
from tests.support.events import events, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job
from tests.support.waiting import content, eventually, is_alive, pids_in

SKIP = ("--overlap", "skip")
# Holds the lock of a file whose path it is given, and lies about who it is.
LIAR = """
import fcntl, os, sys, time
fd = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(fd, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(100)
"""

# Three processes, each of which takes the lock and makes a directory that nobody else may see.
CONTENDERS = """
import os, sys
from cronwrap.run.lock import Lock

alone = sys.argv[1] + "/alone"
others = []
while len(others) < 2 and (pid := os.fork()):
    others.append(pid)
lock = Lock(sys.argv[1], "x")
for _ in range(300):
    while not lock.take({}):
        os.sched_yield()
    os.mkdir(alone)
    os.rmdir(alone)
    lock.release()
if pid:
    sys.exit(any([os.waitpid(pid, 0)[1] for pid in others]))
"""


def hold(cronwrap: Cronwrap, *options: str, check: str = "x") -> Running:
    """Start a run that has the lock until it is ended."""
    running = cronwrap.start("-c", check, *options, "--", "sh", "-c", "echo held; exec sleep 100")
    running.wait_for_output(b"held\n")
    return running


def runs(cronwrap: Cronwrap, *options: str, check: str = "x", command: str = "echo ran") -> bool:
    """Tell whether a run that is begun now starts its job."""
    done = cronwrap("-c", check, *options, "--", "sh", "-c", command)
    assert done.returncode == 0, done
    return done.stdout == "ran\n"


def locks(cronwrap: Cronwrap) -> list[Path]:
    return sorted((cronwrap.state_dir / "locks").glob("*"))


def test_without_an_option_two_runs_overlap_and_no_lock_is_made(cronwrap: Cronwrap) -> None:
    hold(cronwrap)

    assert runs(cronwrap)
    assert runs(cronwrap, "--overlap", "allow", "--lock", "other")
    assert not (cronwrap.state_dir / "locks").exists()


def test_a_run_that_overlaps_is_skipped_and_its_only_event_says_who_holds_the_lock(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    running = hold(cronwrap, *SKIP)

    done = cronwrap("-c", "x", *SKIP, "-e", webhook(httpd), "--", "touch", "started")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (cronwrap.directory / "started").exists()
    (event,) = events(httpd)
    assert (event["phase"], event["reason"]) == ("log", "overlap")
    holder = f"the lock x is held by check x, pid {running.pid}, since 20"
    assert event["detail"].startswith(holder)
    assert event["summary"].startswith("x was skipped on ")
    facts = recorded(cronwrap)
    assert (facts["phase"], facts["reason"], facts["exit_status"]) == ("log", "overlap", None)


def test_verbose_says_on_standard_error_that_a_run_was_skipped(cronwrap: Cronwrap) -> None:
    hold(cronwrap, *SKIP)

    done = cronwrap("-v", "-c", "x", *SKIP, "--", "true")

    begin = "cronwrap: check x: the job was not started: the lock x is held by check x, pid "
    assert done.stderr.startswith(begin)


def test_the_lock_is_free_when_the_job_has_ended_and_its_file_is_gone(cronwrap: Cronwrap) -> None:
    running = hold(cronwrap, *SKIP)
    (file,) = locks(cronwrap)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700

    running.send_signal(signal.SIGTERM)
    running.wait()

    assert locks(cronwrap) == []
    assert runs(cronwrap, *SKIP)


def test_a_holder_that_is_killed_frees_the_lock(cronwrap: Cronwrap) -> None:
    running = hold(cronwrap, *SKIP)

    os.kill(running.pid, signal.SIGKILL)
    running.wait()

    assert len(locks(cronwrap)) == 1  # it could not remove it
    assert runs(cronwrap, *SKIP)
    assert locks(cronwrap) == []


def test_what_a_killed_holder_has_forked_does_not_hold_the_lock(
    cronwrap: Cronwrap, deaf_url: str
) -> None:
    running = hold(cronwrap, *SKIP, "-e", deaf_url)
    eventually(lambda: len(cronwrap.processes()) > 1)  # its reporter, which hangs

    os.kill(running.pid, signal.SIGKILL)
    running.wait()

    assert runs(cronwrap, *SKIP)


def test_a_daemon_that_the_job_leaves_behind_does_not_hold_the_lock(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    done = cronwrap("-c", "x", *SKIP, "--", *job("leave_daemon.sh", pid_file))
    assert done.returncode == 0
    (daemon,) = pids_in(pid_file)

    assert runs(cronwrap, *SKIP)
    assert is_alive(daemon)


def test_the_lock_is_free_while_the_end_is_still_being_reported(
    cronwrap: Cronwrap, deaf_url: str
) -> None:
    first = cronwrap.start("-c", "x", *SKIP, "-e", deaf_url, "--", "sh", "-c", "echo ended")
    first.wait_for_output(b"ended")

    eventually(lambda: runs(cronwrap, *SKIP))

    assert first.process.poll() is None


def test_checks_may_share_a_lock_and_others_are_not_held_up(cronwrap: Cronwrap) -> None:
    hold(cronwrap, *SKIP, "--lock", "database", check="dump")

    assert not runs(cronwrap, *SKIP, "--lock", "database", check="vacuum")
    assert not runs(cronwrap, *SKIP, check="database")  # the name of its own lock
    assert runs(cronwrap, *SKIP, check="dump")
    assert runs(cronwrap, *SKIP, "--lock", "Database", check="vacuum")


@pytest.mark.parametrize("name", ["../../x", "a b\nc", "é", b"\xff", "x" * 1000, ".", "%2E"])
def test_any_name_is_the_name_of_a_lock(cronwrap: Cronwrap, name: str | bytes) -> None:
    words = ("-c", "x", *SKIP, "--lock", name, "--", "ls")

    done = cronwrap(*words, cwd=cronwrap.directory)
    seen = cronwrap("-c", "x", *SKIP, "--lock", name, "--", "ls", cronwrap.state_dir / "locks")

    assert (done.returncode, done.stderr) == (0, "")
    (file,) = seen.stdout.splitlines()
    assert file.isascii()


def test_with_lock_per_args_only_the_same_command_line_is_held_up(cronwrap: Cronwrap) -> None:
    options = (*SKIP, "--lock-per-args")
    cronwrap.start(
        "-c", "x", *options, "--", "sh", "-c", "echo held; sleep 100", "eu"
    ).wait_for_output(b"held")

    same = cronwrap("-c", "x", *options, "--", "sh", "-c", "echo held; sleep 100", "eu")
    other = cronwrap("-c", "x", *options, "--", "sh", "-c", "echo ran", "us")

    assert same.stdout == ""
    assert other.stdout == "ran\n"


def test_so_many_may_hold_a_lock_and_no_more(cronwrap: Cronwrap) -> None:
    two = (*SKIP, "--lock", "few", "--max-parallel", "2")
    first = hold(cronwrap, *two, check="a")
    hold(cronwrap, *two, check="b")

    done = cronwrap("-c", "c", *two, "--", "echo", "ran")

    assert done.stdout == ""
    assert f"pid {first.pid}, " in recorded(cronwrap)["detail"]  # the oldest
    assert recorded(cronwrap)["detail"].endswith(" and 1 more")
    first.send_signal(signal.SIGTERM)
    first.wait()
    assert runs(cronwrap, *two, check="c")


def test_of_many_that_begin_at_once_each_gets_the_lock_and_never_two(cronwrap: Cronwrap) -> None:
    alone = "mkdir alone || echo two >>together; echo in >>together; sleep 0.03; rmdir alone"
    waiting = [
        cronwrap.start("-c", "x", "--overlap", "wait", "--", "sh", "-c", alone) for _ in range(10)
    ]

    for running in waiting:
        assert running.wait().returncode == 0

    assert (cronwrap.directory / "together").read_text() == 10 * "in\n"
    assert locks(cronwrap) == []


def test_the_file_of_a_lock_tells_people_who_holds_it_but_no_secret(cronwrap: Cronwrap) -> None:
    command = ["sh", "-c", "echo held; exec sleep 100", "--password=hunter2hunter2"]

    running = cronwrap.start("-c", "a\nb", *SKIP, "--", *command)

    running.wait_for_output(b"held")
    (file,) = locks(cronwrap)
    lines = dict(line.split(": ", 1) for line in content(file).splitlines())
    assert (lines["pid"], lines["check"]) == (str(running.pid), "a b")
    assert lines["command"].startswith("sh -c 'echo held;")
    assert "hunter2" not in file.read_text()


def test_a_lock_that_cannot_be_taken_keeps_the_job_from_running(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    (cronwrap.directory / "a-file").touch()
    there = ("--state-dir", cronwrap.directory / "a-file")

    done = cronwrap("-c", "x", *there, *SKIP, "-e", webhook(httpd), "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (125, "")
    said, hint, *_ = done.stderr.splitlines()
    assert said.startswith(f"cronwrap: cannot take the lock x in {there[1]}/locks: ")
    assert (
        hint == "cronwrap: hint: the job did not run: it must not without its lock; see --state-dir"
    )
    assert "the job is not held up" not in done.stderr
    (event,) = events(httpd)
    assert (event["phase"], event["reason"], event["exit_status"]) == ("fail", "not_started", 125)
    assert cronwrap("-c", "x", *there, "--", "echo", "ran").stdout == "ran\n"


def test_a_link_in_the_place_of_a_lock_is_not_followed(cronwrap: Cronwrap) -> None:
    (cronwrap.state_dir / "locks").mkdir(mode=0o700, parents=True)
    (cronwrap.state_dir / "locks" / "x.0").symlink_to(cronwrap.directory / "victim")

    done = cronwrap("-c", "x", *SKIP, "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (125, "")
    assert not (cronwrap.directory / "victim").exists()


def test_a_wrong_policy_keeps_the_job_from_running(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", "--overlap", "maybe", "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (125, "")
    assert "'maybe' is not allow, skip, wait, wait=DURATION or replace" in done.stderr


def test_the_kernel_and_not_the_file_says_who_is_replaced(cronwrap: Cronwrap) -> None:
    innocent = subprocess.Popen(["sleep", "100"])
    (cronwrap.state_dir / "locks").mkdir(mode=0o700, parents=True)
    file = cronwrap.state_dir / "locks" / "x.0"
    file.write_text(f"pid: {innocent.pid}\nclock_s: 1\nsince_unix_s: 1\n")
    liar = subprocess.Popen([sys.executable, "-c", LIAR, file], stdout=subprocess.PIPE)
    assert liar.stdout is not None
    assert liar.stdout.readline() == b"locked\n"

    try:
        assert runs(cronwrap, "--overlap", "replace")
        assert liar.wait(20) == -signal.SIGTERM
        assert innocent.poll() is None
    finally:
        liar.stdout.close()
        for process in (liar, innocent):
            process.kill()
            process.wait()


def test_a_lock_of_flock_1_on_the_same_file_is_another_lock(cronwrap: Cronwrap) -> None:
    (cronwrap.state_dir / "locks").mkdir(mode=0o700, parents=True)
    with (cronwrap.state_dir / "locks" / "x.0").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        assert runs(cronwrap, *SKIP)


def test_a_signal_is_sent_to_nobody_but_the_holder(tmp_path: Path) -> None:
    innocent = subprocess.Popen(["sleep", "100"])
    lock = Lock(str(tmp_path), "x")
    assert lock.take({})
    (held,) = tmp_path.glob("locks/*")
    try:
        # As if the holder had ended, and its number were another's now.
        assert not Holder(str(held), innocent.pid, {}).send(signal.SIGTERM)
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_processes_that_take_and_release_it_all_the_time_never_have_it_both(
    tmp_path: Path,
) -> None:
    (tmp_path / "script").write_text(CONTENDERS)

    done = subprocess.run(
        [sys.executable, tmp_path / "script", tmp_path], capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
