"""The job's output is passed on as it comes, whole, and to the stream that it was written to."""

import fcntl
import os
import socket
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.observe import job, printed
from tests.support.waiting import children, eventually, is_alive, pids_in, status_of

PIPE_BYTES = 65536


def test_standard_output_and_error_stay_apart(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", *job("print_both.sh", 300))

    assert done.stdout == "".join(f"out {number}\n" for number in range(1, 301))
    assert done.stderr == "".join(f"err {number}\n" for number in range(1, 301))


def test_where_both_are_one_file_the_order_is_kept(cronwrap: Cronwrap) -> None:
    for via in (["sh", "-c", 'exec "$@" 2>&1', "sh"], ["sh", "-c", '"$@" 2>&1 | cat', "sh"]):
        done = cronwrap("--", *job("print_both.sh", 300), via=via)

        assert done.stdout == "".join(f"out {n}\nerr {n}\n" for n in range(1, 301))


@pytest.mark.parametrize("descriptor", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 65_536, 5_000_000])
def test_every_byte_is_passed_on(cronwrap: Cronwrap, count: int, descriptor: int) -> None:
    done = cronwrap("--", *job("print_bytes.py", count, descriptor))

    streams = [done.stdout_bytes, done.stderr_bytes]
    assert streams[descriptor - 1] == printed(count)
    assert streams[2 - descriptor] == b""


def test_output_is_bytes_and_nothing_is_added_to_it(cronwrap: Cronwrap) -> None:
    every = bytes(range(256)) * 3 + b"\r\n\x1b[31m no newline at the end"

    assert cronwrap("--", "cat", input=every).stdout_bytes == every


def test_a_line_arrives_while_the_job_still_runs(cronwrap: Cronwrap) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as typist:
        assert typist.stdin is not None
        assert typist.stdout is not None
        steps = "printf a; read x; printf b >&2; read x; printf c"
        running = cronwrap.start("--", "sh", "-c", steps, stdin=typist.stdout)
        for text in (b"a", b"b", b"c"):
            running.wait_for_output(text)
            typist.stdin.write(b"\n")
            typist.stdin.flush()
        assert running.wait().returncode == 0


def test_a_file_that_is_appended_to_keeps_what_is_there(cronwrap: Cronwrap, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")

    for _ in range(2):
        via = ["sh", "-c", f'exec "$@" >>{log} 2>&1', "sh"]
        cronwrap("--", "sh", "-c", "echo out; echo err >&2", via=via)

    assert log.read_text() == "before\nout\nerr\nout\nerr\n"


def test_our_descriptors_still_block_for_those_who_share_them(cronwrap: Cronwrap) -> None:
    read, write = os.pipe()
    running = cronwrap.start("--", "sh", "-c", "echo x; sleep 60", stdout=write)
    assert os.read(read, 2) == b"x\n"

    assert os.get_blocking(write)

    running.kill()
    os.close(read)
    os.close(write)


class Reader:
    """The read end of a pipe that is a command's standard output."""

    def __init__(self, cronwrap: Cronwrap, *words: str, via: Sequence[str] = ()) -> None:
        self.fd, write = os.pipe()
        self.running = cronwrap.start(*words, stdout=write, via=via)
        os.close(write)

    def go_away(self) -> None:
        os.close(self.fd)


@pytest.mark.parametrize("redirected", ["", ' 2>"$0"'], ids=["one stream", "two"])
def test_a_reader_that_goes_away_costs_the_copy_and_not_the_job(
    cronwrap: Cronwrap, tmp_path: Path, redirected: str
) -> None:
    steps = f"yes | head -c 300000; echo still here >{tmp_path}/later; exit 3"
    via = ["sh", "-c", f'{{ "$@"; echo $? >{tmp_path}/status; }}{redirected} | head -1', "sh"]

    done = cronwrap("--", "sh", "-c", steps, via=via)

    assert done.stdout == "y\n"
    assert (tmp_path / "later").read_text() == "still here\n"
    assert (tmp_path / "status").read_text() == "3\n"
    assert done.stderr == ""


def test_a_reader_that_goes_away_while_it_is_behind_costs_no_time(cronwrap: Cronwrap) -> None:
    measured = ["bash", "-c", 'TIMEFORMAT="%U %S"; time "$@"', "bash"]
    reader = Reader(cronwrap, "--", "sh", "-c", "yes | head -c 3000000; exec sleep 1", via=measured)
    eventually(lambda: waiting_bytes(reader.fd) == PIPE_BYTES)
    (wrapper,) = children(reader.running.pid)
    eventually(lambda: status_of(wrapper)["State"].startswith("S"))  # it waits for us

    reader.go_away()
    done = reader.running.wait()

    user_s, system_s = map(float, done.stderr.split())
    assert user_s + system_s < 0.5  # polling without end would have taken the whole second


def waiting_bytes(fd: int) -> int:
    """Return how much can be read from the pipe *fd*."""
    return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_full_device_costs_the_copy_and_is_told(cronwrap: Cronwrap, tmp_path: Path) -> None:
    later = tmp_path / "later"
    job = ["sh", "-c", f"echo one; echo two; echo err >&2; echo >{later}; exit 3"]
    with Path("/dev/full").open("wb") as full:
        done = cronwrap.start("--", *job, stdout=full).wait()

    assert done.returncode == 3
    assert later.exists()
    assert done.stderr == (
        "err\ncronwrap: the rest of the job's output is not on standard output: "
        "No space left on device\n"
    )


def test_a_full_standard_error_changes_nothing_else(cronwrap: Cronwrap) -> None:
    with Path("/dev/full").open("wb") as full:
        done = cronwrap.start(
            "--", "sh", "-c", "echo err >&2; echo out; exit 3", stderr=full
        ).wait()

    assert (done.returncode, done.stdout) == (3, "out\n")


def test_a_reader_that_stalls_makes_the_job_wait_and_gets_all_of_it(cronwrap: Cronwrap) -> None:
    reader = Reader(cronwrap, "--", *job("print_bytes.py", 6_000_000))
    eventually(lambda: waiting_bytes(reader.fd) == PIPE_BYTES)
    assert reader.running.process.poll() is None

    with os.fdopen(reader.fd, "rb") as file:
        assert file.read() == printed(6_000_000)
    assert reader.running.wait().returncode == 0


def test_a_reader_that_stalls_does_not_keep_the_job_from_its_timeout(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    endless = f"echo $$ >{pid_file}; exec yes"
    reader = Reader(cronwrap, "--timeout", "0.3", "--", "sh", "-c", endless)

    (pid,) = pids_in(pid_file)
    eventually(lambda: not is_alive(pid))

    reader.go_away()
    assert reader.running.wait().returncode == 124


def test_a_socket_is_written_to_as_well(cronwrap: Cronwrap) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        running = cronwrap.start("--", *job("print_bytes.py", 1_000_000), stdout=theirs.fileno())
        theirs.close()
        with ours.makefile("rb") as file:
            assert file.read() == printed(1_000_000)
        assert running.wait().returncode == 0
