"""Two hundred jobs in the same second, as at the full hour: every job starts, every report arrives."""

import statistics
import subprocess
import time
from pathlib import Path

import pytest

from tests.bench import figures
from tests.conftest import Serve
from tests.support.command import SCRIPT

pytestmark = pytest.mark.bench
JOBS = 200


def test_two_hundred_jobs_in_the_same_second(tmp_path: Path, serve: Serve) -> None:
    server = serve()
    bare = figures.bare_environment(tmp_path)
    url = f"healthchecks+{server.url}/ping/0f2a9a53-2a0d-4a83-b0fe-9d1f6a6dc9a4"
    begun_ns, processes = [], []
    for number in range(JOBS):
        begun_ns.append(time.time_ns())
        command = [SCRIPT, "-c", f"job{number}", "-e", url, "--", "sh", "-c", "date +%s%N; sleep 2"]
        processes.append(subprocess.Popen(command, env=bare, stdout=subprocess.PIPE))
    started_ms = [
        (int(process.communicate()[0]) - exec_ns) / 1e6
        for process, exec_ns in zip(processes, begun_ns, strict=True)
    ]

    print(f"\n{JOBS} jobs of 2 s started at once, each with a report of start and end")
    figures.say("from exec to the job's start, median", f"{statistics.median(started_ms):.0f} ms")
    figures.say("from exec to the job's start, longest", f"{max(started_ms):.0f} ms")
    figures.say("all done", f"{(time.time_ns() - begun_ns[0]) / 1e9:.1f} s")
    figures.say("reports that arrived", f"{len(server.received)}", f"({2 * JOBS})")
    assert {process.returncode for process in processes} == {0}
    assert len(server.received) == 2 * JOBS
