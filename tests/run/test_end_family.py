"""The command as parent, as child, as PID 1, and as a victim itself."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.command import SCRIPT, Cronwrap
from tests.support.events import events, webhook
from tests.support.httpd import Httpd
from tests.support.observe import job
from tests.support.waiting import children, eventually, is_alive, pids_in

AS_PID_1 = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
DIRECTLY = ("env",)
# Leaves five orphans, and says "clean" when none is left as a zombie.
LEAVE_ORPHANS = """
for i in 1 2 3 4 5; do (sh -c 'echo $$ >>"$0"' "$0" &); done
until [ "$(wc -l <"$0")" = 5 ]; do sleep 0.01; done
for pid in $(cat "$0"); do
    while [ -e /proc/$pid ]; do sleep 0.01; done
done
echo clean
"""


def namespaces() -> bool:
    return subprocess.run([*AS_PID_1, "true"], capture_output=True, check=False).returncode == 0


needs_namespaces = pytest.mark.skipif(not namespaces(), reason="no PID namespaces here")


@pytest.mark.parametrize(
    "via", [DIRECTLY, pytest.param(AS_PID_1, marks=needs_namespaces)], ids=["usual", "PID 1"]
)
def test_orphans_of_the_job_are_waited_for_while_it_runs(
    cronwrap: Cronwrap, tmp_path: Path, via: tuple[str, ...]
) -> None:
    done = cronwrap("-t", "20s", "--", "sh", "-c", LEAVE_ORPHANS, tmp_path / "pids", via=via)

    assert (done.returncode, done.stdout) == (0, "clean\n")


@needs_namespaces
def test_pid_1_passes_signals_on_and_ends_with_the_jobs_status(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    tell = ["sh", "-c", "trap 'echo bye; exit 9' TERM; echo ready $PPID; sleep 1000 & wait"]
    running = cronwrap.start("-e", webhook(httpd), "--", *tell, via=AS_PID_1)
    running.wait_for_output(b"ready 1\n")

    for pid in children(running.pid):
        subprocess.run(["kill", "-TERM", str(pid)], check=True)

    done = running.wait()
    assert (done.returncode, done.stdout) == (9, "ready 1\nbye\n")
    assert [event["phase"] for event in events(httpd)] == ["start", "fail"]


@needs_namespaces
def test_pid_1_ends_at_its_timeout(cronwrap: Cronwrap) -> None:
    ignore = job("ignore_signals.sh", "TERM")

    done = cronwrap("-t", "1s", "--kill-after", "100ms", "--", *ignore, via=AS_PID_1)

    assert done.returncode == 124


def test_killed_itself_it_takes_the_job_along(cronwrap: Cronwrap, tmp_path: Path) -> None:
    text = 'echo $$ >"$0"; exec sleep 1000'
    running = cronwrap.start("--", "sh", "-c", text, tmp_path / "pid")
    pid = pids_in(tmp_path / "pid")[0]

    running.send_signal(signal.SIGKILL)

    assert running.wait().returncode == -signal.SIGKILL
    eventually(lambda: not is_alive(pid))


def test_killed_itself_it_takes_the_reporter_along(cronwrap: Cronwrap, httpd: Httpd) -> None:
    running = cronwrap.start("-e", webhook(httpd), "--", "sleep", "1000")
    httpd.wait_for(1)

    running.send_signal(signal.SIGKILL)

    eventually(lambda: not cronwrap.processes())


def test_killed_at_any_moment_of_its_beginning_it_leaves_no_job(cronwrap: Cronwrap) -> None:
    """The death signal must be asked for, and the parent looked for, before the job can run."""
    for after_ms in range(0, 40, 2):
        running = cronwrap.start("--", "sleep", "1000")
        time.sleep(after_ms / 1000)  # the moment is the point
        running.send_signal(signal.SIGKILL)
        running.wait()

    eventually(lambda: not cronwrap.processes())


def test_a_wrapper_in_a_wrapper_has_its_own_check_and_run(cronwrap: Cronwrap, httpd: Httpd) -> None:
    hook = ("-e", webhook(httpd))
    inner = ["cronwrap", "-c", "inner", *hook, "--", "sh", "-c", "echo $CRONWRAP_RUN_ID; exit 3"]
    path = {"PATH": f"{Path(SCRIPT).parent}:/usr/bin:/bin"}

    done = cronwrap("-c", "outer", *hook, "--", *inner, env=path)

    assert done.returncode == 3
    said = {(event["check"], event["phase"]): event["run_id"] for event in events(httpd)}
    assert said.keys() == {(c, p) for c in ("inner", "outer") for p in ("start", "fail")}
    assert len(set(said.values())) == 2
    assert said["inner", "start"] == said["inner", "fail"] == done.stdout.strip()
    ends = [event["check"] for event in events(httpd) if event["phase"] == "fail"]
    assert ends == ["inner", "outer"]


def test_the_outer_timeout_ends_both_and_each_says_why(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    hook = ("-e", webhook(httpd))
    text = 'echo $$ >"$0"; exec sleep 1000'
    inner = ["-c", "inner", *hook, "--", "sh", "-c", text, str(tmp_path / "pid")]

    done = cronwrap("-c", "outer", "-t", "700ms", *hook, "--", SCRIPT, *inner)

    assert done.returncode == 124
    ends = {event["check"]: event["reason"] for event in events(httpd) if "reason" in event}
    assert ends == {"outer": "timeout", "inner": "stopped"}
    assert not is_alive(pids_in(tmp_path / "pid")[0])
    assert cronwrap.processes() == set()
