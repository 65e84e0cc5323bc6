"""What the job itself says of its run: the file whose path is in CRONWRAP_REPORT.

It is made before the job starts (no import, one open), empty and for nobody else to read, beside
the run's own file; the store removes it where we could not. Where the state directory takes no
file, it is in TMPDIR, and what was left there by a wrapper that was killed is removed by the next
one that comes by. What stands in it afterwards may be anything: it is read from a plain file of
our own user alone, up to READ_BYTES, and what has no meaning is told in a warning.

A line is ``name=value`` or a JSON object: ``note``, ``status`` (warn, skip or fail), and numbers
under any other name. json is imported only when a line begins with a brace.
"""

import os
import stat
import time

from cronwrap.state import RUNS, SAID, discard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

VARIABLE = "CRONWRAP_REPORT"
STATUSES = ("warn", "skip", "fail")
TEMPORARY = "cronwrap-"  # begins the name of one in a directory that others use, too
LEFT_OVER_S = 3600.0
READ_BYTES = 64 * 1024
NOTE_CHARACTERS = 1000
MOST_METRICS = 100
NAME_CHARACTERS, NUMBER_CHARACTERS, SHOWN_CHARACTERS = 64, 40, 40
NAME = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
NUMBER = set("0123456789+-.eE")
MOST_EXACT = 2**53
INFINITE = float("inf")


def make(run_id: str, state_dir: str, environ: "Mapping[str, str]") -> str:
    """Make the file and return its path, "" where no directory takes one."""
    places = [(os.path.join(state_dir, RUNS), "")]  # which the run's record has made
    places += [(one, f"{TEMPORARY}{os.getpid()}-") for one in temporary_directories(environ)]
    for directory, prefix in places:
        path = os.path.join(directory, f"{prefix}{run_id}{SAID}")
        try:
            if is_safe(directory):
                _create(path)
                return path
        except OSError:
            continue
    return ""


def temporary_directories(environ: "Mapping[str, str]") -> "list[str]":
    """Return where the file is made when the state directory does not take it."""
    return [environ.get("TMPDIR", ""), "/tmp", "/var/tmp"]  # noqa: S108 - see is_safe


def _create(path: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    os.close(os.open(path, flags, 0o600))


def is_safe(directory: str) -> bool:
    """Tell whether nobody else can put a link in the place of a file of ours in *directory*."""
    found = os.stat(directory)
    shared = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
    return os.path.isabs(directory) and found.st_uid in (0, os.geteuid()) and not shared


def renew(path: str) -> None:
    """Make the file anew, for another attempt of the job."""
    if path:
        discard(path)
        try:
            _create(path)
        except OSError:
            return  # the job may say nothing, then


def remove(path: str) -> None:
    """Remove the file when the run is over, and what others have left beside it in TMPDIR."""
    discard(path)
    if os.path.basename(path).startswith(TEMPORARY):
        sweep(os.path.dirname(path))


def sweep(directory: str) -> None:
    """Remove from a temporary *directory* what killed wrappers of this user have left there."""
    try:
        names = os.listdir(directory)
    except OSError:
        return
    for name in names:
        if name.startswith(TEMPORARY) and name.endswith(SAID):
            path = os.path.join(directory, name)
            if _is_left(path, name.split("-")[1]):
                discard(path)


def _is_left(path: str, pid: str) -> bool:
    """Tell whether *path* is ours and old, and its wrapper *pid* is gone."""
    try:
        found = os.lstat(path)
        if found.st_uid != os.geteuid() or time.time() - found.st_mtime < LEFT_OVER_S:
            return False
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False


class Said:
    """What a job has said of a run.

    Attributes:
        note: for people, or "".
        status: one of STATUSES, or "".
        metrics: numbers by name.
        problems: what has no meaning, and why.
    """

    __slots__ = ("metrics", "note", "problems", "status")

    def __init__(self) -> None:
        self.note = self.status = ""
        self.metrics: dict[str, float] = {}
        self.problems: list[str] = []

    def take(self, name: str, value: "Any") -> None:
        """Take over one pair, of which either may be anything.

        Raises:
            ValueError: it has no meaning; says why.
        """
        if name == "note":
            notes = filter(None, (self.note, str(value).strip()))
            self.note = "; ".join(notes)[:NOTE_CHARACTERS]
        elif name == "status":
            if value not in STATUSES:
                raise ValueError(f"status {_shown(value)} is none of {', '.join(STATUSES)}")
            self.status = value
        elif not is_name(name):
            raise ValueError(f"{_shown(name)} is no name for a number: letters, digits, _ - and .")
        elif name not in self.metrics and len(self.metrics) >= MOST_METRICS:
            raise ValueError(f"there are more than {MOST_METRICS} numbers")
        else:
            self.metrics[name] = _number(name, value)


def read(path: str) -> Said:
    """Return what stands in the file."""
    said = Said()
    if not path:
        return said
    try:
        data = _content(path)
    except FileNotFoundError:
        return said  # the job has removed it: it has nothing to say
    except OSError as error:
        said.problems.append(f"{VARIABLE} cannot be read: {error.strerror}")
        return said
    if len(data) > READ_BYTES:
        said.problems.append(f"of {VARIABLE} only the first {READ_BYTES // 1024} kB were read")
        data = data[:READ_BYTES].rpartition(b"\n")[0]
    lines = data.decode("utf-8", "replace").replace("\0", "").split("\n")
    wrong = []
    for number, line in enumerate(lines, 1):
        try:
            for name, value in _pairs(line.strip()):
                said.take(name, value)
        except ValueError as error:
            wrong.append(f"{VARIABLE}, line {number}: {error}")
    if wrong:
        others = f" (and {len(wrong) - 1} more lines like it)" if len(wrong) > 1 else ""
        said.problems.append(f"{wrong[0]}{others}")
    return said


def _content(path: str) -> bytes:
    """Return the beginning of the file, one byte more than is wanted where it is longer.

    Raises:
        OSError: it cannot be read, or is not what was made; a link is not followed.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(1, "it is not the file that was made")
        return os.read(fd, READ_BYTES + 1)
    finally:
        os.close(fd)


def _pairs(line: str) -> "Iterator[tuple[str, Any]]":
    """Yield names and values of one line.

    Raises:
        ValueError: it is neither of the two forms.
    """
    if line.startswith("{"):
        yield from _object(line).items()
    elif line and not line.startswith("#"):
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"{_shown(line)} is neither name=value nor a JSON object")
        yield name.strip(), value.strip()


def _object(line: str) -> "dict[str, Any]":
    import json

    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"{_shown(line)} is no JSON object") from None
    return dict(found)


def _number(name: str, value: "Any") -> float:
    number = parse_number(value) if isinstance(value, str) else value
    try:
        if isinstance(number, int) and not isinstance(number, bool):
            return number if abs(number) <= MOST_EXACT else float(number)
    except OverflowError:
        pass  # told below, as infinity is
    if isinstance(number, float) and abs(number) < INFINITE:  # which nan is not either
        return number
    raise ValueError(f"{name} {_shown(value)} is no number")


def is_name(text: str) -> bool:
    """Tell whether a number may have the name *text*."""
    return 0 < len(text) <= NAME_CHARACTERS and not set(text) - NAME


def parse_number(text: str) -> "float | None":
    """Return the number that *text* is; float alone also takes nan, 1_0 and Arabic digits."""
    if not text or len(text) > NUMBER_CHARACTERS or set(text) - NUMBER:
        return None
    try:
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return None
    return number if abs(number) < INFINITE else None


def _shown(value: "Any") -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
