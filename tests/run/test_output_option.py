"""``--output`` and ``--no-capture``: what of the output is passed on, and when."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd
from tests.support.observe import Observed, job, observe, printed

MIB = 1024 * 1024
BOTH = "echo out; echo err >&2"
ONE_FILE = ["sh", "-c", 'exec "$@" 2>&1', "sh"]


def turns(lines: int) -> str:
    """Return a script that prints to both streams by turns, and fails."""
    return f'i=0; while [ $i -lt {lines} ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done; exit 3'


def test_none_passes_nothing_on(cronwrap: Cronwrap) -> None:
    done = cronwrap("--output", "none", "--", "sh", "-c", f"{BOTH}; exit 3")

    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_on_failure_is_silent_when_the_job_succeeds(cronwrap: Cronwrap) -> None:
    done = cronwrap("--output", "on-failure", "--", "sh", "-c", BOTH)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_on_failure_passes_on_each_stream_where_it_belongs(cronwrap: Cronwrap) -> None:
    done = cronwrap("--output", "on-failure", "--", "sh", "-c", turns(100))

    assert done.returncode == 3
    assert done.stdout == "".join(f"out {number}\n" for number in range(100))
    assert done.stderr == "".join(f"err {number}\n" for number in range(100))


def test_on_failure_keeps_the_order_where_both_are_one_file(cronwrap: Cronwrap) -> None:
    done = cronwrap("--output", "on-failure", "--", "sh", "-c", turns(100), via=ONE_FILE)

    assert done.stdout == "".join(f"out {number}\nerr {number}\n" for number in range(100))


@pytest.mark.parametrize("count", [MIB - 1, MIB, 5 * MIB + 1])
@pytest.mark.parametrize("options", [(), ("-t", "1h")], ids=["plain", "timeout"])
def test_on_failure_holds_any_amount_of_output(
    cronwrap: Cronwrap, count: int, options: tuple[str, ...]
) -> None:
    both = ["sh", "-c", f'"$@" {count} 1; "$@" {count} 2; exit 3', *job("print_bytes.py")]

    done = cronwrap("--output", "on-failure", *options, "--", *both[:3], "sh", *both[3:])

    assert (done.stdout_bytes, done.stderr_bytes) == (printed(count), printed(count))


@pytest.mark.parametrize("status", [0, 3])
def test_what_is_held_back_leaves_no_file_behind(
    cronwrap: Cronwrap, tmp_path: Path, status: int
) -> None:
    steps = f'"$@"; ls {tmp_path} >&2; exit {status}'
    large = ["sh", "-c", steps, "sh", *job("print_bytes.py", 3 * MIB)]

    done = cronwrap("--output", "on-failure", "--", *large, env={"TMPDIR": tmp_path / "tmp"})

    assert done.returncode == status
    assert not (tmp_path / "tmp").exists()
    assert os.listdir(cronwrap.state_dir) == ["runs"]  # noqa: PTH208 - names are wanted


@pytest.mark.parametrize(("words", "status"), [(("-t", "0.3"), 124), ((), 128 + 9)])
def test_on_failure_shows_what_was_written_before_a_bad_end(
    cronwrap: Cronwrap, words: tuple[str, ...], status: int
) -> None:
    steps = "echo so far; " + ("exec sleep 60" if words else "kill -KILL $$")

    done = cronwrap("--output", "on-failure", *words, "--", "sh", "-c", steps)

    assert (done.returncode, done.stdout) == (status, "so far\n")


def test_without_room_to_hold_the_output_it_is_passed_on_and_that_is_told(
    cronwrap: Cronwrap,
) -> None:
    small_files = ["sh", "-c", '(ulimit -f 512; exec "$@") | cat', "sh"]  # blocks of 512 bytes

    done = cronwrap(
        "--output", "on-failure", "--", *job("print_bytes.py", 3 * MIB), via=small_files
    )

    assert done.returncode == 0
    assert done.stdout_bytes == printed(3 * MIB)
    assert done.stderr == (
        "cronwrap: the output could not be held back: File too large\n"
        "cronwrap: hint: so it was passed on although the job has not failed\n"
    )


def test_not_captured_the_job_has_our_very_own_descriptors(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with out.open("wb") as file:
        cronwrap.start("--no-capture", "--", *observe(tmp_path / "seen"), stdout=file).wait()

    seen = Observed.read(tmp_path / "seen")
    assert seen.fds[1] == str(out)
    assert seen.fds[2].endswith(".stderr")


def test_not_captured_the_status_and_the_streams_are_the_jobs(cronwrap: Cronwrap) -> None:
    done = cronwrap("--no-capture", "--", "sh", "-c", f"{BOTH}; exit 3")

    assert (done.returncode, done.stdout, done.stderr) == (3, "out\n", "err\n")


def test_not_captured_a_reader_that_goes_away_ends_the_job_as_it_would_without_us(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    via = ["sh", "-c", f'{{ "$@"; echo $? >{tmp_path}/status; }} | head -1', "sh"]

    done = cronwrap("--no-capture", "--", "yes", via=via)

    assert done.stdout == "y\n"
    assert (tmp_path / "status").read_text() == "141\n"


def test_a_reader_that_takes_its_time_does_not_hold_up_the_report(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    running = cronwrap.start(
        *("--output", "on-failure", "-e", f"webhook+{httpd.url}/x", "--"),
        *("sh", "-c", "head -c 2000000 /dev/zero; exit 3"),
        stdout=subprocess.PIPE,
    )

    assert json.loads(httpd.wait_for(2)[1].body)["phase"] == "fail"
    assert running.process.stdout is not None
    assert len(running.process.stdout.read()) == 2_000_000
    assert running.wait().returncode == 3
