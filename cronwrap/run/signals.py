"""The signals that reach the wrapper: which there are, and how the loop hears of them.

A handler does nothing; Python writes the number of each signal to a pipe (set_wakeup_fd) that
the loop polls.  _signal is the C half of signal, without the 5 ms of enum.

On a terminal the job shares our process group, so the keyboard's signals reach it without us.
A sender's code tells the keyboard from kill(1), but only sigtimedwait(2) shows it: there INT,
QUIT and TSTP stay blocked, and the loop asks for them every TICK_S.
"""

import _signal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

STOPPING = (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP, _signal.SIGQUIT)
TO_GROUP = (_signal.SIGCONT, _signal.SIGTSTP)
TO_JOB = (_signal.SIGUSR1, _signal.SIGUSR2, _signal.SIGWINCH)
KEYBOARD = {_signal.SIGINT, _signal.SIGQUIT, _signal.SIGTSTP}
IGNORED_BY_PYTHON = {_signal.SIGPIPE, _signal.SIGXFSZ}
TICK_S = 0.1


class Signals:
    """All signals blocked and their handlers set, from before the fork until ``listen``.

    Attributes:
        ignored: the signals that were ignored when we began (nohup), and still are.
        fd: becomes readable when a signal came.
    """

    __slots__ = ("_keyboard", "_write", "fd", "ignored")

    def __init__(self) -> None:
        self.hold()
        self.ignored = {
            number
            for number in _signal.valid_signals() - IGNORED_BY_PYTHON
            if _signal.getsignal(number) == _signal.SIG_IGN
        }
        self._keyboard: set[int] = set()
        self.fd, self._write = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write, False)
        _signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (*STOPPING, *TO_GROUP, *TO_JOB):
            if number not in self.ignored:
                _signal.signal(number, lambda number, frame: None)
        # Ignored, it would take the job's exit status away from us.
        _signal.signal(_signal.SIGCHLD, lambda number, frame: None)

    def hold(self) -> None:
        """Block all signals, as it must be when a job is started."""
        _signal.pthread_sigmask(_signal.SIG_SETMASK, _signal.valid_signals())

    def listen(self, *, keyboard: bool) -> None:
        """Let signals through; with *keyboard* those that a terminal may send stay blocked."""
        self._keyboard = KEYBOARD - self.ignored if keyboard else set()
        _signal.pthread_sigmask(_signal.SIG_SETMASK, self._keyboard)

    @property
    def tick_s(self) -> "float | None":
        """How often to ask for signals although ``fd`` is silent; None when there is no need."""
        return TICK_S if self._keyboard else None

    def received(self) -> "Iterator[tuple[int, bool]]":
        """Yield each signal that came, and whether the keyboard sent it to the job as well."""
        try:
            numbers = os.read(self.fd, 4096)
        except BlockingIOError:
            numbers = b""
        for number in numbers:
            yield number, False
        while self._keyboard and (info := _signal.sigtimedwait(self._keyboard, 0)) is not None:
            yield info.si_signo, info.si_code > 0  # SI_USER and its like are 0 or less

    def let_go(self) -> None:
        """Give the stopping signals their default effect again: nothing is left to protect."""
        for number in STOPPING:
            if number not in self.ignored:
                _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())

    def forget(self) -> None:
        """In a forked helper: ignore what the wrapper is told; the wrapper looks after helpers."""
        _signal.set_wakeup_fd(-1)
        os.close(self.fd)
        os.close(self._write)
        for number in (*STOPPING, *TO_GROUP, *TO_JOB):
            if number != _signal.SIGCONT:
                _signal.signal(number, _signal.SIG_IGN)
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
