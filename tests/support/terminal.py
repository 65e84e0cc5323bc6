"""A command on a terminal of its own, with a person at the keyboard.

with on_terminal(cronwrap, "--", "cat") as terminal:
    terminal.type(CTRL_C)
"""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence

from tests.support.command import SCRIPT, Cronwrap, Word
from tests.support.waiting import LIMIT_S, POLL_S

CTRL_C, CTRL_Z, CTRL_BACKSLASH = b"\x03", b"\x1a", b"\x1c"

# Makes descriptor 0 the controlling terminal, then executes what stands behind it.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execvp(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A pseudo-terminal, and the command that has it as its controlling terminal.

    Attributes:
        screen: all that was written to it so far; a line ends with CR LF.
    """

    def __init__(self, cronwrap: Cronwrap, *words: Word, via: Sequence[Word], columns: int) -> None:
        self.screen = b""
        self._keyboard, line = pty.openpty()
        os.set_blocking(self._keyboard, False)
        fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, *via, SCRIPT, *words],
            env=cronwrap.environment({"TERM": "xterm"}),
            cwd=cronwrap.directory,
            stdin=line,
            stdout=line,
            stderr=line,
            start_new_session=True,
        )
        os.close(line)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._keyboard)
        self._keyboard = -1

    def close(self) -> None:
        """Hang up, and end the command."""
        if self._keyboard >= 0:
            self.hang_up()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def type(self, keys: bytes) -> None:
        os.write(self._keyboard, keys)

    def wait_for(self, text: bytes, count: int = 1) -> None:
        """Wait until *text* is on the screen so many times."""
        deadline_s = time.monotonic() + LIMIT_S
        while self.screen.count(text) < count:
            assert time.monotonic() < deadline_s, self.screen
            self._look()

    def wait(self) -> int:
        """Return the exit status of the command, with all that it wrote on the screen."""
        deadline_s = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline_s, self.screen
            self._look()
        while self._look():
            pass
        return self.process.returncode

    def _look(self) -> bool:
        try:
            seen = os.read(self._keyboard, 65536)
        except BlockingIOError:
            time.sleep(POLL_S)
            return False
        except OSError:  # nobody has the terminal any more
            return False
        self.screen += seen
        return bool(seen)


@contextlib.contextmanager
def on_terminal(
    cronwrap: Cronwrap, *words: Word, via: Sequence[Word] = (), columns: int = 80
) -> Iterator[Terminal]:
    """Run the command as its words say; it is ended with the ``with``."""
    with contextlib.closing(Terminal(cronwrap, *words, via=via, columns=columns)) as terminal:
        yield terminal
