"""The command's own memory stays the same, whatever the job prints and whoever does not read it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap, Running
from tests.support.waiting import status_of

GROWTH_KB = 2048
# Prints some, so that each buffer has been filled once; when told to, much more.
PRINT = """
$0 | head -c 4000000; echo begun >&2; read go
$0 | head -c 200000000; echo printed >&2; read go
"""
# Writes until its output has not been taken for half a second, and tells how much it was.
PRINT_UNTIL_STALLED = """
import os, select, sys
sys.stdin.readline()
count = 0
os.set_blocking(1, False)
while count < 100_000_000 and select.select([], [1], [], 0.5)[1]:
    count += os.write(1, b"x" * 65536)
os.write(2, f"stalled {count}\\n".encode())
sys.stdin.readline()
"""


def rss_kb(pid: int) -> int:
    return int(status_of(pid)["VmRSS"].split()[0])


def say_go(running: Running) -> None:
    assert running.process.stdin is not None
    running.process.stdin.write(b"go\n")
    running.process.stdin.flush()


@pytest.mark.parametrize("source", ["yes", "yes a-line-of-output", "cat /dev/zero"])
def test_much_output_takes_no_memory(cronwrap: Cronwrap, source: str) -> None:
    with Path("/dev/null").open("wb") as null:
        running = cronwrap.start(
            *("--tail-bytes", "300k", "--", "sh", "-c", PRINT.replace("$0", source)),
            stdin=subprocess.PIPE,
            stdout=null,
            env=UNMEASURED,
        )
    running.wait_for_output(b"begun")
    before_kb = rss_kb(running.pid)

    say_go(running)
    running.wait_for_output(b"printed")

    assert rss_kb(running.pid) - before_kb < GROWTH_KB
    say_go(running)
    assert running.wait().returncode == 0


def test_a_reader_that_does_not_read_holds_the_job_back_and_takes_no_memory(
    cronwrap: Cronwrap,
) -> None:
    running = cronwrap.start(
        *("--", sys.executable, "-I", "-S", "-c", PRINT_UNTIL_STALLED),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=UNMEASURED,
    )
    say_go(running)
    running.wait_for_output(b"stalled")

    count = int(running.stderr_bytes.split()[-1])
    assert count < 4_000_000
    assert rss_kb(running.pid) < 24_000
