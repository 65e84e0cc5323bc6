"""What a job that has succeeded leaves behind lives on, and does not hold the command."""

import subprocess
from pathlib import Path

from tests.support.command import Cronwrap
from tests.support.observe import job, printed
from tests.support.waiting import content, eventually, is_alive, pids_in

# A daemon in a session of its own that goes on when the file $0/go is there.
LATER = """
(setsid sh -c 'echo $$ >"$0/pid"
    until [ -e "$0/go" ]; do sleep 0.02; done
    {later}
    echo so far >"$0/after"
    exec sleep 1000' "$0" &)
until [ -s "$0/pid" ]; do sleep 0.01; done
"""


def test_a_daemon_lives_on_and_its_hold_on_our_pipe_does_not_hold_us(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"

    done = cronwrap("--", *job("leave_daemon.sh", pid_file))

    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
    assert is_alive(pids_in(pid_file)[0])


def test_nor_does_it_hold_cron_which_waits_for_the_end_of_its_own_pipe(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    leave = job("leave_daemon.sh", tmp_path / "pid")

    running = cronwrap.start("--", *leave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output, _ = running.process.communicate(timeout=20)

    assert output == b"left\n"
    assert is_alive(pids_in(tmp_path / "pid")[0])


def test_a_daemon_that_writes_later_is_not_killed_by_it(cronwrap: Cronwrap, tmp_path: Path) -> None:
    text = LATER.format(later="echo to stdout; echo to stderr >&2")
    assert cronwrap("--", "sh", "-c", text, tmp_path).returncode == 0

    (tmp_path / "go").touch()

    assert content(tmp_path / "after") == "so far\n"
    assert is_alive(pids_in(tmp_path / "pid")[0])


def test_a_daemon_that_writes_much_later_on_is_not_stopped_by_a_full_pipe(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    text = LATER.format(later="head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")
    assert cronwrap("--", "sh", "-c", text, tmp_path).returncode == 0

    (tmp_path / "go").touch()

    assert content(tmp_path / "after") == "so far\n"


def test_nothing_of_ours_stays_when_the_daemon_has_ended(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    text = LATER.format(later="exit")
    cronwrap("--", "sh", "-c", text, tmp_path)
    assert cronwrap.processes() != set()

    (tmp_path / "go").touch()

    eventually(lambda: not cronwrap.processes())


def test_a_daemon_that_never_stops_writing_does_not_hold_us(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    chatty = "while :; do echo again; sleep 0.02; done"
    text = f'(setsid sh -c \'echo $$ >"$0"; {chatty}\' "$0" &); sleep 0.1'

    done = cronwrap("--", "sh", "-c", text, tmp_path / "pid")

    assert done.returncode == 0
    assert is_alive(pids_in(tmp_path / "pid")[0])


def test_what_was_written_just_before_the_exit_is_all_there(cronwrap: Cronwrap) -> None:
    count = 900_000  # less than a pipe holds, so that the job has ended before it is read

    done = cronwrap("--", *job("print_bytes.py", count))

    assert done.stdout_bytes == printed(count)


def test_what_both_streams_were_given_just_before_the_exit_is_all_there(
    cronwrap: Cronwrap,
) -> None:
    count = 300_000
    out, err = job("print_bytes.py", count, 1), job("print_bytes.py", count, 2)
    text = f"{' '.join(err)} & {' '.join(out)}; wait"

    done = cronwrap("--", "sh", "-c", text)

    assert done.stdout_bytes == printed(count)
    assert done.stderr_bytes == printed(count)


def test_what_a_child_in_the_background_writes_soon_after_is_there(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", "sh", "-c", "(sleep 0.02; echo late) & echo early")

    assert done.stdout == "early\nlate\n"
