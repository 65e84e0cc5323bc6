"""The whole output of each run in a file of its own, compressed when the run is over, within limits."""

import gzip
import os
import subprocess
from pathlib import Path

from tests.support.command import Cronwrap
from tests.support.waiting import eventually


def packed(log_dir: Path, count: int = 1) -> list[Path]:
    """Wait until so many logs are compressed and none is left that is not; return them by age."""

    def found() -> list[Path]:
        names = sorted(log_dir.iterdir()) if log_dir.exists() else []
        done = len(names) == count and all(path.name.endswith(".log.gz") for path in names)
        return names if done else []

    return eventually(found)


def text(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_all_that_a_job_writes_is_in_a_file_for_its_owner_alone(cronwrap: Cronwrap) -> None:
    before = os.umask(0)
    try:
        done = cronwrap("-c", "a job", "--log-dir", "logs", "--", "seq", "100000")
    finally:
        os.umask(before)

    (path,) = packed(cronwrap.directory / "logs" / "a%20job")
    assert text(path) == done.stdout_bytes
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_there_whatever_becomes_of_the_output(cronwrap: Cronwrap) -> None:
    options = ["-c", "x", "--log-dir", "logs"]
    cronwrap(*options, "--output", "none", "--", "echo", "one")
    cronwrap(*options, "--output", "on-failure", "--", "echo", "two")
    cronwrap(*options, "--keep-output", "0", "--tail-bytes", "0", "--", "echo", "three")

    logs = packed(cronwrap.directory / "logs" / "x", 3)

    assert {text(path) for path in logs} == {b"one\n", b"two\n", b"three\n"}


def test_it_ends_at_its_limit_and_the_job_goes_on(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", "--log-dir", "logs", "--log-limit", "1000", "--", "seq", "10000")

    (path,) = packed(cronwrap.directory / "logs" / "x")
    assert done.stdout.endswith("10000\n")
    assert done.returncode == 0
    assert "ends at its limit; see --log-limit" in done.stderr
    assert text(path) == done.stdout_bytes[:1000]


def test_where_no_file_can_be_made_the_job_runs_and_it_is_said(cronwrap: Cronwrap) -> None:
    (cronwrap.directory / "file").touch()

    done = cronwrap("-c", "x", "--log-dir", "file/logs", "--", "echo", "fine")

    assert (done.returncode, done.stdout) == (0, "fine\n")
    assert "is not written: Not a directory" in done.stderr


def test_a_full_disk_costs_the_log_alone(cronwrap: Cronwrap) -> None:
    limited = ["sh", "-c", 'ulimit -f 40; exec "$@"', "sh"]

    done = cronwrap(
        *("-c", "x", "--log-dir", "logs", "--output", "none", "--", "seq", "100000"), via=limited
    )

    assert done.returncode == 0
    assert "is not written: File too large" in done.stderr


def test_what_a_killed_wrapper_leaves_is_compressed_by_the_next_run(cronwrap: Cronwrap) -> None:
    log_dir = cronwrap.directory / "logs" / "x"
    options = ["-c", "x", "--log-dir", "logs", "--", "sh", "-c"]
    running = cronwrap.start(*options, "echo password=hunter2hunter2; exec sleep 60")
    eventually(lambda: [path for path in log_dir.glob("*.log") if path.stat().st_size])
    running.process.kill()
    running.process.wait()

    cronwrap(*options, "echo second")

    first, second = packed(log_dir, 2)
    assert text(first) == b"password=[redacted: password]\n"
    assert text(second) == b"second\n"


def test_a_log_that_is_being_written_is_left_alone(cronwrap: Cronwrap) -> None:
    log_dir = cronwrap.directory / "logs" / "x"
    options = ["-c", "x", "--log-dir", "logs", "--", "sh", "-c"]
    cronwrap.start(*options, "echo first; exec sleep 60")
    (path,) = eventually(lambda: [path for path in log_dir.glob("*.log") if path.stat().st_size])

    cronwrap(*options, "echo second")

    eventually(lambda: list(log_dir.glob("*.log.gz")))
    assert path.read_bytes() == b"first\n"


def test_so_many_logs_are_kept_as_the_configuration_says(cronwrap: Cronwrap) -> None:
    cronwrap.write_config("[history]\nlog_runs = 2\n")
    log_dir = cronwrap.directory / "logs" / "x"
    for number in range(3):
        cronwrap("-c", "x", "--log-dir", "logs", "--", "echo", f"{number}")
        packed(log_dir, min(number + 1, 2))

    assert [text(path) for path in packed(log_dir, 2)] == [b"1\n", b"2\n"]


def test_an_old_log_goes(cronwrap: Cronwrap) -> None:
    log_dir = cronwrap.directory / "logs" / "x"
    cronwrap("-c", "x", "--log-dir", "logs", "--", "echo", "old")
    (old,) = packed(log_dir)
    os.utime(old, (0, 0))

    cronwrap("-c", "x", "--log-dir", "logs", "--", "echo", "new")

    eventually(lambda: not old.exists())
    assert text(packed(log_dir)[0]) == b"new\n"


def test_who_reads_the_output_does_not_wait_for_the_log(cronwrap: Cronwrap) -> None:
    script = "seq 4000000 >&2; echo over"
    running = cronwrap.start(
        *("-c", "x", "--log-dir", "logs", "--", "sh", "-c", script), stdout=subprocess.PIPE
    )
    assert running.process.stdout is not None

    assert running.process.stdout.read() == b"over\n"

    log_dir = cronwrap.directory / "logs" / "x"
    assert list(log_dir.glob("*.log")), (
        "30 MB were compressed while we waited for the end of a pipe"
    )
    packed(log_dir)


def test_secrets_that_lie_across_pieces_are_found(cronwrap: Cronwrap) -> None:
    line = "padding " * 10
    script = (
        f"yes '{line}' | head -c 1048560; echo; echo password=hunter2hunter2; yes x | head -5000"
    )

    cronwrap("-c", "x", "--log-dir", "logs", "--output", "none", "--", "sh", "-c", script)

    (path,) = packed(cronwrap.directory / "logs" / "x")
    assert b"hunter2" not in text(path)
    assert b"[redacted: password]" in text(path)
