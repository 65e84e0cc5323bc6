"""The fixture that runs the command neither changes what it sees nor leaves anything behind."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap, Golden
from tests.support.waiting import eventually, is_alive, pids_in

INSTEAD = ("sh", "-c", 'shift; exec "$@"', "sh")  # runs the words, and not the command


def test_the_environment_is_path_and_ours_and_what_the_test_says(cronwrap: Cronwrap) -> None:
    done = cronwrap("env", via=INSTEAD, env={**UNMEASURED, "A": b"\xff", "CRONWRAP_CONFIG": None})

    names = {line.split(b"=")[0] for line in done.stdout_bytes.splitlines()}
    assert names - {b"PWD"} == {b"PATH", b"CRONWRAP_STATE_DIR", b"A"}
    assert b"A=\xff\n" in done.stdout_bytes


def test_standard_input_is_empty_unless_there_is_input(cronwrap: Cronwrap) -> None:
    assert cronwrap("cat", via=INSTEAD).stdout == ""
    assert cronwrap("cat", via=INSTEAD, input=b"\0\xff").stdout_bytes == b"\0\xff"


def test_exit_status_and_streams_are_kept_apart(cronwrap: Cronwrap) -> None:
    done = cronwrap("sh", "-c", "echo out; echo err >&2; exit 3", via=INSTEAD)

    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")


def test_a_configuration_is_readable_by_its_owner_only(cronwrap: Cronwrap) -> None:
    cronwrap("true", via=INSTEAD, config="[defaults]\n")

    assert cronwrap.config_file.read_text() == "[defaults]\n"
    assert cronwrap.config_file.stat().st_mode & 0o777 == 0o600


def test_a_started_command_can_be_watched_and_signalled(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("sh", "-c", "echo ready; exec sleep 60", via=INSTEAD)
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == -signal.SIGTERM


def test_a_command_that_does_not_end_fails_the_test_with_its_output(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("sh", "-c", "echo so far; sleep 60", via=INSTEAD)
    running.wait_for_output(b"so far")

    with pytest.raises(AssertionError, match="so far"):
        running.wait(limit_s=0.1)

    assert not is_alive(running.pid)


def test_nothing_outlives_the_test_wherever_it_went(tmp_path: Path) -> None:
    command = Cronwrap(tmp_path)
    pid_file = tmp_path / "pid"
    command("sh", "-c", f"setsid sh -c 'echo $$ >{pid_file}; exec sleep 60' &", via=INSTEAD)
    pid = pids_in(pid_file)[0]
    assert is_alive(pid)

    command.end()

    eventually(lambda: not is_alive(pid))


def test_a_golden_file_is_compared_and_written_only_when_asked(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.out"
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    with pytest.raises(AssertionError, match="UPDATE_GOLDEN=1"):
        golden(path, "text\n")

    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    golden(path, "text\n")
    monkeypatch.setenv("UPDATE_GOLDEN", "0")
    golden(path, "text\n")

    with pytest.raises(AssertionError, match=r"\+other"):
        golden(path, "other\n")
    assert os.listdir(tmp_path) == ["x.out"]  # noqa: PTH208 - names are wanted
