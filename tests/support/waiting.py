"""Waiting for a condition, with a limit; and what /proc says of processes.

A test never sleeps for a time that should be enough: it waits until something is so.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.005
LIMIT_S = 20.0


def eventually(condition: Callable[[], Found], limit_s: float = LIMIT_S) -> Found:
    """Call *condition* until it returns something true, and return that.

    An assertion in it may fail until the limit is reached; then it is what the test shows.
    """
    deadline_s = time.monotonic() + limit_s
    while True:
        late = time.monotonic() >= deadline_s
        try:
            found = condition()
        except AssertionError:
            if late:
                raise
        else:
            if found:
                return found
            assert not late, f"not so within {limit_s} s: {_what(condition)} is {found!r}"
        time.sleep(POLL_S)


def _what(condition: Callable[[], object]) -> str:
    code = getattr(condition, "__code__", None)
    return f"the condition at {code.co_filename}:{code.co_firstlineno}" if code else repr(condition)


def content(path: Path, *, limit_s: float = LIMIT_S) -> str:
    """Wait until *path* has a whole line, and return all that is in it."""
    return eventually(lambda: _lines(path), limit_s)


def _lines(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return text if text.endswith("\n") else ""


def pids_in(path: Path, count: int = 1) -> list[int]:
    """Wait until *path* has *count* lines, each with a process id, and return these."""
    return [int(pid) for pid in eventually(lambda: _enough(path, count))]


def _enough(path: Path, count: int) -> list[str]:
    pids = _lines(path).split()
    return pids if len(pids) >= count else []


def status_of(pid: int) -> dict[str, str]:
    """Return the fields of /proc/PID/status, empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def is_alive(pid: int) -> bool:
    """Tell whether *pid* still runs: a zombie does not, a stopped process does."""
    return status_of(pid).get("State", "Z")[0] not in "ZX"


def is_stopped(pid: int) -> bool:
    return status_of(pid).get("State", "?")[0] == "T"


def signals_in(mask: str) -> set[int]:
    """Return the signals of a mask as /proc shows it, such as ``status_of(pid)["SigIgn"]``.

    >>> signals_in("0000000000001001")
    {1, 13}
    """
    bits = int(mask, 16)
    return {bit + 1 for bit in range(64) if bits >> bit & 1}


def all_pids() -> set[int]:
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def children(pid: int) -> set[int]:
    return {other for other in all_pids() if status_of(other).get("PPid") == str(pid)}


def descendants(pid: int) -> set[int]:
    """Return the children of *pid*, their children, and so on; zombies too."""
    parents = {other: int(status_of(other).get("PPid", 0)) for other in all_pids()}
    found: set[int] = set()
    generation = {pid}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation} - found
        found |= generation
    return found


def with_variable(assignment: bytes) -> set[int]:
    """Return the processes that were executed with *assignment* (``NAME=value``) in the environment."""
    found = set()
    for pid in all_pids() - {os.getpid()}:
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:  # it ended, or is another user's
            continue
        if assignment in variables and is_alive(pid):
            found.add(pid)
    return found


def processes_at(directory: Path) -> dict[int, str]:
    """Return the command lines of what runs in *directory*, or was given a path in it."""
    path = os.fsencode(directory) + b"/"
    found = {}
    for pid in all_pids() - {os.getpid()}:
        try:
            place = os.fsencode(Path(f"/proc/{pid}/cwd").readlink())
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            variables = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # it ended, or is another user's
            continue
        if path in b"/\0".join([place, words, variables]) and is_alive(pid):
            found[pid] = words.replace(b"\0", b" ").decode(errors="replace")
    return found
