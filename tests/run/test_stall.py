"""A job that writes nothing for too long: warned of, or ended with its whole tree."""

import os
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import last, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.waiting import eventually, is_alive, pids_in

STALL = ("--stall-timeout", "300ms")
END = (*STALL, "--stall-action", "end")
TALKS = "for i in 1 2 3 4 5 6 7 8; do echo out; sleep 0.1; echo err >&2; sleep 0.1; done"


def test_a_silent_job_is_warned_of_once_and_runs_on(cronwrap: Cronwrap) -> None:
    silent = "sleep 0.7; echo one; sleep 0.7; echo two"

    done = cronwrap("-c", "x", *STALL, "--", "sh", "-c", silent)

    assert (done.returncode, done.stdout) == (0, "one\ntwo\n")
    told = "cronwrap: check x: the job is still running, but it wrote nothing for 0.300 s\n"
    assert done.stderr == told
    end = recorded(cronwrap)
    assert (end["phase"], end["warning"]) == ("success", "it wrote nothing for 0.300 s")


def test_a_job_that_writes_now_and_then_to_either_stream_has_not_stalled(
    cronwrap: Cronwrap,
) -> None:
    done = cronwrap(*END, "--stall-timeout", "1s", "--", "sh", "-c", TALKS)

    assert done.returncode == 0
    end = recorded(cronwrap)
    assert (end["phase"], end["warning"]) == ("success", "")


def test_a_job_that_has_stalled_is_ended_with_all_its_processes(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    tree = f"echo $$ >>{pids}; setsid sh -c 'echo $$ >>{pids}; sleep 100' & echo begun; wait"

    done = cronwrap("-c", "x", *END, "-e", webhook(httpd), "--", "sh", "-c", tree)

    assert (done.returncode, done.stdout) == (124, "begun\n")
    told = "cronwrap: check x: the job was ended: it wrote nothing for 0.300 s\n"
    assert done.stderr == told
    assert [is_alive(pid) for pid in pids_in(pids, 2)] == [False, False]
    end = last(httpd)
    assert (end["phase"], end["reason"], end["exit_status"]) == ("fail", "stalled", 124)
    assert end["detail"] == "it wrote nothing for 0.300 s"
    assert end["summary"].startswith("x stalled after ")


def test_one_that_ignores_the_signal_is_killed(cronwrap: Cronwrap) -> None:
    done = cronwrap(*END, "--kill-after", "200ms", "--", "sh", "-c", "trap '' TERM; sleep 100; :")

    assert done.returncode == 124
    assert recorded(cronwrap)["reason"] == "stalled"


def test_the_first_reason_to_end_it_stands(cronwrap: Cronwrap) -> None:
    stubborn = ("sh", "-c", "trap '' TERM; sleep 100; :")

    for rule in (STALL, END):
        cronwrap("-t", "100ms", *rule, "--kill-after", "600ms", "--", *stubborn)

        end = recorded(cronwrap)
        assert (end["reason"], end["warning"]) == ("timeout", "")


def test_a_job_that_waits_for_our_own_reader_has_not_stalled(cronwrap: Cronwrap) -> None:
    size = 6_000_000
    read, write = os.pipe()
    steps = ["sh", "-c", 'head -c "$0" /dev/zero; touch written; sleep 0.1', str(size)]
    running = cronwrap.start(*END, "--", *steps, stdout=write)
    os.close(write)
    assert os.read(read, 1) == b"\0"

    with pytest.raises(AssertionError):  # nothing ends it while nobody reads
        eventually(lambda: running.process.poll() is not None, limit_s=1.0)

    assert not (cronwrap.directory / "written").exists()
    with os.fdopen(read, "rb") as file:
        assert len(file.read()) == size - 1
    assert running.wait().returncode == 0


def test_no_limit_is_no_limit(cronwrap: Cronwrap) -> None:
    done = cronwrap(*END, "--stall-timeout", "0", "--", "sleep", "0.5")

    assert (done.returncode, done.stderr) == (0, "")


def test_what_closes_its_output_is_silent_too(cronwrap: Cronwrap) -> None:
    done = cronwrap(*END, "--", "sh", "-c", "exec >&- 2>&-; sleep 100")

    assert done.returncode == 124


def test_all_of_the_output_before_a_stall_is_passed_on(cronwrap: Cronwrap) -> None:
    held = ("--output", "on-failure", *END)
    size = 300_000

    done = cronwrap(*held, "--", "sh", "-c", f"head -c {size} /dev/zero; sleep 100")

    assert len(done.stdout_bytes) == size
