"""``cronwrap running`` and ``kill``: what goes on now, and its end."""

import json
import os
import signal
from typing import Any

from tests.support.command import Cronwrap, Running
from tests.support.waiting import children, descendants, eventually, is_alive, status_of

MB = 1_000_000


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


def test_the_memory_of_a_run_is_its_jobs_and_not_that_of_whoever_reports_it(
    cronwrap: Cronwrap, deaf_url: str
) -> None:
    running = long_run(cronwrap, "x", "-e", f"webhook+{deaf_url}/", job="exec sleep 60")
    eventually(lambda: max(map(rss_bytes, children(running.pid))) > 15 * MB)

    (shown,) = runs(cronwrap)

    assert 0 < shown["memory_bytes"] < 10 * MB


def rss_bytes(pid: int) -> int:
    return int(status_of(pid).get("VmRSS", "0 kB").split()[0]) * 1024


def waiting(cronwrap: Cronwrap, check: str, what: str, *words: str) -> tuple[Running, Any]:
    """Start a run that has to wait, and return it with what is shown of it."""
    running = cronwrap.start("--check", check, *words)
    (shown,) = eventually(
        lambda: [run for run in runs(cronwrap, check) if what in run["waiting_for"]]
    )
    return running, shown


def test_a_run_that_waits_for_a_lock_is_shown_with_who_holds_it(cronwrap: Cronwrap) -> None:
    holder = long_run(cronwrap, "holder", "--lock", "db")
    words = ("--lock", "db", "--overlap", "wait=10m", "--", "true")
    running, shown = waiting(cronwrap, "next", "the lock db, held by", *words)

    table = cronwrap("running", "next").stdout
    status = cronwrap("status", "next").stdout

    assert (shown["state"], shown["pid"], shown["command"]) == ("waiting", running.pid, "true")
    assert f"held by check holder, pid {holder.pid}, since 20" in shown["waiting_for"]
    assert 590 < shown["waiting_until_unix_s"] - shown["started_unix_s"] < 610
    assert "waiting until 20" in table
    assert f" for the lock db, held by check holder, pid {holder.pid}, since " in table
    assert "\n  state         waiting\n" in status

    holder.process.terminate()
    assert running.wait().returncode == 0
    (run,) = json.loads(cronwrap("history", "--json", "next").stdout)["runs"]
    assert (run["phase"], run["waiting_for"], run["waiting_until_unix_s"]) == ("success", "", None)


def test_a_run_that_waits_for_its_splay_is_shown_and_can_be_ended(cronwrap: Cronwrap) -> None:
    words = ("--splay", "1000d", "--", "echo", "ran")
    running, shown = waiting(cronwrap, "x", "its splay", *words)

    done = cronwrap("kill", "x")

    assert shown["waiting_until_unix_s"] > shown["started_unix_s"]
    assert (done.returncode, running.wait().stdout) == (0, "")
    (run,) = json.loads(cronwrap("history", "--json", "x").stdout)["runs"]
    assert (run["phase"], run["reason"]) == ("fail", "stopped")


def test_a_run_that_waits_for_another_attempt_is_shown_as_such(cronwrap: Cronwrap) -> None:
    words = ("--retries", "2", "--retry-delay", "1h", "--", "false")
    running, shown = waiting(cronwrap, "x", "attempt 2 of 3", *words)

    assert 3590 < shown["waiting_until_unix_s"] - shown["started_unix_s"] < 3660
    assert json.loads(cronwrap("status", "--json", "x").stdout)["checks"][0]["state"] == "running"
    running.process.terminate()
    running.wait()


def test_a_run_that_is_cut_off_while_it_waits_is_lost_and_says_so(cronwrap: Cronwrap) -> None:
    running, _ = waiting(cronwrap, "x", "its splay", "--splay", "1000d", "--", "true")

    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    (run,) = json.loads(cronwrap("history", "--json", "x").stdout)["runs"]
    assert (run["phase"], run["waiting_for"], run["command"]) == ("lost", "its splay", "true")
    assert "it was waiting for its splay" in cronwrap("history", "x").stdout


def test_a_run_is_on_disk_before_its_job_does_anything(cronwrap: Cronwrap) -> None:
    look = 'cat "$CRONWRAP_STATE_DIR/runs/$CRONWRAP_RUN_ID.run"'

    done = cronwrap("--check", "x", "--", "sh", "-c", look)

    known = done.stdout.splitlines()[0]
    assert "'check': 'x', 'phase': 'start', 'started_unix_s': " in known


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
    (run,) = json.loads(cronwrap("history", "--json", "stubborn").stdout)["runs"]
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
