"""The job finds what cron gave it: directory, mask, input, descriptors, signals, priorities."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap
from tests.support.observe import Observed, observe
from tests.support.waiting import is_alive, pids_in

ALL_BLOCKED = "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())"


def after(*statements: str) -> list[str]:
    """Return a command that does these in Python and then executes what stands behind it."""
    text = "import os, signal, sys; " + "; ".join(statements)
    return [sys.executable, "-I", "-S", "-c", f"{text}; os.execvp(sys.argv[1], sys.argv[1:])"]


def shell(text: str) -> list[str]:
    """Return a command that does *text* in a shell and then executes what stands behind it."""
    return ["sh", "-c", f'{text}; exec "$@"', "sh"]


def seen_by_job(cronwrap: Cronwrap, directory: Path, *options: str, **how: object) -> Observed:
    done = cronwrap(*options, "--", *observe(directory / "seen"), **how)  # type: ignore[arg-type] # as they come
    assert (done.returncode, done.stderr) == (0, "")
    return Observed.read(directory / "seen")


def test_all_is_as_it_was_before_the_command_was_put_there(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    via = [*shell("umask 026; ulimit -n 200; ulimit -c 0"), "nice", "-n", "4", "ionice", "-c", "3"]
    job = observe(tmp_path / "alone")
    subprocess.run(
        [*via, *job],
        env=cronwrap.environment(UNMEASURED),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )
    alone = Observed.read(tmp_path / "alone")

    seen = seen_by_job(cronwrap, tmp_path, via=via, cwd=tmp_path, env=UNMEASURED)

    for name in ("cwd", "umask", "nice", "ionice", "limits", "oom_score_adj", "stdin"):
        assert getattr(seen, name) == getattr(alone, name), name
    assert (seen.blocked, seen.ignored) == (set(), set())
    assert set(seen.fds) == set(alone.fds)
    assert seen.fds[0] == alone.fds[0]
    for name in ("Uid", "Gid", "Groups", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp"):
        assert seen.status.get(name) == alone.status.get(name), name


def test_the_job_leads_a_group_in_the_session_that_it_was_started_in(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    running = cronwrap.start("--", *observe(tmp_path / "seen"))
    running.wait()

    seen = Observed.read(tmp_path / "seen")
    assert (seen.parent, seen.session) == (running.pid, running.pid)
    assert seen.group == seen.pid


@pytest.mark.parametrize(
    ("data", "expected"), [(b"", b""), (b"a\0\xff\n", b"a\0\xff\n"), (b"x" * 65536, b"x" * 65536)]
)
def test_the_job_reads_our_standard_input(cronwrap: Cronwrap, data: bytes, expected: bytes) -> None:
    assert cronwrap("--", "cat", input=data).stdout_bytes == expected


def test_a_large_standard_input_is_read_to_its_end(cronwrap: Cronwrap, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(20_000_000)

    with large.open("rb") as file:
        done = cronwrap("--", "sh", "-c", "head -c 5; wc -c", stdin=file)

    assert done.stdout_bytes == b"\0\0\0\0\x0019999995\n"


def test_a_job_that_reads_nothing_leaves_the_input_to_the_next(cronwrap: Cronwrap) -> None:
    via = ["sh", "-c", '"$@"; cat', "sh"]

    assert cronwrap("--", "true", via=via, input=b"for the next\n").stdout == "for the next\n"


def test_descriptors_that_were_inherited_are_passed_on_and_none_is_added(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    seen = seen_by_job(cronwrap, tmp_path, via=shell("exec 7</dev/zero 9>/dev/null"))

    assert set(seen.fds) == {0, 1, 2, 7, 9}
    assert (seen.fds[7], seen.fds[9]) == ("/dev/zero", "/dev/null")


@pytest.mark.parametrize("closed", ["0", "1", "2", "01", "02", "12", "012"])
@pytest.mark.parametrize("options", [(), ("--no-capture",)], ids=["captured", "not captured"])
def test_the_job_may_be_started_with_standard_descriptors_closed(
    cronwrap: Cronwrap, tmp_path: Path, closed: str, options: tuple[str, ...]
) -> None:
    via = shell("exec" + "".join(f" {fd}>&-" for fd in closed))
    job = "echo out; echo err >&2; exit 3"

    cronwrap(*options, "--", *observe(tmp_path / "seen"), via=via)
    done = cronwrap(*options, "--", "sh", "-c", f"{{ {job}; }} 2>/dev/null", via=via)

    fds = set(Observed.read(tmp_path / "seen").fds)
    assert fds == {0, 1, 2} - {int(fd) for fd in closed if options or fd == "0"}
    assert done.returncode in ({2, 3} if options else {3})  # dash's echo fails without its output
    assert done.stdout == ("" if "1" in closed else "out\n")
    assert done.stderr == ""


def test_signals_that_were_blocked_reach_the_job_and_us(cronwrap: Cronwrap, tmp_path: Path) -> None:
    seen = seen_by_job(cronwrap, tmp_path, via=after(ALL_BLOCKED))

    assert (seen.blocked, seen.ignored) == (set(), set())


def test_a_job_started_with_all_signals_blocked_can_be_timed_out_and_stopped(
    cronwrap: Cronwrap,
) -> None:
    assert cronwrap("-t", "0.2", "--", "sleep", "60", via=after(ALL_BLOCKED)).returncode == 124
    running = cronwrap.start("--", "sh", "-c", "echo ready; exec sleep 60", via=after(ALL_BLOCKED))
    running.wait_for_output(b"ready")

    running.send_signal(signal.SIGTERM)

    assert running.wait().returncode == 128 + signal.SIGTERM


def test_broken_pipe_and_file_size_signals_have_their_default_effect(cronwrap: Cronwrap) -> None:
    # Python ignores both; a job that does so too spins, or says "Broken pipe".
    done = cronwrap("--", "bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}")

    assert (done.stdout, done.stderr) == ("y\n141\n", "")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_what_was_ignored_stays_ignored(
    cronwrap: Cronwrap, tmp_path: Path, number: signal.Signals
) -> None:
    seen = seen_by_job(cronwrap, tmp_path, via=shell(f"trap '' {number.name[3:]}"))

    assert seen.ignored == {number}


def test_under_nohup_a_hangup_ends_neither_the_job_nor_us(cronwrap: Cronwrap) -> None:
    job = "echo ready; read line; echo read $line"
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as typist:
        assert typist.stdin is not None
        assert typist.stdout is not None
        running = cronwrap.start("--", "sh", "-c", job, via=["nohup"], stdin=typist.stdout)
        running.wait_for_output(b"ready")
        running.send_signal(signal.SIGHUP)
        typist.stdin.write(b"on\n")
        typist.stdin.close()
        done = running.wait()

    assert done.returncode == 0
    assert "read on\n" in done.stdout


@pytest.mark.parametrize("config", ["", "[defaults]\nkill_after = 1\n"], ids=["none", "file"])
def test_started_with_child_signals_ignored_the_status_is_still_known(
    cronwrap: Cronwrap, config: str
) -> None:
    via = after("signal.signal(signal.SIGCHLD, signal.SIG_IGN)")

    assert cronwrap("--", "sh", "-c", "exit 7", via=via, config=config).returncode == 7
    status = cronwrap("--", "cat", "/proc/self/status", via=via).stdout  # a shell would reset it
    assert f"SigIgn:\t{1 << signal.SIGCHLD - 1:016x}\n" in status


@pytest.mark.parametrize("config", ["", "[defaults]\nkill_after = 1\n"], ids=["none", "file"])
def test_children_that_are_there_already_are_nobody_we_wait_for(
    cronwrap: Cronwrap, tmp_path: Path, config: str
) -> None:
    pid_file = tmp_path / "pid"
    ended, alive = "sh -c 'exit 5' &", f"sleep 60 & echo $! >{pid_file}"

    done = cronwrap("--", "sh", "-c", "exit 7", via=shell(f"{ended} {alive}"), config=config)

    assert done.returncode == 7
    assert is_alive(pids_in(pid_file)[0])
