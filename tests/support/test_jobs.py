"""The jobs of other tests behave as they say, without the command before them."""

import os
import signal
import subprocess
from pathlib import Path

from tests.support.observe import Observed, job, observe, printed
from tests.support.waiting import (
    children,
    content,
    descendants,
    eventually,
    is_alive,
    is_stopped,
    pids_in,
    status_of,
)


def test_a_job_is_observed_as_it_was_started(tmp_path: Path) -> None:
    subprocess.run(
        ["nice", "-n", "3", *observe(tmp_path / "seen", "a b", b"\xff", "")],
        env={b"PATH": os.environb[b"PATH"], b"A": b"\xff"},
        cwd=tmp_path,
        input=b"in\0put",
        umask=0o027,
        start_new_session=True,
        check=True,
    )

    seen = Observed.read(tmp_path / "seen")

    assert seen.arguments == [b"a b", b"\xff", b""]
    assert seen.variables == {b"PATH": os.environb[b"PATH"], b"A": b"\xff"}
    assert (seen.cwd, seen.umask, seen.nice) == (str(tmp_path), 0o027, 3)
    assert seen.group == seen.session == seen.pid
    assert seen.parent == os.getpid()
    assert seen.blocked == seen.ignored == set()
    assert seen.stdin == b"in\0put"
    assert set(seen.fds) == {0, 1, 2}
    assert "Max open files" in seen.limits
    assert seen.ionice


def test_what_is_ignored_blocked_closed_or_open_is_observed(tmp_path: Path) -> None:
    wrapped = ["sh", "-c", """trap '' HUP USR1; exec "$@" <&- 7</dev/zero""", "sh"]
    words = [*wrapped, *observe(tmp_path / "seen")]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    try:
        subprocess.run(words, stderr=subprocess.DEVNULL, check=False)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR2})

    seen = Observed.read(tmp_path / "seen")

    assert seen.ignored == {signal.SIGHUP, signal.SIGUSR1}
    assert seen.blocked == {signal.SIGUSR2}
    assert set(seen.fds) == {1, 2, 7}
    assert seen.fds[7] == "/dev/zero"


def test_a_job_that_ignores_sigterm_is_ended_by_sigkill_alone() -> None:
    with subprocess.Popen(job("ignore_signals.sh", "TERM"), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.terminate()
        process.send_signal(signal.SIGSTOP)
        eventually(lambda: is_stopped(process.pid))
        assert is_alive(process.pid)
        process.kill()

    assert process.returncode == -signal.SIGKILL


def test_a_job_names_the_signals_that_it_gets() -> None:
    words = job("name_signals.sh", "USR1", "TERM")
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGUSR1)
        assert process.stdout.readline() == b"got USR1\n"
        process.terminate()
        assert process.stdout.readline() == b"got TERM\n"
        os.killpg(process.pid, signal.SIGKILL)


def test_a_daemon_is_left_that_holds_the_output_open(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    with subprocess.Popen(job("leave_daemon.sh", pid_file, 3), stdout=subprocess.PIPE) as process:
        assert process.wait() == 3
        (pid,) = pids_in(pid_file)
        assert is_alive(pid)
        assert status_of(pid)["PPid"] != str(process.pid)
        assert os.readlink(f"/proc/{pid}/fd/1").startswith("pipe:")  # noqa: PTH115 - no path
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_alive(pid))


def test_a_tree_grows(tmp_path: Path) -> None:
    pid_file = tmp_path / "pids"

    with subprocess.Popen(job("grow_tree.sh", 2, pid_file)) as process:
        pids = pids_in(pid_file, 7)
        assert pids[0] == process.pid
        assert descendants(process.pid) == set(pids[1:])
        assert len(children(process.pid)) == 2
        sessions = {os.getsid(pid) for pid in pids}
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    assert len(sessions) == 4


def test_bytes_are_printed_to_the_last() -> None:
    for count in (0, 1, 16, 200_001):
        assert subprocess.check_output(job("print_bytes.py", count)) == printed(count)


def test_both_streams_are_printed_to(tmp_path: Path) -> None:
    both = tmp_path / "both"
    with both.open("wb") as file:
        subprocess.run(job("print_both.sh", 2), stdout=file, stderr=file, check=True)

    assert content(both) == "out 1\nerr 1\nout 2\nerr 2\n"
