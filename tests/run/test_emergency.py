"""When cronwrap itself fails, for want of descriptors here: the job runs, and ends with its own status."""

import pytest

from tests.support.command import UNMEASURED, Cronwrap

JOB = ("sh", "-c", "echo out; exit 5")  # a redirection would want a descriptor of its own


@pytest.mark.parametrize("descriptors", range(6, 16))
def test_the_job_runs_however_few_descriptors_there_are(
    cronwrap: Cronwrap, refusing_url: str, descriptors: int
) -> None:
    limited = ("sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh")

    hook = ("--report-budget", "300ms", "-e", f"webhook+{refusing_url}")
    done = cronwrap(*hook, "--", *JOB, via=limited, env=UNMEASURED)

    assert done.returncode == 5
    assert done.stdout == "out\n"
    assert "Traceback" not in done.stderr
    assert done.stderr.count("cronwrap: ") in (1, 2)  # it says why it is not reported


def test_a_failure_of_its_own_is_said_with_what_holds_now(cronwrap: Cronwrap) -> None:
    limited = ("sh", "-c", 'ulimit -n 6; exec "$@"', "sh")

    done = cronwrap("--", "sh", "-c", "exit 3", via=limited, env=UNMEASURED)

    assert done.returncode == 3
    assert "cronwrap itself has failed: OSError: [Errno 24]" in done.stderr
    assert "the job runs without time-out and report" in done.stderr


def test_a_wrapper_that_has_failed_still_ends_with_its_job_when_told_to(
    cronwrap: Cronwrap,
) -> None:
    limited = ("sh", "-c", 'ulimit -n 10; exec "$@"', "sh")

    running = cronwrap.start(
        "-e", "webhook+http://127.0.0.1:1", "--", "sh", "-c", "echo ready; exec sleep 60",
        via=limited, env=UNMEASURED,
    )  # fmt: skip
    running.wait_for_output(b"ready")
    running.send_signal(15)

    assert running.wait().returncode == -15
