"""A run that finds its lock held: skipped, waiting, or in the place of the older one."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.run.test_lock import SKIP, hold, runs
from tests.support.command import Cronwrap
from tests.support.events import events, last, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job
from tests.support.waiting import eventually, is_alive, is_stopped, pids_in, signals_in, status_of

WAIT = ("--overlap", "wait")
REPLACE = ("--overlap", "replace")
HELD_FOR_A_WHILE = ("sh", "-c", "echo held; sleep 1.7; echo over >>ended")


def test_a_run_that_waits_starts_when_the_lock_is_free(cronwrap: Cronwrap) -> None:
    first = cronwrap.start("-c", "x", *WAIT, "--", *HELD_FOR_A_WHILE)
    first.wait_for_output(b"held")

    done = cronwrap("-c", "x", *WAIT, "--timeout", "1500ms", "--", "cat", "ended")

    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")
    assert recorded(cronwrap)["duration_s"] < 1.5  # the wait is none of it


def test_it_waits_no_longer_than_it_may(cronwrap: Cronwrap) -> None:
    hold(cronwrap, *WAIT)

    done = cronwrap("-c", "x", "--overlap", "wait=1s", "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (0, "")
    facts = recorded(cronwrap)
    assert (facts["phase"], facts["reason"]) == ("log", "overlap")
    assert "; waited " in facts["detail"]


@pytest.mark.parametrize("option", ["--lock=x", "--max-parallel=1", "--lock-per-args"])
def test_who_names_a_lock_and_no_policy_waits(cronwrap: Cronwrap, option: str) -> None:
    command = ("sh", "-c", "cat ended; echo held; sleep 0.3; echo over >ended")
    cronwrap.start("-c", "x", option, "--", *command).wait_for_output(b"held")

    second = cronwrap("-c", "x", option, "--", *command)

    assert second.stdout == "over\nheld\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_while_it_waits_it_ends_at_once_and_the_job_is_never_started(
    cronwrap: Cronwrap, httpd: Httpd, number: int
) -> None:
    hold(cronwrap, *WAIT)
    waiting = cronwrap.start("-c", "x", *WAIT, "-e", webhook(httpd), "--", "touch", "started")
    eventually(lambda: waits(waiting.pid))

    waiting.send_signal(number)
    done = waiting.wait()

    name = signal.Signals(number).name
    assert done.returncode == 128 + number
    assert f"cronwrap was told to stop by {name} while it waited for the lock x" in done.stderr
    (event,) = events(httpd)
    assert (event["phase"], event["reason"]) == ("fail", "stopped")
    assert not (cronwrap.directory / "started").exists()


def test_a_signal_that_is_ignored_does_not_end_the_wait(cronwrap: Cronwrap) -> None:
    first = hold(cronwrap, *WAIT)
    waiting = cronwrap.start("-c", "x", *WAIT, "--", "echo", "ran", via=("nohup",))
    eventually(lambda: waits(waiting.pid))

    waiting.send_signal(signal.SIGHUP)
    first.send_signal(signal.SIGTERM)

    assert waiting.wait().stdout == "ran\n"


def test_a_signal_for_the_job_reaches_it_after_the_wait(cronwrap: Cronwrap) -> None:
    first = hold(cronwrap, *WAIT)
    told = "trap 'echo told; exit' USR1; while :; do sleep 0.05; done"
    waiting = cronwrap.start("-c", "x", *WAIT, "--", "sh", "-c", told)
    eventually(lambda: waits(waiting.pid))

    waiting.send_signal(signal.SIGUSR1)
    first.send_signal(signal.SIGTERM)

    first.wait()
    # It may come before the shell has set its trap, and then ends it as it would anything.
    assert waiting.wait().returncode in (0, 128 + signal.SIGUSR1)


def test_a_run_that_waits_can_be_stopped_and_continued(cronwrap: Cronwrap) -> None:
    first = hold(cronwrap, *WAIT)
    waiting = cronwrap.start("-c", "x", *WAIT, "--", "echo", "ran")
    eventually(lambda: waits(waiting.pid))

    waiting.send_signal(signal.SIGTSTP)
    eventually(lambda: is_stopped(waiting.pid))
    first.send_signal(signal.SIGTERM)
    first.wait()
    waiting.send_signal(signal.SIGCONT)

    assert waiting.wait().stdout == "ran\n"


def test_waiting_costs_next_to_nothing(cronwrap: Cronwrap) -> None:
    hold(cronwrap, *WAIT)
    waiting = cronwrap.start("-c", "x", "--overlap", "wait=3s", "--", "true")
    eventually(lambda: waits(waiting.pid))
    before_s, begun_s = cpu_s(waiting.pid), time.monotonic()

    eventually(lambda: time.monotonic() - begun_s > 1.5)

    assert cpu_s(waiting.pid) - before_s <= 0.03


def test_the_older_run_is_ended_as_if_it_was_told_to_stop_and_the_new_one_runs(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    tree = f"setsid sh -c 'echo $$ >>{pids}; exec sleep 100' & echo $$ >>{pids}; echo held; wait"
    old = cronwrap.start("-c", "x", *REPLACE, "-e", webhook(httpd), "--", "sh", "-c", tree)
    old.wait_for_output(b"held")

    assert runs(cronwrap, *REPLACE)

    assert old.wait().returncode == 128 + signal.SIGTERM
    assert [is_alive(pid) for pid in pids_in(pids, 2)] == [False, False]
    assert (last(httpd)["phase"], last(httpd)["reason"]) == ("fail", "stopped")


def test_an_older_run_that_ignores_term_is_killed_after_its_own_grace(cronwrap: Cronwrap) -> None:
    stubborn = job("ignore_signals.sh", "TERM")
    old = cronwrap.start("-c", "x", *REPLACE, "--kill-after", "300ms", "--", *stubborn)
    old.wait_for_output(b"ready")

    assert runs(cronwrap, *REPLACE)

    assert old.wait().returncode == 128 + signal.SIGKILL


def test_of_several_that_hold_the_lock_the_oldest_is_replaced(cronwrap: Cronwrap) -> None:
    two = (*REPLACE, "--max-parallel", "2")
    oldest, newer = hold(cronwrap, *two), hold(cronwrap, *two)

    assert runs(cronwrap, *two)

    assert oldest.wait().returncode == 128 + signal.SIGTERM
    assert newer.process.poll() is None


def test_so_many_skips_in_a_row_are_a_failure_and_a_run_in_between_counts_anew(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    options = ("-c", "x", *SKIP, "--fail-after-skips", "2", "-e", webhook(httpd))
    running = hold(cronwrap, *SKIP)

    first = cronwrap(*options, "--", "true")
    second = cronwrap(*options, "--", "true")
    third = cronwrap(*options, "--", "true")

    assert [first.returncode, second.returncode, third.returncode] == [0, 75, 75]
    assert first.stderr == ""
    assert "; skipped 2 times in a row; that is a failure (fail-after-skips 2)\n" in second.stderr
    told = [(event["phase"], event["reason"]) for event in events(httpd)]
    assert told == [("log", "overlap"), ("fail", "overlap"), ("fail", "overlap")]
    running.send_signal(signal.SIGTERM)
    running.wait()
    assert cronwrap(*options, "--", "true").returncode == 0
    hold(cronwrap, *SKIP)
    assert cronwrap(*options, "--", "true").returncode == 0


@pytest.mark.parametrize("policy", ["skip", "wait"])
def test_a_run_that_is_skipped_for_one_that_is_too_old_has_failed(
    cronwrap: Cronwrap, policy: str
) -> None:
    hold(cronwrap, *SKIP)

    done = cronwrap("-c", "x", "--overlap", policy, "--overlap-limit", "1ms", "--", "true")

    assert done.returncode == 75
    assert "; it has been running for longer than 0.001 s (overlap-limit)\n" in done.stderr
    facts = recorded(cronwrap)
    assert (facts["phase"], facts["reason"], facts["exit_status"]) == ("fail", "overlap", 75)


def test_a_mistake_in_what_makes_a_skip_a_failure_does_not_stop_the_job(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", *SKIP, "--fail-after-skips", "x", "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "fail_after_skips 'x' is not a whole number from 0 to" in done.stderr


def waits(pid: int) -> bool:
    """Tell whether the wrapper has all signals blocked and sleeps: nothing is started yet."""
    status = status_of(pid)
    blocked = signals_in(status.get("SigBlk", "0"))
    return status.get("State", "").startswith("S") and signal.SIGUSR1 in blocked


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
