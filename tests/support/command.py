"""The installed command, run as cron would run it; and output compared with a file.

Output goes to files, so that the end of the command is seen as such: nothing waits for a
process that keeps a pipe open, and a test may look at what was written at any time.
"""

import contextlib
import difflib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.waiting import eventually, with_variable

SCRIPT = str(Path(sys.executable).with_name("cronwrap"))
LIMIT_S = 60.0
INPUT_BYTES = 65536  # what a pipe holds without a reader

CLOSED_STDIN = ("sh", "-c", 'exec "$@" <&-', "sh")
CLOSED_STREAMS = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")

Word = str | bytes | Path
Environment = Mapping[str, str | bytes | Path | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that has ended; ``returncode`` is -N when signal N ended it."""

    returncode: int
    stdout_bytes: bytes
    stderr_bytes: bytes

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode(errors="backslashreplace")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode(errors="backslashreplace")


class Running:
    """A command that was started; its end is waited for with a limit."""

    def __init__(self, process: "subprocess.Popen[bytes]", stdout: Path, stderr: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._stdout = stdout
        self._stderr = stderr

    @property
    def stdout_bytes(self) -> bytes:
        """What it has written so far."""
        return self._stdout.read_bytes()

    @property
    def stderr_bytes(self) -> bytes:
        return self._stderr.read_bytes()

    def send_signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait_for_output(self, text: bytes) -> None:
        """Wait until *text* is in its standard output or its standard error."""
        eventually(lambda: text in self.stdout_bytes + self.stderr_bytes)

    def wait(self, limit_s: float = LIMIT_S) -> Done:
        """Return what it did; after *limit_s* it is killed and the test fails with its output."""
        try:
            returncode = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {limit_s} s:\n{self._shown()}") from None
        return Done(
            returncode=returncode, stdout_bytes=self.stdout_bytes, stderr_bytes=self.stderr_bytes
        )

    def kill(self) -> None:
        """End it and its process group."""
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    def _shown(self) -> str:
        output = (self.stdout_bytes[-2000:] + b"\n" + self.stderr_bytes[-2000:]).decode(
            errors="backslashreplace"
        )
        return f"{self.process.args!r}\n{output}"


class Cronwrap:
    """Runs the command: ``cronwrap("--check", "x", "--", "true").returncode``.

    Each test has its own state directory, no configuration, and an environment of PATH alone.

    Attributes:
        state_dir: CRONWRAP_STATE_DIR, not yet made.
        config_file: CRONWRAP_CONFIG; there is an empty one until a test says ``config=``.
        environ: what every call is given; a test may change it.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state_dir = directory / "state"
        self.config_file = directory / "config.toml"
        self.environ: dict[str, str | bytes | Path | None] = {
            "PATH": os.environ.get("PATH", os.defpath),
            "CRONWRAP_STATE_DIR": self.state_dir,
            "CRONWRAP_CONFIG": self.config_file,
        }
        self.environ.update(_coverage())
        self.write_config("")
        self._started: list[Running] = []

    def __call__(
        self,
        *words: Word,
        via: Sequence[Word] = (),
        env: Environment | None = None,
        cwd: Path | None = None,
        input: bytes | None = None,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        config: str | None = None,
        limit_s: float = LIMIT_S,
    ) -> Done:
        """Run the command to its end; see ``start``."""
        running = self.start(
            *words, via=via, env=env, cwd=cwd, input=input, stdin=stdin, config=config
        )
        return running.wait(limit_s)

    def start(
        self,
        *words: Word,
        via: Sequence[Word] = (),
        env: Environment | None = None,
        cwd: Path | None = None,
        input: bytes | None = None,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
        config: str | None = None,
    ) -> Running:
        """Start the command in a session and process group of its own.

        Args:
            words: its arguments.
            via: a command that executes the command line behind it, such as ``("nohup",)`` or
                ``CLOSED_STDIN``.
            env: more variables, None takes one away.
            cwd: working directory, else the test's own.
            input: what its standard input has, through a pipe; at most INPUT_BYTES.
            stdin: in place of /dev/null.
            stdout: in place of a file, and then ``stdout_bytes`` stays empty.
            stderr: the same.
            config: configuration file, TOML, written with mode 0600.
        """
        if config is not None:
            self.write_config(config)
        name = f"{len(self._started)}"
        files = [self.directory / f"{name}.stdout", self.directory / f"{name}.stderr"]
        with files[0].open("ab") as out, files[1].open("ab") as err, _input(input, stdin) as source:
            process = subprocess.Popen(
                [*via, SCRIPT, *words],
                env=self.environment(env),
                cwd=cwd or self.directory,
                stdin=source,
                stdout=out if stdout is None else stdout,
                stderr=err if stderr is None else stderr,
                start_new_session=True,
            )
        self._started.append(Running(process, *files))
        return self._started[-1]

    def environment(self, more: Environment | None = None) -> dict[bytes, bytes]:
        """Return the whole environment that a call with ``env=more`` has."""
        values = {**self.environ, **(more or {})}
        return {os.fsencode(k): os.fsencode(v) for k, v in values.items() if v is not None}

    def write_config(self, text: str) -> None:
        self.config_file.touch(mode=0o600)
        self.config_file.write_text(text, encoding="utf-8")

    def end(self) -> None:
        """Kill whatever is left of what this test started, wherever it went."""
        for running in self._started:
            running.kill()
            for pipe in (running.process.stdin, running.process.stdout, running.process.stderr):
                if pipe is not None:
                    pipe.close()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):  # it may be ending by itself
                os.kill(pid, signal.SIGKILL)
        assert self._left_over() == []

    def _left_over(self) -> list[Path]:
        """Remove the files of ours in /tmp; return those whose wrapper was not killed."""
        returncodes = {str(one.pid): one.process.returncode for one in self._started}
        left = [
            (path, returncodes[path.name.split("-")[1]])
            for path in Path("/tmp").glob("cronwrap-*-*")  # noqa: S108 - where all have theirs
            if path.name.split("-")[1] in returncodes
        ]
        for path, _ in left:
            path.unlink(missing_ok=True)
        return [path for path, returncode in left if returncode != -signal.SIGKILL]

    def processes(self) -> set[int]:
        """Return what runs with this test's state directory in its environment."""
        return with_variable(b"CRONWRAP_STATE_DIR=" + os.fsencode(self.state_dir))


