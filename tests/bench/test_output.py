"""How fast output passes through, beside ``cmd | cat``; and that memory does not grow with it."""

import os
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from tests.bench import figures
from tests.support.command import SCRIPT

pytestmark = pytest.mark.bench
BLOCKS_BYTES = 1 << 30
BLOCKS = f"dd if=/dev/zero bs=64k count={BLOCKS_BYTES // 65536} status=none"
LINES_BYTES = 16 * 40_000_001
LINES = "seq 100000000000000 100000040000000"  # lines of 16 bytes
WRITES_BYTES = 4080 * 500_000  # as stdio writes lines to a pipe, by a job that does nothing else
WRITES = "dd if=/dev/zero bs=4080 count=500000 status=none"


def mb_per_s(command: list[str], size_bytes: int, environment: dict[str, str]) -> float:
    with Path(os.devnull).open("wb") as null:
        begun_s = time.perf_counter()
        subprocess.run(command, env=environment, stdout=null, check=True)
        return size_bytes / 1e6 / (time.perf_counter() - begun_s)


def test_throughput(tmp_path: Path) -> None:
    bare = figures.bare_environment(tmp_path)

    for what, job, size, target in (
        ("64 KiB blocks", BLOCKS, BLOCKS_BYTES, 0.7),
        ("writes of 4080 bytes", WRITES, WRITES_BYTES, 0.9),
        ("short lines of 16 bytes", LINES, LINES_BYTES, 0.9),
    ):
        piped = ["sh", "-c", f"({job}) | cat"]
        wrapped = [SCRIPT, "--", "sh", "-c", job]
        median = figures.interleaved(
            5,
            {
                "cat": partial(mb_per_s, piped, size, bare),
                "cronwrap": partial(mb_per_s, wrapped, size, bare),
            },
        )
        print(f"\nOutput to /dev/null in {what}")
        figures.say("cmd | cat", f"{median['cat']:,.0f} MB/s")
        ratio = median["cronwrap"] / median["cat"]
        figures.say("cronwrap -- cmd", f"{median['cronwrap']:,.0f} MB/s", f"{ratio:.2f} ({target})")


def test_memory_does_not_grow_with_output(tmp_path: Path) -> None:
    bare = figures.bare_environment(tmp_path)
    print("\nMemory of cronwrap after ... of output")
    for gigabytes in (0, 1, 10):
        count = gigabytes * (10**9 // 65536)
        job = f"dd if=/dev/zero bs=64k count={count} status=none; cat /proc/$PPID/statm >&2"
        with Path(os.devnull).open("wb") as null:
            done = subprocess.run(
                [SCRIPT, "--", "sh", "-c", job],
                env=bare,
                stdout=null,
                stderr=subprocess.PIPE,
                check=True,
            )
        resident = int(done.stderr.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        figures.say(f"{gigabytes} GB", f"{resident:.1f} MB", "(2 MB above 0 GB)")
