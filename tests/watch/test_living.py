"""A signal goes to the wrapper of a run that goes on, and to nobody else."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cronwrap.store import Store
from cronwrap.watch.living import Living, end
from tests.support.remembered import leave, run_of


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has nothing to do with any run."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_whoever_has_the_pid_of_a_run_that_is_over_is_left_alone(
    tmp_path: Path, stranger: "subprocess.Popen[bytes]"
) -> None:
    run = run_of(phase="start", pid=stranger.pid)
    leave(tmp_path / "state", run, suffix=".run")
    then = Living("backup", run["run_id"], stranger.pid, run["started_unix_s"], 1.0, None, run)

    assert not end(Store(str(tmp_path / "state")), then, signal.SIGTERM)

    with pytest.raises(subprocess.TimeoutExpired):
        stranger.wait(0.1)


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1])
def test_a_pid_that_is_none_is_sent_nothing(tmp_path: Path, pid: int) -> None:
    run = run_of(phase="start", pid=pid)
    then = Living("backup", run["run_id"], pid, run["started_unix_s"], 1.0, None, run)

    assert not end(Store(str(tmp_path / "state")), then, signal.SIGTERM)


def test_a_job_is_ended_as_well_where_the_system_has_no_descriptors_of_processes(
    tmp_path: Path, stranger: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")  # as on other systems than Linux
    run = run_of(phase="start", pid=stranger.pid)
    (path,) = leave(tmp_path / "state", run, suffix=".run")
    then = Living("backup", run["run_id"], stranger.pid, run["started_unix_s"], 1.0, None, run)
    store = Store(str(tmp_path / "state"))

    assert not end(store, then, signal.SIGTERM)
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert end(store, then, signal.SIGTERM)

    assert stranger.wait(20) == -signal.SIGTERM
