"""The run's own file: what is known of it, on disk, from its start on.

One file per run in the state directory, written by nobody else: no lock to wait for, no database
to open before the job or after it.  A line is the ASCII form of a Python literal, because repr
needs no import; store.py takes the files in.  The file stays locked as long as its wrapper lives
(a POSIX lock dies with the process, and is not inherited), so a file that is unlocked and has
no end is a run that was cut off.
"""

import fcntl
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SUFFIX = ".run"
MANY_FILES = 64


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


class Record:
    """The file of one run.

    Attributes:
        problem: why nothing is recorded, or "".
    """

    __slots__ = ("_directory", "_fd", "problem")

    def __init__(self, directory: str, run_id: str) -> None:
        self._fd = -1
        self.problem = ""
        self._directory = os.path.join(directory, "runs")
        try:
            make_private(directory)
            make_private(self._directory)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._fd = os.open(os.path.join(self._directory, run_id + SUFFIX), flags, 0o600)
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._fail(directory, error)

    def write(self, facts: "dict[str, Any]") -> None:
        """Add a line of *facts*; plain values only. A full disk costs the record, nothing else."""
        if self._fd < 0:
            return
        data = ascii(facts).encode() + b"\n"
        try:
            if os.write(self._fd, data) < len(data):
                os.write(self._fd, b"\n")  # full: this says so in its own words
        except OSError as error:
            self._fail(self._directory, error)

    def _fail(self, directory: str, error: OSError) -> None:
        self.problem = f"this run is not recorded in {directory}: {error.strerror}"

    def crowded(self) -> bool:
        """Tell whether so many runs wait to be taken into the store that somebody should."""
        try:
            return self._fd >= 0 and len(os.listdir(self._directory)) > MANY_FILES
        except OSError:
            return False
