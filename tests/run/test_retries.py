"""A job that is started again when it has failed."""

import re
import signal
from pathlib import Path

import pytest

from tests.run.test_lock import runs
from tests.support.command import Cronwrap
from tests.support.events import events, last, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job
from tests.support.waiting import eventually, is_alive, pids_in

TWICE = ("--retries", "2", "--retry-delay", "10ms")
FAILS_TWICE = 'echo "at $CRONWRAP_RUN_ATTEMPT"; [ "$CRONWRAP_RUN_ATTEMPT" = 3 ]'
FAILS = ("sh", "-c", "echo $$ >pid; echo attempt; exit 3")


def test_a_job_that_succeeds_at_last_has_succeeded_and_its_end_tells_of_all_attempts(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    done = cronwrap("-c", "x", *TWICE, "-e", webhook(httpd), "--", "sh", "-c", FAILS_TWICE)

    assert (done.returncode, done.stdout, done.stderr) == (0, "at 1\nat 2\nat 3\n", "")
    assert [event["phase"] for event in events(httpd)] == ["start", "success"]
    end = recorded(cronwrap)
    assert (end["phase"], end["attempts"], end["exit_status"]) == ("success", 3, 0)
    told = [part.partition(" after")[0] for part in end["detail"].split("; ")]
    failures = ["attempt 1: exit status 1", "attempt 2: exit status 1"]
    assert told == ["attempt 3 of 3", *failures]


def test_a_line_divides_the_attempts_in_the_report_but_not_in_the_output(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    done = cronwrap("-c", "x", *TWICE, "-e", webhook(httpd), "--", "sh", "-c", FAILS_TWICE)

    assert done.stdout == "at 1\nat 2\nat 3\n"
    lines = last(httpd)["output"].splitlines()
    assert [lines[0], lines[3], lines[6]] == ["at 1", "at 2", "at 3"]
    between = r"--- attempt 1: exit status 1 after \d\.\d{3} s; attempt 2 of 3 ---"
    assert re.fullmatch(between, lines[2])
    assert recorded(cronwrap)["output_bytes"] == len("at 1\nat 2\nat 3\n")


def test_each_attempt_is_timed_from_before_its_start(cronwrap: Cronwrap) -> None:
    cronwrap("-c", "x", *TWICE, "--", "sh", "-c", "exit 3")

    took = [float(part.split()[-2]) for part in recorded(cronwrap)["detail"].split("; ")[1:]]
    assert len(took) == 2
    assert min(took) > 0, "no process starts and ends within half a millisecond"


def test_when_all_attempts_fail_the_status_is_that_of_the_last(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", *TWICE, "--", "sh", "-c", 'exit "$CRONWRAP_RUN_ATTEMPT"')

    assert done.returncode == 3
    begin = "cronwrap: check x: the run has failed: attempt 3 of 3; attempt 1: exit status 1 after"
    assert done.stderr.startswith(begin)
    end = recorded(cronwrap)
    assert (end["phase"], end["reason"], end["attempts"]) == ("fail", "exit", 3)


def test_without_a_failure_there_is_one_attempt(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", *TWICE, "--", "sh", "-c", "echo $CRONWRAP_RUN_ATTEMPT")

    assert done.stdout == "1\n"
    assert recorded(cronwrap)["attempts"] == 1
    assert recorded(cronwrap)["detail"] == ""


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ((), 'kill -KILL "$$"'),
        (("--fail-if", "ERROR"), "echo ERROR"),
        (("--min-duration", "1m"), "true"),
        (("--stall-timeout", "700ms", "--stall-action", "end"), "sleep 100"),
    ],
    ids=["killed", "output", "too short", "stalled"],
)
def test_any_failure_that_an_attempt_may_cure_gets_one(
    cronwrap: Cronwrap, options: tuple[str, ...], command: str
) -> None:
    text = f'echo "$CRONWRAP_RUN_ATTEMPT" >>attempts; {command}'

    cronwrap("-c", "x", "--retries=1", "--retry-delay=1ms", *options, "--", "sh", "-c", text)

    assert (cronwrap.directory / "attempts").read_text() == "1\n2\n"
    assert recorded(cronwrap)["attempts"] == 2


@pytest.mark.parametrize(
    ("options", "command", "status"),
    [
        ((), ("/nonexistent",), 127),
        ((), ("/etc/passwd",), 126),
        (("--chdir", "/nonexistent"), ("true",), 125),
        (("--timeout", "200ms"), ("sh", "-c", "echo attempt; sleep 100"), 124),
        (("--success-codes", "0,7"), ("sh", "-c", "echo attempt; exit 7"), 7),
        (("--skip-codes", "7"), ("sh", "-c", "echo attempt; exit 7"), 7),
    ],
)
def test_what_no_attempt_can_cure_gets_none(
    cronwrap: Cronwrap, options: tuple[str, ...], command: tuple[str, ...], status: int
) -> None:
    done = cronwrap("-c", "x", *TWICE, *options, "--", *command)

    assert done.returncode == status
    assert done.stdout in ("", "attempt\n")
    assert recorded(cronwrap)["attempts"] == 1


def test_a_job_that_is_told_to_stop_is_not_started_again(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("-c", "x", *TWICE, "--", "sh", "-c", "echo attempt; exec sleep 100")
    running.wait_for_output(b"attempt")

    running.send_signal(signal.SIGTERM)

    assert running.wait().stdout == "attempt\n"
    assert recorded(cronwrap)["reason"] == "stopped"


def test_told_to_stop_between_two_attempts_the_run_ends_at_once_and_says_so(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    options = ("--retries", "1", "--retry-delay", "1000h", "-e", webhook(httpd))
    running = cronwrap.start("-c", "x", *options, "--", *FAILS)
    wait_for_the_pause(cronwrap)

    running.send_signal(signal.SIGTERM)
    done = running.wait()

    assert (done.returncode, done.stdout) == (3, "attempt\n")
    end = last(httpd)
    told = "cronwrap was told to stop by SIGTERM while it waited for another attempt"
    assert (end["phase"], end["reason"], end["detail"]) == ("fail", "stopped", told)
    assert recorded(cronwrap)["attempts"] == 1


def test_the_timeout_is_over_all_attempts(cronwrap: Cronwrap) -> None:
    many = ("--retries", "60", "--retry-delay", "10ms", "--retry-backoff", "1")

    done = cronwrap("-c", "x", *many, "--timeout", "2s", "--", "sh", "-c", "sleep 0.1; exit 1")

    assert done.returncode in (1, 124)  # it may come while the job waits for its next attempt
    assert 1 < recorded(cronwrap)["attempts"] < 61


def test_where_the_timeout_would_come_before_it_there_is_no_other_attempt(
    cronwrap: Cronwrap,
) -> None:
    options = ("--retries", "5", "--retry-delay", "1h", "--timeout", "30m")

    done = cronwrap("-c", "x", *options, "--", "sh", "-c", "exit 3")

    assert done.returncode == 3
    assert recorded(cronwrap)["attempts"] == 1
    assert recorded(cronwrap)["detail"] == "the timeout leaves no time for attempt 2 of 6"


def test_each_wait_is_longer_than_the_one_before(cronwrap: Cronwrap) -> None:
    options = ("--retries", "2", "--retry-delay", "100ms", "--retry-backoff", "4")

    cronwrap("-c", "x", *options, "--", "sh", "-c", "date +%s%N >>times; exit 1")

    first, second, third = map(int, (cronwrap.directory / "times").read_text().split())
    assert second - first >= 100e6
    assert third - second >= 400e6


def test_each_attempt_has_a_file_of_its_own_to_report_in(cronwrap: Cronwrap) -> None:
    says = 'echo "rows=$CRONWRAP_RUN_ATTEMPT" >>"$CRONWRAP_REPORT"'
    once = f'{says}; [ "$CRONWRAP_RUN_ATTEMPT" = 2 ] || echo status=fail >>"$CRONWRAP_REPORT"'

    done = cronwrap("-c", "x", *TWICE, "--", "sh", "-c", once)

    assert done.returncode == 0
    end = recorded(cronwrap)
    assert (end["phase"], end["attempts"], end["metrics"]) == ("success", 2, {"rows": 2})


def test_what_is_held_back_is_all_attempts_or_nothing(cronwrap: Cronwrap) -> None:
    held = (*TWICE, "--output", "on-failure")

    cured = cronwrap("-c", "x", *held, "--", "sh", "-c", FAILS_TWICE)
    not_cured = cronwrap("-c", "x", *held, "--", "sh", "-c", f"{FAILS_TWICE}; false")

    assert cured.stdout == ""
    assert not_cured.stdout == "at 1\nat 2\nat 3\n"


def test_nothing_is_captured_with_no_capture_and_the_job_is_started_again(
    cronwrap: Cronwrap,
) -> None:
    done = cronwrap("-c", "x", *TWICE, "--no-capture", "--", "sh", "-c", FAILS_TWICE)

    assert (done.returncode, done.stdout) == (0, "at 1\nat 2\nat 3\n")
    assert recorded(cronwrap).get("output", b"") == b""


def test_no_attempt_leaves_descriptors_behind(cronwrap: Cronwrap) -> None:
    count = 'ls -l /proc/self/fd | grep -c "pipe:"; ls /proc/$PPID/fd | wc -l; exit 1'

    done = cronwrap("-c", "x", "--retries=4", "--retry-delay=1ms", "--", "sh", "-c", count)

    counts = done.stdout.split()
    assert len(set(counts[0::2])) == 1
    assert int(counts[9]) <= int(counts[3])


def test_a_daemon_of_an_attempt_lives_on(cronwrap: Cronwrap, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    leaves = f"{' '.join(job('leave_daemon.sh', pid_file))}; exit 1"

    cronwrap("-c", "x", "--retries=1", "--retry-delay=1ms", "--", "sh", "-c", leaves)

    assert [is_alive(pid) for pid in pids_in(pid_file)] == [True]


def test_what_a_daemon_of_an_attempt_writes_later_does_not_end_it(cronwrap: Cronwrap) -> None:
    daemon = "until [ -e go ]; do sleep 0.02; done; echo late; touch written"
    first = f"({daemon}) & exit 1"
    second = "touch go; until [ -e written ]; do sleep 0.02; done"
    text = f'if [ "$CRONWRAP_RUN_ATTEMPT" = 1 ]; then {first}; else {second}; fi'

    done = cronwrap("-c", "x", *TWICE, "--timeout", "20s", "--", "sh", "-c", text)

    assert done.returncode == 0


def test_a_command_that_vanishes_between_two_attempts_is_told(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text('#!/bin/sh\nrm "$0"\nexit 3\n')
    script.chmod(0o755)

    done = cronwrap("-c", "x", *TWICE, "--", script)

    assert done.returncode == 127
    assert done.stderr.startswith(f"cronwrap: cannot run '{script}': there is no such file\n")
    end = recorded(cronwrap)
    assert (end["phase"], end["reason"], end["attempts"]) == ("fail", "not_started", 2)
    assert "; attempt 2 of 3; attempt 1: exit status 3 after" in end["detail"]


def test_the_lock_is_held_between_two_attempts(cronwrap: Cronwrap) -> None:
    options = ("--overlap", "skip", "--retries", "1", "--retry-delay", "1000h")
    running = cronwrap.start("-c", "x", *options, "--", *FAILS)
    wait_for_the_pause(cronwrap)

    assert not runs(cronwrap, "--overlap", "skip")

    running.send_signal(signal.SIGTERM)
    assert running.wait().returncode == 3
    assert runs(cronwrap, "--overlap", "skip")


def test_what_a_run_has_used_is_the_sum_of_its_attempts(cronwrap: Cronwrap) -> None:
    busy = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; times >&2; exit 1"

    cronwrap("-c", "x", "--retries=2", "--retry-delay=1ms", "--", "sh", "-c", busy)
    three_s = recorded(cronwrap)["cpu_user_s"]
    cronwrap("-c", "x", "--", "sh", "-c", busy)
    one_s = recorded(cronwrap)["cpu_user_s"]

    assert three_s > 1.5 * one_s


def wait_for_the_pause(cronwrap: Cronwrap) -> None:
    """Wait until the job of FAILS has been waited for."""
    (pid,) = pids_in(cronwrap.directory / "pid")
    eventually(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.parametrize("source", ["file", "environment", "line"])
def test_retries_are_taken_back_by_a_higher_level(cronwrap: Cronwrap, source: str) -> None:
    config = "[defaults]\nretries = 1\nretry_delay = 0.01\nretry_backoff = 1\n"
    zero = {"CRONWRAP_RETRIES": "0"} if source == "environment" else {}
    words = ("--retries", "0") if source == "line" else ()

    done = cronwrap(*words, "--", "sh", "-c", "echo attempt; exit 1", config=config, env=zero)

    assert done.stdout == "attempt\n" * (2 if source == "file" else 1)
