"""``cronwrap running`` and ``kill``: what goes on now, and its end."""

import json
import os
import signal
from typing import Any

from tests.support.command import Cronwrap, Running
from tests.support.waiting import descendants, eventually, is_alive


def long_run(cronwrap: Cronwrap, check: str, *options: str, job: str = "sleep 60") -> Running:
    running = cronwrap.start(
        "--check", check, *options, "--", "sh", "-c", f"echo ready; {job}; echo over"
    )
    running.wait_for_output(b"ready")
    eventually(lambda: any(run["check"] == check for run in runs(cronwrap)))
    return running


def runs(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    found = json.loads(cronwrap("running", "--json", *words).stdout)
    assert found["schema"] == "cronwrap-running/1"
    assert isinstance(found["runs"], list)
    return found["runs"]


def test_nothing_runs(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "short", "--", "true")

    done = cronwrap("running")

    assert (done.returncode, done.stdout, done.stderr) == (1, "nothing runs now\n", "")
    assert runs(cronwrap) == []


def test_runs_are_shown_until_they_are_over(cronwrap: Cronwrap) -> None:
    first = long_run(cronwrap, "first")
    second = long_run(cronwrap, "second")

    assert [(run["check"], run["pid"]) for run in runs(cronwrap)] == [
        ("first", first.pid),
        ("second", second.pid),
    ]
    assert [run["pid"] for run in runs(cronwrap, "second")] == [second.pid]
    assert str(first.pid) in cronwrap("running", "first").stdout

    first.process.terminate()
    first.wait()

    assert [run["check"] for run in runs(cronwrap)] == ["second"]


def test_a_wrapper_that_was_killed_runs_no_more(cronwrap: Cronwrap) -> None:
    running = long_run(cronwrap, "cut")

    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    assert runs(cronwrap) == []


def test_kill_ends_the_job_with_all_of_its_processes(cronwrap: Cronwrap) -> None:
    running = long_run(
        cronwrap, "stubborn", "--kill-after", "0.2s", job="trap '' TERM; sleep 60 & wait"
    )
    other = long_run(cronwrap, "other")
    processes = descendants(running.pid)

    done = cronwrap("kill", "stubborn")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"pid {running.pid}: ended" in done.stdout
    assert running.wait().returncode == 128 + signal.SIGKILL
    assert not any(map(is_alive, processes))
    assert is_alive(other.pid)
    (run,) = json.loads(cronwrap("history", "--json", "stubborn").stdout)
    assert (run["phase"], run["reason"]) == ("fail", "stopped")


def test_kill_takes_only_the_run_that_is_named(cronwrap: Cronwrap) -> None:
    running = [long_run(cronwrap, "many") for _ in range(2)]
    first, second = runs(cronwrap)

    done = cronwrap("kill", "many", "--run", second["run_id"][:12], "--json")

    (ended,) = json.loads(done.stdout)["runs"]
    assert (done.returncode, ended["run_id"], ended["ended"]) == (0, second["run_id"], True)
    assert [run["run_id"] for run in runs(cronwrap)] == [first["run_id"]]
    assert is_alive(running[0].pid)


def test_kill_that_finds_nothing_is_1(cronwrap: Cronwrap) -> None:
    done = cronwrap("kill", "nothing")

    assert (done.returncode, done.stdout) == (1, "nothing runs now of nothing\n")


def test_kill_that_does_not_wait_long_enough_is_1(cronwrap: Cronwrap) -> None:
    running = long_run(cronwrap, "stubborn", job="trap '' TERM; sleep 60 & wait; sleep 60")

    done = cronwrap("kill", "stubborn", "--wait", "0.1s")

    assert done.returncode == 1
    assert "goes on after 0.1" in done.stdout
    assert is_alive(running.pid)
