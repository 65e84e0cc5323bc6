"""What an event tells of how a job ended, and of what it used."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import last, webhook
from tests.support.httpd import Httpd

PYTHON = (sys.executable, "-I", "-S", "-c")
TAKE_50_MB = "import time; kept = b'x' * 50_000_000; time.sleep(2.5)"
LIMIT_BYTES = 64_000_000
TAKE_TOO_MUCH = f"kept = b'x' * {4 * LIMIT_BYTES}; print('still here')"
ENTER = ("sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"')


@pytest.fixture
def small_cgroup() -> Iterator[Path]:
    """A cgroup with little memory; made below our own, in version 1 or 2."""
    directory = own_memory_cgroup() / f"cronwrap-test-{os.getpid()}"
    try:
        directory.mkdir()
        names = {"memory.limit_in_bytes", "memory.max"} & {f.name for f in directory.iterdir()}
        if not names:
            directory.rmdir()
            pytest.skip("no limit of memory can be set here")
        (directory / names.pop()).write_text(str(LIMIT_BYTES))
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    yield directory
    directory.rmdir()


def own_memory_cgroup() -> Path:
    mount = Path("/sys/fs/cgroup")
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return mount / "memory" / path.lstrip("/")
    return mount


@pytest.mark.parametrize("name", ["KILL", "SEGV", "USR1", "TERM", "PIPE"])
def test_the_signal_that_ended_the_job_is_named(
    cronwrap: Cronwrap, httpd: Httpd, name: str
) -> None:
    end_itself = ["sh", "-c", f"ulimit -c 0; kill -{name} $$"]

    done = cronwrap("-e", webhook(httpd), "--", *end_itself)

    assert done.returncode == 128 + signal.Signals[f"SIG{name}"]
    end = last(httpd)
    assert (end["reason"], end["signal"], end["core_dumped"]) == ("signal", f"SIG{name}", False)
    assert end["exit_status"] == done.returncode


def test_a_core_dump_is_told(cronwrap: Cronwrap, httpd: Httpd) -> None:
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("no core dumps are allowed here")
    dump = ["sh", "-c", "ulimit -c unlimited; kill -SEGV $$"]

    cronwrap("-e", webhook(httpd), "--", *dump)

    assert last(httpd)["core_dumped"] is True


def test_processor_time_is_that_of_the_job_and_its_children(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"

    cronwrap("-e", webhook(httpd), "--", *PYTHON, f"import os\nif os.fork(): os.wait()\n{burn}")

    assert 0.5 < last(httpd)["cpu_user_s"] + last(httpd)["cpu_system_s"] < 5


def test_the_largest_process_is_told(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("-e", webhook(httpd), "--", *PYTHON, "kept = b'x' * 50_000_000")

    assert 50_000_000 < last(httpd)["max_rss_bytes"] < 90_000_000


def test_the_size_of_what_started_us_is_not_the_jobs(cronwrap: Cronwrap, httpd: Httpd) -> None:
    """The kernel counts what a process was before it executed another program."""
    text = "import os, sys; kept = b'x' * 150_000_000; os.execvp(sys.argv[1], sys.argv[1:])"

    cronwrap(
        *("-e", webhook(httpd), "--", *PYTHON, "kept = b'x' * 50_000_000"), via=(*PYTHON, text)
    )

    assert 50_000_000 < last(httpd)["max_rss_bytes"] < 90_000_000


def test_the_memory_of_all_processes_together_is_told(cronwrap: Cronwrap, httpd: Httpd) -> None:
    text = '"$@" & "$@" & wait'

    cronwrap("-e", webhook(httpd), "--", "sh", "-c", text, "sh", *PYTHON, TAKE_50_MB)

    end = last(httpd)
    assert end["tree_max_rss_bytes"] > 100_000_000
    assert 50_000_000 < end["max_rss_bytes"] < 90_000_000


@pytest.mark.parametrize("shell", [False, True], ids=["the job", "a child of the job"])
def test_a_kill_for_want_of_memory_is_told(
    cronwrap: Cronwrap, httpd: Httpd, small_cgroup: Path, *, shell: bool
) -> None:
    take = [*PYTHON, TAKE_TOO_MUCH]
    words = ["sh", "-c", '"$@"; exit $?', "sh", *take] if shell else take

    done = cronwrap("-e", webhook(httpd), "--", *words, via=(*ENTER, small_cgroup))

    assert done.returncode == 137
    end = last(httpd)
    assert end["oom_killed"] is True
    assert end["reason"] == ("exit" if shell else "signal")
    assert end["detail"].startswith("the kernel's OOM killer ended it: its cgroup was at its ")


def test_another_kill_is_not_called_want_of_memory(cronwrap: Cronwrap, httpd: Httpd) -> None:
    done = cronwrap("-e", webhook(httpd), "--", "sh", "-c", "kill -9 $$")

    assert done.returncode == 137
    end = last(httpd)
    assert end["oom_killed"] is False
    assert "detail" not in end


def test_nor_is_it_when_the_kernel_kills_somebody_elses_process(
    cronwrap: Cronwrap, httpd: Httpd, small_cgroup: Path
) -> None:
    elsewhere = [*ENTER, str(small_cgroup), *PYTHON, TAKE_TOO_MUCH]
    wait = ["sh", "-c", "echo ready; read go; kill -9 $$"]
    running = cronwrap.start("-e", webhook(httpd), "--", *wait, stdin=subprocess.PIPE)
    running.wait_for_output(b"ready")
    httpd.wait_for(1)
    assert subprocess.run(elsewhere, check=False).returncode == -signal.SIGKILL

    running.process.communicate(b"go\n")

    assert running.wait().returncode == 137
    assert last(httpd)["oom_killed"] is False
