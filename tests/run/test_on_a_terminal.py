"""On a terminal the job is in the foreground, as it would be without us."""

import signal

from tests.support.command import Cronwrap
from tests.support.observe import job
from tests.support.terminal import CTRL_BACKSLASH, CTRL_C, CTRL_Z, on_terminal
from tests.support.waiting import children, eventually, is_alive, is_stopped


def test_the_job_reads_from_the_terminal(cronwrap: Cronwrap) -> None:
    with on_terminal(
        cronwrap, "--", "sh", "-c", 'read line; echo "read $line"; exit 3'
    ) as terminal:
        terminal.type(b"hello\n")
        assert terminal.wait() == 3

    assert b"read hello\r\n" in terminal.screen


def test_the_job_is_in_the_foreground_of_its_terminal(cronwrap: Cronwrap) -> None:
    with on_terminal(
        cronwrap, "--", "sh", "-c", "ps -o stat= -p $$; exec cat </dev/tty"
    ) as terminal:
        terminal.wait_for(b"+\r\n")
        terminal.type(b"mirror\n\x04")
        assert terminal.wait() == 0

    assert terminal.screen.count(b"mirror\r\n") == 2  # the echo, and cat's


def test_what_the_job_writes_is_shown_as_it_comes(cronwrap: Cronwrap) -> None:
    with on_terminal(cronwrap, "--", "sh", "-c", "printf out; printf err >&2; read x") as terminal:
        terminal.wait_for(b"outerr")
        terminal.type(b"\n")
        assert terminal.wait() == 0


def test_not_captured_the_job_sees_the_terminal_itself(cronwrap: Cronwrap) -> None:
    with on_terminal(
        cronwrap, "--no-capture", "--", "sh", "-c", "test -t 1 && test -t 2"
    ) as terminal:
        assert terminal.wait() == 0


def test_ctrl_c_reaches_the_job_exactly_once(cronwrap: Cronwrap) -> None:
    with on_terminal(cronwrap, "--", *job("name_signals.sh", "INT", "TERM")) as terminal:
        terminal.wait_for(b"ready")
        for count in (1, 2, 3):
            terminal.type(CTRL_C)
            terminal.wait_for(b"got INT", count)
        terminal.process.send_signal(signal.SIGTERM)  # a second INT would have come before it
        terminal.wait_for(b"got TERM")
        assert terminal.screen.count(b"got INT") == 3


def test_ctrl_c_ends_a_job_that_does_not_catch_it(cronwrap: Cronwrap) -> None:
    for keys, number in ((CTRL_C, signal.SIGINT), (CTRL_BACKSLASH, signal.SIGQUIT)):
        steps = "ulimit -c 0; echo ready; exec sleep 60"
        with on_terminal(cronwrap, "--", "sh", "-c", steps) as terminal:
            terminal.wait_for(b"ready")
            terminal.type(keys)
            assert terminal.wait() == 128 + number


def test_a_job_may_catch_ctrl_c_and_go_on(cronwrap: Cronwrap) -> None:
    steps = "trap 'echo caught' INT; echo ready; read x; read y; echo went on"
    with on_terminal(cronwrap, "--", "bash", "-c", steps) as terminal:
        terminal.wait_for(b"ready")
        terminal.type(CTRL_C)
        terminal.wait_for(b"caught")
        terminal.type(b"\n\n")
        assert terminal.wait() == 0

    assert b"went on" in terminal.screen


def test_ctrl_z_stops_both_and_fg_goes_on_with_both(cronwrap: Cronwrap) -> None:
    steps = "echo begun; read line; echo read $line; exit 5"
    shell = ["bash", "--norc", "--noediting", "-i", "-c"]
    # The shell with job control that a person has: it sees us stop, and shows its prompt.
    text = """PS1=; "$@"; echo "stopped: $?"; read go; fg; echo "ended: $?" """
    with on_terminal(cronwrap, "--", "sh", "-c", steps, via=[*shell, text, "bash"]) as terminal:
        terminal.wait_for(b"begun")
        terminal.type(CTRL_Z)
        terminal.wait_for(b"stopped: 148")
        (wrapper,) = children(terminal.process.pid)
        (process,) = children(wrapper)
        eventually(lambda: is_stopped(wrapper) and is_stopped(process))
        terminal.type(b"\n")
        eventually(lambda: not is_stopped(wrapper) and not is_stopped(process))
        terminal.type(b"typed\n")
        terminal.wait_for(b"ended: 5")

    assert b"read typed\r\n" in terminal.screen


def test_ctrl_z_stops_nobody_where_no_shell_could_go_on_with_it(cronwrap: Cronwrap) -> None:
    # The command leads the session, as under `ssh -t` or `docker run -t`: an orphaned group.
    with on_terminal(cronwrap, "--", "sh", "-c", "echo begun; read x; exit 5") as terminal:
        terminal.wait_for(b"begun")
        terminal.type(CTRL_Z)
        terminal.wait_for(b"^Z")
        terminal.type(b"\n")
        assert terminal.wait() == 5


def test_a_timeout_ends_a_job_that_waits_for_the_keyboard(cronwrap: Cronwrap) -> None:
    with on_terminal(cronwrap, "--timeout", "0.3", "--", "sh", "-c", "read line") as terminal:
        assert terminal.wait() == 124


def test_hanging_up_ends_the_job(cronwrap: Cronwrap) -> None:
    with on_terminal(cronwrap, "--", "sh", "-c", "echo begun; exec sleep 60") as terminal:
        terminal.wait_for(b"begun")
        (process,) = children(terminal.process.pid)

        terminal.hang_up()
        assert terminal.process.wait() == 128 + signal.SIGHUP

    assert not is_alive(process)
