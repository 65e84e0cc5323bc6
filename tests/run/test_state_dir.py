"""The state directory is private; and nothing that is wrong with it holds up a job."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Cronwrap, Done

JOB = ["sh", "-c", "echo ran; exit 3"]
ROOT = os.geteuid() == 0


def runs_with_one_warning(done: Done, *words: str) -> None:
    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert done.stderr.count("\n") == 2, done.stderr
    message, hint = done.stderr.splitlines()
    assert message.startswith("cronwrap: this run is not recorded in ")
    assert hint == "cronwrap: hint: the job is not held up; see --state-dir"
    for word in words:
        assert word in message


def modes(directory: Path) -> dict[str, int]:
    return {
        str(path.relative_to(directory)): path.stat().st_mode & 0o7777
        for path in [directory, *directory.rglob("*")]
    }


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_directories_are_for_the_owner_alone_and_so_are_files(
    cronwrap: Cronwrap, umask: str
) -> None:
    via = ["sh", "-c", f'umask {umask}; exec "$@"', "sh"]
    cronwrap("--", *JOB, via=via)
    cronwrap("history", via=via)
    cronwrap("--", *JOB, via=via)

    found = modes(cronwrap.state_dir)

    assert {found["."], found["runs"]} == {0o700}
    assert {mode for name, mode in found.items() if name not in {".", "runs"}} == {0o600}
    assert "history.sqlite3" in found
    assert any(name.endswith(".done") for name in found)


def test_directories_above_it_are_made(cronwrap: Cronwrap) -> None:
    deep = cronwrap.directory / "a/b/c"

    done = cronwrap("--", *JOB, env={"CRONWRAP_STATE_DIR": deep})

    assert (done.returncode, done.stderr) == (3, "")
    assert deep.is_dir()
    option = cronwrap("--state-dir", cronwrap.directory / "d", "--", *JOB)
    assert option.stderr == ""
    assert (cronwrap.directory / "d/runs").is_dir()


def test_a_link_in_its_place_is_not_followed(cronwrap: Cronwrap, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    cronwrap.state_dir.symlink_to(tmp_path / "target")

    runs_with_one_warning(cronwrap("--", *JOB), str(cronwrap.state_dir), "only a link to one")

    assert list((tmp_path / "target").iterdir()) == []


def test_a_link_within_it_is_not_followed(cronwrap: Cronwrap, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    cronwrap.state_dir.mkdir(0o700)
    (cronwrap.state_dir / "runs").symlink_to(tmp_path / "target")

    runs_with_one_warning(cronwrap("--", *JOB), "only a link to one")


def test_a_file_in_its_place_costs_the_record(cronwrap: Cronwrap) -> None:
    cronwrap.state_dir.touch()
    runs_with_one_warning(cronwrap("--", *JOB), "not a directory")

    below = {"CRONWRAP_STATE_DIR": cronwrap.state_dir / "below"}
    runs_with_one_warning(cronwrap("--", *JOB, env=below), "Not a directory")


@pytest.mark.skipif(not ROOT, reason="only root may give a directory to another user")
def test_a_directory_of_another_user_is_not_used(cronwrap: Cronwrap) -> None:
    cronwrap.state_dir.mkdir(0o777)
    os.chown(cronwrap.state_dir, 12345, 12345)

    runs_with_one_warning(cronwrap("--", *JOB), "it belongs to another user")

    assert list(cronwrap.state_dir.iterdir()) == []


def test_where_nothing_can_be_made_the_job_runs(cronwrap: Cronwrap) -> None:
    for directory in ("/proc/cronwrap", "/dev/null/cronwrap", "x" * 300):
        runs_with_one_warning(cronwrap("--", *JOB, env={"CRONWRAP_STATE_DIR": directory}))


def test_without_room_for_the_record_the_job_runs(cronwrap: Cronwrap) -> None:
    via = ["sh", "-c", '(ulimit -f 0; exec "$@"; ) 2>&1 >/dev/null | cat; exit 3', "sh"]

    done = cronwrap("--", *JOB, via=via)

    assert "this run is not recorded in " in done.stdout
    assert "File too large" in done.stdout
    assert done.stdout.count("cronwrap: ") == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB that is full."""
    mount, disk = shutil.which("mount"), tmp_path / "disk"
    disk.mkdir()
    if (
        not (ROOT and mount)
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk],
            check=False,
            capture_output=True,
        ).returncode
    ):
        pytest.skip("a file system cannot be mounted here")
    (disk / "runs").mkdir(mode=0o700)
    disk.chmod(0o700)
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_on_a_full_disk_the_job_runs_and_so_it_does_when_there_is_room_again(
    cronwrap: Cronwrap, small_disk: Path
) -> None:
    state = {"CRONWRAP_STATE_DIR": small_disk}

    runs_with_one_warning(cronwrap("--", *JOB, env=state), "No space left on device")
    history = cronwrap("history", env=state)
    assert (history.returncode, history.stdout) == (0, "no run is remembered\n")
    (small_disk / "filler").unlink()

    done = cronwrap("--", *JOB, env=state)
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.skipif(not ROOT, reason="only root may mount")
def test_on_a_read_only_disk_the_job_runs(cronwrap: Cronwrap, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    state = {"CRONWRAP_STATE_DIR": small_disk}

    runs_with_one_warning(cronwrap("--", *JOB, env=state), "Read-only file system")
    assert "Traceback" not in cronwrap("history", env=state).stderr


def test_the_warning_comes_once_however_much_is_wrong(cronwrap: Cronwrap) -> None:
    cronwrap.state_dir.touch()

    done = cronwrap("--verbose", "--output", "on-failure", "-t", "0.2", "--", "sleep", "60")

    assert done.returncode == 124
    assert done.stderr.count("not recorded") == 1
