"""A job that takes longer than it may: how it is ended, and what is said of it."""

import pytest

from tests.support.command import Cronwrap
from tests.support.events import last, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job

# A test that must not see KILL gives the job so long after its TERM.
PATIENT = ("--kill-after", "60s")
# Stays, says "ready" when TERM is ignored, and says what was sent.
TWO_THAT_TELL_OF_TERM = 'setsid sh "$0" TERM & sh "$0" TERM & wait'


def test_a_job_past_its_timeout_ends_with_124_and_is_reported_so(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    done = cronwrap("-t", "200ms", "-e", webhook(httpd), "--", "sleep", "1000")

    assert (done.returncode, done.stdout) == (124, "")
    check = "cronwrap: check sleep: the job was ended: its timeout is 0.200 s\n"
    assert done.stderr == check
    end = last(httpd)
    assert (end["phase"], end["reason"], end["exit_status"]) == ("fail", "timeout", 124)
    assert end["signal"] == "SIGTERM"
    assert end["detail"] == "its timeout is 0.200 s"
    assert 0.2 <= end["duration_s"] < 20


def test_a_job_that_ends_in_time_is_left_alone(cronwrap: Cronwrap) -> None:
    assert cronwrap("-t", "60s", "--", "sh", "-c", "exit 5").returncode == 5


@pytest.mark.parametrize("timeout", ["0.001s", "1ms"])
def test_a_millisecond_is_a_timeout(cronwrap: Cronwrap, timeout: str) -> None:
    assert cronwrap("-t", timeout, "--", "sleep", "1000").returncode == 124


@pytest.mark.parametrize("status", [0, 7])
def test_a_job_that_ends_by_itself_in_the_grace_has_timed_out_all_the_same(
    cronwrap: Cronwrap, httpd: Httpd, status: int
) -> None:
    text = f"trap 'echo bye; exit {status}' TERM; while :; do sleep 0.05; done"

    done = cronwrap("-t", "1s", *PATIENT, "-e", webhook(httpd), "--", "sh", "-c", text)

    assert (done.returncode, done.stdout) == (124, "bye\n")
    end = last(httpd)
    assert (end["phase"], end["reason"], end["exit_status"]) == ("fail", "timeout", 124)
    assert "signal" not in end


def test_a_job_that_ignores_term_is_killed_after_the_grace(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    ignore = job("ignore_signals.sh", "TERM")

    done = cronwrap("-t", "1s", "--kill-after", "200ms", "-e", webhook(httpd), "--", *ignore)

    assert (done.returncode, done.stdout) == (124, "ready\n")
    end = last(httpd)
    assert (end["reason"], end["signal"]) == ("timeout", "SIGKILL")
    assert end["duration_s"] >= 0.5


def test_the_signal_at_the_timeout_can_be_chosen(cronwrap: Cronwrap) -> None:
    tell = job("name_signals.sh", "INT", "TERM")

    done = cronwrap("-t", "1s", "--kill-after", "200ms", "--signal", "INT", "--", *tell)

    assert (done.returncode, done.stdout) == (124, "ready\ngot INT\n")


def test_with_kill_as_the_signal_there_is_no_grace(cronwrap: Cronwrap) -> None:
    ignore = job("ignore_signals.sh", "TERM")

    assert cronwrap("-t", "200ms", *PATIENT, "--signal", "KILL", "--", *ignore).returncode == 124


def test_each_process_gets_term_once(cronwrap: Cronwrap) -> None:
    script = job("name_signals.sh")[1]
    two = ["sh", "-c", TWO_THAT_TELL_OF_TERM, script]

    done = cronwrap("-t", "1s", "--kill-after", "500ms", "--", *two)

    assert sorted(done.stdout.split("\n")) == ["", "got TERM", "got TERM", "ready", "ready"]


def test_a_stopped_job_ends_by_term_and_not_by_kill(cronwrap: Cronwrap, httpd: Httpd) -> None:
    stopped = ["sh", "-c", "kill -STOP $$"]

    done = cronwrap("-t", "200ms", *PATIENT, "-e", webhook(httpd), "--", *stopped)

    assert done.returncode == 124
    assert last(httpd)["signal"] == "SIGTERM"


def test_a_stopped_child_in_another_session_gets_its_term_too(cronwrap: Cronwrap) -> None:
    child = "trap 'echo bye; exit' TERM; kill -STOP $$; sleep 1000"

    done = cronwrap("-t", "1s", *PATIENT, "--", "setsid", "--wait", "sh", "-c", child)

    assert (done.returncode, done.stdout) == (124, "bye\n")


def test_what_the_job_writes_in_its_grace_is_kept(cronwrap: Cronwrap, httpd: Httpd) -> None:
    text = "exec 2>/dev/null; trap 'echo cleaned up; exit 1' TERM; echo working; sleep 1000"

    done = cronwrap("-t", "1s", *PATIENT, "-e", webhook(httpd), "--", "sh", "-c", text)

    assert done.stdout == "working\ncleaned up\n"
    assert last(httpd)["output"] == "working\ncleaned up\n"


def test_a_reader_that_does_not_read_does_not_put_the_timeout_off(cronwrap: Cronwrap) -> None:
    stalled = ("sh", "-c", '"$@" | { sleep 3; cat >/dev/null; }', "sh")
    chatty = ["sh", "-c", "trap 'echo >&2 told; exit' TERM; while :; do echo $$; done"]

    running = cronwrap.start("-t", "1s", *PATIENT, "--", *chatty, via=stalled)

    running.wait_for_output(b"told")
    running.wait()
