"""What a run costs beside the job: CPU time, memory while it waits, and time after the job."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.bench import figures
from tests.conftest import Serve
from tests.support.authority import Authority
from tests.support.command import SCRIPT
from tests.support.waiting import descendants, eventually

ROUNDS = 15
pytestmark = pytest.mark.bench
PING = "healthchecks+{}/ping/0f2a9a53-2a0d-4a83-b0fe-9d1f6a6dc9a4"


def test_the_cpu_time_of_a_whole_run(tmp_path: Path, serve: Serve, authority: Authority) -> None:
    bare = figures.bare_environment(tmp_path, SSL_CERT_FILE=authority.ca_file)
    plain, secure = serve(), serve(authority.trusted())
    true = "/bin/true"

    median = figures.interleaved(
        ROUNDS,
        {
            "job": partial(figures.cpu_s, [true], bare),
            "python": partial(figures.cpu_s, [sys.executable, "-I", "-c", "pass"], bare),
            "none": partial(figures.cpu_s, [SCRIPT, "--", true], bare),
            "http": partial(
                figures.cpu_s, [SCRIPT, "-e", PING.format(plain.url), "--", true], bare
            ),
            "https": partial(
                figures.cpu_s, [SCRIPT, "-e", PING.format(secure.url), "--", true], bare
            ),
        },
    )

    print("\nCPU time of a run of /bin/true, all processes but the job")
    figures.say("python -I -c pass", f"{median['python']:.3f} s")
    for name, what, target_s in (
        ("none", "no endpoint", 0.04),
        ("http", "one http endpoint, start and end", 0.13),
        ("https", "one https endpoint, start and end", 0.17),
    ):
        figures.say(what, f"{median[name] - median['job']:.3f} s", f"({target_s} s)")
    assert len(plain.received) == len(secure.received) == 2 * ROUNDS


def test_memory_while_a_long_job_runs(tmp_path: Path, serve: Serve) -> None:
    server = serve()
    file = tmp_path / "config.toml"
    file.write_text(f'[defaults]\nendpoint = "{PING.format(server.url)}"\n')
    bare = figures.bare_environment(tmp_path, CRONWRAP_CONFIG=file)

    process = subprocess.Popen([SCRIPT, "--", "sleep", "60"], env=bare)
    server.wait_for(1)
    eventually(lambda: len(descendants(process.pid)) == 1)  # the reporter has left: the job alone
    resident, private = _memory_mb(process.pid)
    process.terminate()
    process.wait()

    print("\nMemory of all our processes while a job sleeps, its start reported, with a file")
    figures.say("resident", f"{resident:.1f} MB", "(12 MB)")
    figures.say("private", f"{private:.1f} MB", "(5 MB)")


def _memory_mb(pid: int) -> tuple[float, float]:
    """Return resident and private memory: pages that no other process on the machine has."""
    kib = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split()[:2]
        kib[name] = int(size)
    return kib["Rss:"] * 1.024e-3, (kib["Private_Clean:"] + kib["Private_Dirty:"]) * 1.024e-3


def test_the_time_from_the_end_of_the_job_to_ours(tmp_path: Path, serve: Serve) -> None:
    server = serve()
    bare = figures.bare_environment(tmp_path)
    short, long_ = "sleep 0.5; date +%s%N", "sleep 4; date +%s%N"
    url = PING.format(server.url)

    def last_answer_to_exit_ms(job: str) -> float:
        _, exited_s = _after_job_ms([], job, bare)
        return (exited_s - server.received[-1].at_s) * 1e3

    median = figures.interleaved(
        7,
        {
            "short": lambda: _after_job_ms([], short, bare)[0],
            "at once": lambda: _after_job_ms([], "date +%s%N", bare)[0],
            "up": lambda: _after_job_ms(["-e", url], short, bare)[0],
        },
    )
    started = figures.interleaved(3, {"new": lambda: _after_job_ms(["-e", url], long_, bare)[0]})

    print("\nFrom the end of the job to the end of cronwrap, loopback")
    figures.say("no endpoint, job of 0.5 s", f"{median['short']:.1f} ms", "(5 ms)")
    figures.say("no endpoint, job that ends at once", f"{median['at once']:.1f} ms")
    figures.say("endpoint, reporter is up", f"{median['up']:.1f} ms", "(10 ms + its answer)")
    figures.say("endpoint, reporter to be started", f"{started['new']:.1f} ms", "(130 ms)")


def _after_job_ms(words: list[str], job: str, environment: dict[str, str]) -> tuple[float, float]:
    """Return the time from the job's last word to our exit, and the time of that."""
    process = subprocess.Popen(
        [SCRIPT, *words, "--", "sh", "-c", job], env=environment, stdout=subprocess.PIPE
    )
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    exited_ns, exited_s = time.time_ns(), time.monotonic()
    assert process.stdout is not None
    said_ns = int(process.stdout.read())
    process.stdout.close()
    process.wait()
    return (exited_ns - said_ns) / 1e6, exited_s
