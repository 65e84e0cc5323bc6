"""A history that cannot be written to is shown; what would change it says why it cannot."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cronwrap.store import Store
from tests.support.command import Cronwrap
from tests.support.httpd import Httpd
from tests.support.remembered import leave, run_of

ROOT = os.geteuid() == 0
Lock = Callable[[], str]


@pytest.fixture
def make_read_only(cronwrap: Cronwrap) -> Iterator[Lock]:
    """Makes the state directory read-only, as root by its file system; returns why it is."""
    state_dir, mount = cronwrap.state_dir, shutil.which("mount")
    state_dir.mkdir(mode=0o700)

    def take_the_right() -> str:
        state_dir.chmod(0o500)
        return "nobody has the right to write to its directory"

    if not ROOT:
        yield take_the_right
        state_dir.chmod(0o700)
        return
    tmpfs = [str(mount), "-t", "tmpfs", "tmpfs", str(state_dir)]
    if mount is None or subprocess.run(tmpfs, check=False, capture_output=True).returncode:
        pytest.skip("a file system cannot be mounted here")
    state_dir.chmod(0o700)

    def remount() -> str:
        subprocess.run([mount, "-o", "remount,ro", state_dir], check=True)
        return "the file system is read-only"

    yield remount
    subprocess.run(["umount", "-l", state_dir], check=True)


def test_all_is_shown_also_what_was_not_taken_in_before(
    cronwrap: Cronwrap, make_read_only: Lock
) -> None:
    cronwrap("-c", "taken", "--", "echo", "hello")
    cronwrap("status")
    cronwrap("-c", "left", "--", "false")
    make_read_only()

    status, history = cronwrap("status"), cronwrap("history")
    logs, running, owed = (cronwrap(*w.split()) for w in ("logs taken", "running", "flush --list"))

    assert [one.stderr for one in (status, history, logs, running, owed)] == [""] * 5
    assert [one.returncode for one in (status, history, logs, running, owed)] == [0, 0, 0, 1, 0]
    assert [line.split()[:2] for line in status.stdout.splitlines()[1:]] == [
        ["left", "failed"],
        ["taken", "ok"],
    ]
    assert [line.split()[2] for line in history.stdout.splitlines()[1:]] == ["left", "taken"]
    assert logs.stdout == "hello\n"
    assert len(list((cronwrap.state_dir / "runs").iterdir())) == 1


def test_the_log_of_one_who_was_killed_is_read_as_well(
    cronwrap: Cronwrap, make_read_only: Lock, tmp_path: Path
) -> None:
    leave(tmp_path / "other", run_of("x", ended_unix_s=time.time()))
    store = Store(str(tmp_path / "other"))
    store.take_in()  # and is not closed: all of it is in the log
    for suffix in ("", "-wal"):
        name = f"history.sqlite3{suffix}"
        shutil.copy(tmp_path / "other" / name, cronwrap.state_dir / name)
    assert (cronwrap.state_dir / "history.sqlite3-wal").stat().st_size > 0
    make_read_only()

    done = cronwrap("history", "--json")

    assert done.stderr == ""
    assert [run["check"] for run in json.loads(done.stdout)["runs"]] == ["x"]


@pytest.mark.parametrize(
    "words", ["forget x", "flush", "ping x --phase log -e http://127.0.0.1:9/ping"]
)
def test_what_would_change_it_says_what_is_wrong_and_what_to_do(
    cronwrap: Cronwrap, make_read_only: Lock, words: str
) -> None:
    cronwrap("-c", "x", "--", "true")
    cronwrap("status")
    why = make_read_only()

    done = cronwrap(*words.split())

    message, hint = done.stderr.splitlines()
    file = cronwrap.state_dir / "history.sqlite3"
    assert (done.returncode, done.stdout) == (2, "")
    assert message == f"cronwrap: the history in {file} cannot be written to: {why}"
    assert "make it writable, or name another: --state-dir" in hint


def test_what_is_overdue_is_shown_and_told_to_nobody(
    cronwrap: Cronwrap, make_read_only: Lock, httpd: Httpd
) -> None:
    place = f"webhook+{httpd.url}/"
    late = run_of("late", ended_unix_s=time.time() - 9000, schedule="@hourly", grace_s=1.0)
    told = {"endpoints": [place], "config_files": [], f"told:{place}": ("accepted", "")}
    leave(cronwrap.state_dir, {**late, **told})
    make_read_only()

    done = cronwrap("overdue")

    assert (done.returncode, httpd.received) == (1, [])
    assert done.stderr.startswith("cronwrap: nobody is told of it: the history cannot be written")
    assert done.stdout.splitlines()[1].split()[0] == "late"