def _coverage() -> dict[str, str]:
    """Return what makes a process that is started with it be measured too."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


UNMEASURED: dict[str, None] = dict.fromkeys(_coverage())
"""``env=UNMEASURED``: where coverage's own imports, variable or time would be seen."""


def _input(data: bytes | None, stdin: int | IO[bytes]) -> "_Source":
    if data is None:
        return _Source(stdin)
    assert len(data) <= INPUT_BYTES
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    return _Source(read, owned=True)


class _Source:
    """A standard input for a process to be started; closed here afterwards when it is our own."""

    def __init__(self, stdin: int | IO[bytes], *, owned: bool = False) -> None:
        self._stdin = stdin
        self._owned = owned

    def __enter__(self) -> int | IO[bytes]:
        return self._stdin

    def __exit__(self, *_: object) -> None:
        if self._owned and isinstance(self._stdin, int):
            os.close(self._stdin)


class Golden:
    """Compares a text with a file; with UPDATE_GOLDEN=1 in the environment it writes the file."""

    def __call__(self, path: Path, text: str) -> None:
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"there is no {path}: write it with UPDATE_GOLDEN=1"
        expected = path.read_text(encoding="utf-8")
        difference = difflib.unified_diff(
            expected.splitlines(keepends=True), text.splitlines(keepends=True), str(path), "now"
        )
        assert text == expected, "".join(difference)
