"""As another user than root: in the home directory, with and without one, and without rights."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap
from tests.support.observe import Observed, job, observe, printed
from tests.support.waiting import eventually

UID = 12345  # nobody's: it has no entry in passwd(5)
JOB = ["sh", "-c", "echo ran; exit 3"]
# The interpreter and the checkout may stand in root's own directories: to read them is allowed.
AS_OTHER = [
    "setpriv", "--reuid", str(UID), "--regid", str(UID), "--clear-groups",
    "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search",
]  # fmt: skip
# Root for whom the modes of files hold.
WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root may become another user"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory of the other user's."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    os.chown(path, UID, UID)
    return path


def test_the_job_is_that_users(cronwrap: Cronwrap, home: Path) -> None:
    done = cronwrap("--", "id", "-u", via=AS_OTHER, env={"CRONWRAP_STATE_DIR": home / "state"})

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{UID}\n", "")
    assert (home / "state/runs").stat().st_uid == UID


def test_runs_are_remembered_in_the_home_directory(cronwrap: Cronwrap, home: Path) -> None:
    usual = {"CRONWRAP_STATE_DIR": None, "HOME": home}

    done = cronwrap("--", *JOB, via=AS_OTHER, env=usual)

    assert (done.returncode, done.stderr) == (3, "")
    assert len(list((home / ".local/state/cronwrap/runs").iterdir())) == 1
    assert " sh " in cronwrap("history", via=AS_OTHER, env=usual).stdout
    elsewhere = {**usual, "XDG_STATE_HOME": home / "xdg"}
    assert cronwrap("--", *JOB, via=AS_OTHER, env=elsewhere).stderr == ""
    assert (home / "xdg/cronwrap/runs").is_dir()


def test_without_any_home_the_job_runs_and_nothing_is_left_here(
    cronwrap: Cronwrap, home: Path
) -> None:
    without = {"CRONWRAP_STATE_DIR": None, "CRONWRAP_CONFIG": None, "HOME": None}

    done = cronwrap("--", *JOB, via=AS_OTHER, env=without, cwd=home)

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert "this run is not recorded in /nonexistent/.local/state/cronwrap" in done.stderr
    assert os.listdir(home) == []  # noqa: PTH208 - names are wanted


def test_roots_history_is_not_for_others_and_that_is_told(cronwrap: Cronwrap) -> None:
    cronwrap("true")

    done = cronwrap("history", via=AS_OTHER, env=UNMEASURED)

    assert done.returncode == 2
    message, hint = done.stderr.splitlines()
    file = f"{cronwrap.state_dir}/history.sqlite3"
    assert message.startswith(f"cronwrap: the history in {file} cannot be used: ")
    whose = "another user's: be that user (sudo -u)", "root's: say sudo -u 'root' cronwrap ..."
    assert any(hint.startswith(f"cronwrap: hint: it is {words}, or") for words in whose)


def test_output_goes_to_the_pipe_of_another_user(cronwrap: Cronwrap, home: Path) -> None:
    # As under cron, which opens the pipe as root: it cannot be opened once more by its name.
    via = ["sh", "-c", '"$@" 2>&1 | cat', "sh", *AS_OTHER]

    done = cronwrap(
        "--", *job("print_bytes.py", 2_000_000), via=via, env={"CRONWRAP_STATE_DIR": home / "s"}
    )

    assert done.stdout_bytes == printed(2_000_000)


def test_a_stalled_reader_of_another_user_does_not_keep_the_job_from_its_timeout(
    cronwrap: Cronwrap, home: Path
) -> None:
    read, write = os.pipe()
    words = ["--timeout", "0.3", "--state-dir", str(home / "state"), "--", "yes"]
    running = cronwrap.start(*words, via=AS_OTHER, stdout=write)
    os.close(write)
    with os.fdopen(read, "rb") as reader:
        reader.read(1)
        statuses = home / "state/runs"
        eventually(lambda: any(b"timeout" in path.read_bytes() for path in statuses.glob("*")))
        reader.read()

    assert running.wait().returncode == 124


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--nice", "-5"], "cannot set nice value -5"),
        (["--ionice", "realtime"], "cannot set the I/O priority"),
    ],
)
def test_what_only_root_may_do_stops_the_job_and_says_so(
    cronwrap: Cronwrap, home: Path, words: list[str], message: str
) -> None:
    done = cronwrap(*words, "--state-dir", home / "state", "--", *JOB, via=AS_OTHER)

    assert (done.returncode, done.stdout) == (125, "")
    assert message in done.stderr
    assert "hint: only root may" in done.stderr


def test_a_configuration_that_may_not_be_read_is_told_and_the_job_runs(cronwrap: Cronwrap) -> None:
    cronwrap.write_config("[defaults]\nnice = 5\n")
    cronwrap.config_file.chmod(0)

    done = cronwrap("--", *JOB, via=WITHOUT_PRIVILEGE)

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert done.stderr == (
        f"cronwrap: {cronwrap.config_file}: the configuration cannot be read: Permission denied\n"
        "cronwrap: hint: let this user read it, or name another with CRONWRAP_CONFIG\n"
    )


def test_a_state_directory_that_may_not_be_written_costs_the_record(cronwrap: Cronwrap) -> None:
    cronwrap.state_dir.mkdir(0o500)

    done = cronwrap("--", *JOB, via=WITHOUT_PRIVILEGE)

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert f"this run is not recorded in {cronwrap.state_dir}: Permission denied" in done.stderr


def test_a_directory_that_may_not_be_entered_stops_the_job(cronwrap: Cronwrap, home: Path) -> None:
    home.chmod(0)

    done = cronwrap("--chdir", home, "--", *JOB, via=WITHOUT_PRIVILEGE)

    assert (done.returncode, done.stdout) == (125, "")
    assert f"cannot change to directory {home}: Permission denied" in done.stderr


def test_an_unreadable_script_is_told(cronwrap: Cronwrap, home: Path) -> None:
    script = home / "tool"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o700)  # root's

    done = cronwrap("--", script, via=AS_OTHER, env={"CRONWRAP_STATE_DIR": home / "state"})

    assert done.returncode == 126
    assert "hint: this user may not execute it" in done.stderr


def test_the_job_keeps_no_rights_that_it_did_not_have(cronwrap: Cronwrap, home: Path) -> None:
    state = {"CRONWRAP_STATE_DIR": home / "state"}
    directory = home / "seen"
    words = observe(directory)
    os.chown(directory, UID, UID)

    cronwrap("--", *words, via=AS_OTHER, env=state)

    seen = Observed.read(directory)
    assert set(seen.status["Uid"].split()) == {str(UID)}
    assert seen.status["Groups"].strip() == ""
