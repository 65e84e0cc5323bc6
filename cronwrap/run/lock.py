"""Locks: runs that must not be at the same time.

A lock is a file in the state directory with a POSIX record lock on it (fcntl(2)).  That belongs to
the wrapper's process alone: it dies with it, SIGKILL included, and nothing that it has forked or
that the job leaves behind can hold it, as it could one of flock(2); and the kernel tells who holds
it.  N places are N files.  A file is there as long as it is held; what stands in it is for people,
but its pid is believed only when the kernel names the same.
"""

import fcntl
import os
import sys
import time

from cronwrap.run import kernel
from cronwrap.state import LOCKS, make_private, safe_name
from cronwrap.units import format_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# struct flock of Linux: type, whence, start, length, pid; of the BSDs and macOS: start, length,
# pid, type, whence, and FreeBSD's own.
LINUX_FLOCK, BSD_FLOCK = "hhqqi", "qqihhi"
READ_BYTES = 4096
COMMAND_CHARACTERS = 500


class Holder:
    """Who has a place of a lock.

    Attributes:
        path: of the place's file.
        pid: of the wrapper, as the kernel has it; 0 where it is in another container, or on
            another machine.
        check: of its run; "" where it has not said yet.
        since_unix_s, age_s: how long it has been there; 0 where it has not said yet.
        command: its job's, without secrets.
        kill_after_s: the grace that it gives its job.
    """

    __slots__ = ("age_s", "check", "command", "kill_after_s", "path", "pid", "since_unix_s")

    def __init__(self, path: str, pid: int, said: "dict[str, str]") -> None:
        self.path = path
        self.pid = pid
        known = said if not pid or said.get("pid") == str(pid) else {}
        self.check = known.get("check", "")
        self.command = known.get("command", "")
        self.since_unix_s = _number(known, "since_unix_s")
        self.kill_after_s = _number(known, "kill_after_s")
        clock_s = _number(known, "clock_s")
        self.age_s = max(0.0, time.monotonic() - clock_s) if clock_s else 0.0

    def __str__(self) -> str:
        return f"{self.who} ({format_duration(self.age_s)})" if self.since_unix_s else self.who

    @property
    def who(self) -> str:
        """Check, pid and since when, as it stays for as long as it holds the place."""
        who = f"check {self.check}" if self.check else "a run"
        where = f"pid {self.pid}" if self.pid else "a process that is not to be seen from here"
        if not self.since_unix_s:
            return f"{who}, {where}"
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.since_unix_s))
        return f"{who}, {where}, since {since}"

    def send(self, number: int) -> bool:
        """Send signal *number* to it, and to nobody else; False when it is not there any more.

        Raises:
            OSError: it cannot be signalled.
        """
        return kernel.send(self.pid, number, lambda: holder_pid(self.path) == self.pid)


class Lock:
    """A lock of a name, with one place or several.

    Attributes:
        fd: the descriptor that holds it, or -1; whoever closes it lets go of the lock.
    """

    __slots__ = ("_base", "_places", "_taken", "fd")

    def __init__(self, directory: str, name: str, places: int = 1) -> None:
        """Raises OSError when there can be no lock in the state directory *directory*."""
        make_private(directory)
        locks = os.path.join(directory, LOCKS)
        make_private(locks)
        self._base = os.path.join(locks, safe_name(name))
        self._places = places
        self._taken = ""
        self.fd = -1

    def take(self, about: "dict[str, str]") -> bool:
        """Take a place that is free, and write *about* us into it; False when there is none.

        Raises:
            OSError: the file system is full, read-only, or knows no locks.
        """
        for path in self._paths():
            fd = _take(path)
            if fd >= 0:
                self.fd, self._taken = fd, path
                self._write(about)
                return True
        return False

    def release(self) -> None:
        """Let go of it."""
        if self.fd >= 0:
            try:
                os.unlink(self._taken)
            except OSError:
                pass  # it stays, and is as free as none
            os.close(self.fd)
            self.fd = -1

    def holders(self) -> "list[Holder]":
        """Return who has it now, the oldest first."""
        found = [holder for path in self._paths() if (holder := holder_of(path)) is not None]
        return sorted(found, key=lambda holder: -holder.age_s)

    def _paths(self) -> "Iterator[str]":
        return (f"{self._base}.{place}" for place in range(self._places))

    def _write(self, about: "dict[str, str]") -> None:
        facts = {
            "pid": os.getpid(),
            "since_unix_s": time.time(),
            "clock_s": time.monotonic(),
            **about,
        }
        lines = (f"{name}: {_one_line(str(value))}\n" for name, value in facts.items())
        try:
            os.ftruncate(self.fd, 0)  # a holder that was killed has left its own
            os.pwrite(self.fd, "".join(lines).encode(errors="backslashreplace"), 0)
        except OSError:
            return  # a full disk: it is held all the same


def _take(path: str) -> int:
    """Return a descriptor that has the lock on the file *path*, or -1 when another has it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        fd = os.open(path, flags, 0o600)
        try:
            try:
                fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):  # POSIX allows either
                os.close(fd)
                return -1
            if _is_at(path, fd):  # else its holder has removed it, after we had opened it
                return fd
        except OSError:
            os.close(fd)
            raise
        os.close(fd)


def _is_at(path: str, fd: int) -> bool:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    return found.st_ino == os.fstat(fd).st_ino


def holder_of(path: str) -> "Holder | None":
    """Return who has the lock on the file *path*, None when nobody has."""
    pid = holder_pid(path)
    if pid is None:
        return None
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        text = os.read(fd, READ_BYTES).decode(errors="replace")
    finally:
        os.close(fd)
    pairs = (line.partition(": ") for line in text.splitlines())
    return Holder(path, pid, {name: value for name, _, value in pairs})


def holder_pid(path: str) -> "int | None":
    """Return the pid of who has the lock on the file *path*, None when nobody has.

    It is 0 where the kernel cannot name it here: in another container, on another machine.
    Not for a file whose lock we have: closing any descriptor of it lets go of that.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        kind, pid = _ask_kernel(fd)
    finally:
        os.close(fd)
    return None if kind == fcntl.F_UNLCK else max(pid, 0)


def _ask_kernel(fd: int) -> "tuple[int, int]":
    """Return the kind of lock that keeps us from taking one on *fd*, and whose it is."""
    import struct

    if sys.platform.startswith("linux"):
        asked = struct.pack(LINUX_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(LINUX_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    else:
        asked = struct.pack(BSD_FLOCK, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET, 0)
        _, _, pid, kind, _, _ = struct.unpack(BSD_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    return int(kind), int(pid)


def _number(said: "dict[str, str]", name: str) -> float:
    try:
        return float(said.get(name, 0))
    except ValueError:
        return 0.0


def _one_line(text: str) -> str:
    line = "".join(char if char.isprintable() else " " for char in text)
    return line[:COMMAND_CHARACTERS]
