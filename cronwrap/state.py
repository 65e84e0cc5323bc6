"""The state directory: where what cronwrap remembers is, and what its files are called.

runs/ID.run     a run; once it is unlocked, somebody must look at it
runs/ID.report  what the job says of itself, while it runs; see run/testimony.py
runs/ID.done    a run of which nothing is owed; taken into the store when there are many
history.sqlite3 the store
owed            exists while the store owes something; its time is when to try again
locks/NAME.N    exists while place N of that lock is held; see run/lock.py
paused/         exists while checks are paused; see run/pause.py
timetables/     a mark for each schedule that was found to be one; see run/timetable.py
"""

import fcntl
import os
import stat
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUNS = "runs"
SUFFIX, SETTLED, SAID = ".run", ".done", ".report"
WAITING = "waiting"  # the phase of a run whose job may not start yet
OWED_MARK = "owed"
LOCKS, PAUSED, TIMETABLES = "locks", "paused", "timetables"
LONGEST_PAUSE_S = 3600.0  # between two tries; a mark later than that is a clock that was set back
MANY_FILES = 64
NAME_BYTES = 150  # of a file name, which file systems cut at 255
PLAIN = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def state_dir(environ: "Mapping[str, str]", chosen: "str | None" = None) -> str:
    """Return the directory that holds what cronwrap remembers."""
    if chosen:
        return chosen
    if os.geteuid() == 0:
        return "/var/lib/cronwrap"
    base = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):  # the XDG specification: a relative path is to be ignored
        home = environ.get("HOME") or os.path.expanduser("~")
        base = os.path.join(home if os.path.isabs(home) else "/nonexistent", ".local", "state")
    return os.path.join(base, "cronwrap")


def make_private(directory: str) -> None:
    """Make *directory* (0700) where it is missing, and see that it is nobody else's.

    Raises:
        OSError: it cannot be made, is a link, or belongs to another user.
    """
    try:
        os.mkdir(directory, 0o700)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(os.path.dirname(directory), 0o700, exist_ok=True)
        os.mkdir(directory, 0o700)
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(20, "it is not a directory, or only a link to one")
    if found.st_uid != os.geteuid():
        raise PermissionError(1, "it belongs to another user")


def safe_name(name: str) -> str:
    """Return a file name for *name*, which may be anything; no two names have the same.

    >>> safe_name("nightly-2"), safe_name("../a b")
    ('nightly-2', '%2E%2E%2Fa%20b')
    """
    data = name.encode("utf-8", "surrogatepass")
    safe = "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in data)
    if len(safe) <= NAME_BYTES:
        return safe
    return f"{safe[:NAME_BYTES]}%{digest(data).hex()}"


def digest(data: bytes) -> bytes:
    """Return 32 bytes that stand for *data*; hashlib would bring all of OpenSSL for it."""
    from _blake2 import blake2s

    return blake2s(data).digest()


def discard(path: str) -> None:
    """Remove the file at *path*, or whatever a job has put in its place; it may be gone already."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError:
        if os.path.isdir(path) and not os.path.islink(path):
            import shutil

            shutil.rmtree(path, ignore_errors=True)


def is_left(path: str) -> bool:
    """Tell whether nobody alive holds the file at *path*: a run's, its wrapper or reporter."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not is_held(fd)
    finally:
        os.close(fd)


def is_held(fd: int) -> bool:
    """Tell whether somebody else holds the file that is open as *fd*."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False


def is_due(directory: str) -> bool:
    """Tell whether it is time to send what the store owes."""
    try:
        due_unix_s = os.lstat(os.path.join(directory, OWED_MARK)).st_mtime
    except OSError:
        return False
    now_unix_s = time.time()
    return due_unix_s <= now_unix_s or due_unix_s > now_unix_s + LONGEST_PAUSE_S
