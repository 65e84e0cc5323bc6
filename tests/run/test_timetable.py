"""A schedule that nobody understands: the run goes on, and says so."""

import os
from pathlib import Path

import pytest

from tests.support.command import Cronwrap

UNSEEN = "the job is not held up; but that a run is missing will not be seen"


def marks(cronwrap: Cronwrap) -> list[Path]:
    return list((cronwrap.state_dir / "timetables").glob("*"))


def test_a_run_tells_of_a_schedule_that_is_none_and_goes_on(cronwrap: Cronwrap) -> None:
    for _ in range(2):  # and so does the next
        done = cronwrap("-c", "x", "--schedule", "0 25 * * *", "--", "echo", "ran")

        assert (done.returncode, done.stdout) == (0, "ran\n")
        assert done.stderr == (
            "cronwrap: option --schedule: schedule: the hour '25' is out of range\n"
            f"cronwrap: hint: write 0 to 23; {UNSEEN}\n"
        )


def test_it_says_where_each_mistake_was_written(cronwrap: Cronwrap) -> None:
    config = '[checks.x]\nschedule = "sometimes"'
    env = {"CRONWRAP_TIMEZONE": "Mars/Olympus"}

    done = cronwrap("-c", "x", "--retries", "1", "--", "true", config=config, env=env)
    checked = cronwrap("config", "check")
    dry = cronwrap("--dry-run", "-c", "x", "--", "true")

    told = f"cronwrap: {cronwrap.config_file}: [checks.x]: schedule: "
    zone = "cronwrap: environment CRONWRAP_TIMEZONE: timezone: there is no time zone Mars/Olympus"
    assert done.stderr.count(told) == done.stderr.count(zone) == 1
    assert checked.stderr.startswith(told)
    assert dry.stderr.startswith(told)


@pytest.mark.parametrize("output", ["all", "on-failure", "none"])
def test_it_is_told_of_the_shortest_job_as_well_and_only_on_standard_error(
    cronwrap: Cronwrap, output: str
) -> None:
    done = cronwrap("--output", output, "--schedule", "x", "--", "true")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("cronwrap: option --schedule: ")


def test_what_was_understood_once_is_not_read_again(cronwrap: Cronwrap) -> None:
    words = ("--schedule", "0 2 * * *", "--timezone", "Europe/Berlin", "--", "true")

    assert cronwrap(*words).stderr == ""

    (mark,) = marks(cronwrap)
    assert (mark.stat().st_mode & 0o777, mark.stat().st_size) == (0o600, 0)
    os.utime(mark, (1, 1))
    cronwrap(*words)
    assert mark.stat().st_mtime == 1
    # Those that nobody asks for are forgotten when another one is made.
    cronwrap("--schedule", "@daily", "--", "true")
    (other,) = marks(cronwrap)
    assert other != mark


def test_without_a_state_directory_it_is_told_as_well(cronwrap: Cronwrap) -> None:
    cronwrap.state_dir.write_text("no directory")

    assert "option --schedule: " in cronwrap("--schedule", "x", "--", "true").stderr
    assert "schedule" not in cronwrap("--schedule", "@daily", "--", "true").stderr
