"""The exit status is the job's own, or says as a shell does which signal ended it."""

import signal
import subprocess

import pytest

from tests.support.command import SCRIPT, Cronwrap

ALL = 256
AT_ONCE = 8
FATAL = sorted(
    number
    for number in signal.valid_signals()
    if number not in {
        signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH,
        signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU,
    }
)  # fmt: skip


def statuses(cronwrap: Cronwrap, scripts: list[str]) -> list[int]:
    """Return the exit status that each script has under the command; several run at once."""
    found = []
    for first in range(0, len(scripts), AT_ONCE):
        processes = [
            subprocess.Popen(
                [SCRIPT, "--", "sh", "-c", script],
                env=cronwrap.environment(),
                cwd=cronwrap.directory,
                stderr=subprocess.DEVNULL,
            )
            for script in scripts[first : first + AT_ONCE]
        ]
        found += [process.wait() for process in processes]
    return found


def test_each_of_the_256_is_passed_through(cronwrap: Cronwrap) -> None:
    scripts = [f"exit {status}" for status in range(ALL)]

    assert statuses(cronwrap, scripts) == list(range(ALL))


def test_each_signal_that_ends_the_job_is_128_more(cronwrap: Cronwrap) -> None:
    scripts = [f"ulimit -c 0; kill -{int(number)} $$" for number in FATAL]

    assert statuses(cronwrap, scripts) == [128 + number for number in FATAL]


def test_a_job_that_ends_itself_with_128_and_more_is_no_signal(cronwrap: Cronwrap) -> None:
    cronwrap("--", "sh", "-c", "exit 137")

    assert '"signal": ""' in cronwrap("history", "--json").stdout


@pytest.mark.parametrize("words", [("--timeout",), ("--no-such-option", "--", "true"), ("--",)])
def test_a_line_that_cannot_be_understood_is_125(cronwrap: Cronwrap, words: tuple[str]) -> None:
    assert cronwrap(*words).returncode == 125
