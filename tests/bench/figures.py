"""What the benchmarks share: rounds that are interleaved, medians, and lines to read.

Nothing here fails for being slow: figures are printed beside their targets, and a person judges.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.command import SCRIPT

CLOCK = ("date", "+%s%N")


def interleaved(rounds: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Return the median of each measure over *rounds*, taken in turns, in another order each."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    names = list(measures)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            taken[name].append(measures[name]())
    return {name: statistics.median(values) for name, values in taken.items()}


def say(what: str, figure: str, target: str = "") -> None:
    """Print a line of the report."""
    print(f"  {what:<58} {figure:>16}  {target}")


def bare_environment(directory: Path, **more: str | Path) -> dict[str, str]:
    """Return what cron would give, with the state in *directory*."""
    values = {"PATH": "/usr/bin:/bin", "HOME": str(directory), "SHELL": "/bin/sh", "LANG": "C"}
    values["CRONWRAP_STATE_DIR"] = str(directory / "state")
    values["CRONWRAP_CONFIG"] = os.devnull
    return values | {name: str(value) for name, value in more.items()}


def interpreter_ms(environment: Mapping[str, str]) -> float:
    """Return how long ``python -I -c pass`` takes."""
    begun_s = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", "pass"], env=environment, check=True)
    return (time.perf_counter() - begun_s) * 1e3


def job_start_ms(words: list[str], environment: Mapping[str, str]) -> float:
    """Return the time from exec of cronwrap to the first instruction of the job."""
    command = [SCRIPT, "--report-budget", "10ms", *words, "--", *CLOCK]
    begun_ns = time.time_ns()
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return (int(done.stdout) - begun_ns) / 1e6


def cpu_s(words: list[str], environment: Mapping[str, str]) -> float:
    """Return the CPU time of a command and all that it waited for."""
    pid = os.posix_spawn(words[0], words, dict(environment))
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, words
    return usage.ru_utime + usage.ru_stime
