"""The files that runs write (run/record.py): read, however little of them there is.

A file is a line for each thing that became known, a Python literal of a dict; later lines win.
"""

import ast
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cronwrap.redact import Redactor
from cronwrap.state import RUNS, SAID, SETTLED, SUFFIX, WAITING, discard, is_held

RUNNING, LOST = "running", "lost"
GOES_ON = (RUNNING, WAITING)
TORN_LINE_BYTES = 16 * 1024 * 1024
LEFT_OVER_S = 3600.0
NEEDED = {
    "run_id": str, "check": str, "started_unix_s": float, "phase": str, "command": str,
}  # fmt: skip
TOLD = "told:"
ENVIRON = "environ"  # the variables that say where to report: for the outbox, never for people


class Record(NamedTuple):
    """What a run's file says.

    Attributes:
        path: of the file.
        alive: its wrapper or its reporter still holds it; more may be written.
        facts: of the run; the phase of one that has no end is RUNNING, WAITING (its job may not
            start yet) or LOST.
        output: the end of what the job wrote, redacted; empty before its end.
        endpoints: where to report, as ``--endpoint`` was given; may be secret.
        config_files: where names among these are looked up.
        told: by endpoint, (outcome, why) of telling it the end.
        environ: variables that say where to report; None where nobody came to ask.
    """

    path: Path
    alive: bool
    facts: dict[str, Any]
    output: bytes
    endpoints: tuple[str, ...]
    config_files: tuple[str, ...]
    told: dict[str, tuple[str, str]]
    environ: dict[str, str] | None


def paths(directory: Path) -> list[Path]:
    """Return the files of all runs in a state directory that have not been taken in.

    The one that was written last comes last: what is taken in out of order costs much more.
    """
    try:
        with os.scandir(directory / RUNS) as entries:
            written = {
                e.name: _written_ns(e) for e in entries if e.name.endswith((SUFFIX, SETTLED))
            }
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [directory / RUNS / name for name in sorted(written, key=written.__getitem__)]


def _written_ns(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_mtime_ns
    except OSError:  # it is gone
        return 0


def forget_left_overs(directory: Path) -> None:
    """Remove what is left of wrappers that were killed before they had a file of their own."""
    for path in (*(directory / RUNS).glob(f"*{SAID}"), *(directory / RUNS).glob(".*")):
        if is_left_over(path) and not path.with_suffix(SUFFIX).exists():
            discard(str(path))


def read(path: Path) -> Record | None:
    """Return what the file at *path* says, None when it is gone or does not say whose run it is."""
    said: dict[str, Any] = {}
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            alive = is_held(file.fileno())
            for line in file.read(TORN_LINE_BYTES).splitlines():
                said.update(_facts(line))
    except OSError:
        return None
    if not all(isinstance(said.get(key), kind) for key, kind in NEEDED.items()):
        return None
    if said["phase"] in ("start", WAITING):
        going_on = WAITING if said["phase"] == WAITING else RUNNING
        said["phase"] = going_on if alive else LOST
    if said["phase"] == LOST:
        said |= {"reason": LOST, "detail": _how_lost(said)}
    output, environ = said.pop("output", b""), said.pop(ENVIRON, None)
    endpoints, config_files = said.pop("endpoints", ()), said.pop("config_files", ())
    told = {key: said.pop(key) for key in list(said) if key.startswith(TOLD)}
    said["command"] = Redactor().text(said["command"])
    return Record(
        path,
        alive,
        {key: storable(value) for key, value in said.items()},
        output if isinstance(output, bytes) else b"",
        tuple(endpoints),
        tuple(config_files),
        {key.removeprefix(TOLD): value for key, value in told.items()},
        environ,
    )


def _facts(line: bytes) -> Iterator[tuple[str, Any]]:
    """Yield what a line says: nothing, where a run was cut off while it wrote it."""
    try:
        facts = ast.literal_eval(line.decode("ascii"))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return
    if isinstance(facts, dict):
        yield from ((key, value) for key, value in facts.items() if isinstance(key, str))


def storable(value: Any) -> Any:
    """Return *value* without bytes that are no UTF-8, of which SQLite's text knows nothing."""
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


def is_left_over(path: Path) -> bool:
    """Tell whether a file that says nothing is none that a run has just begun to write."""
    try:
        return time.time() - path.stat().st_mtime > LEFT_OVER_S
    except OSError:
        return False


def _how_lost(facts: Mapping[str, Any]) -> str:
    """Return what is known of why nobody saw a run's end."""
    waited_for = facts.get("waiting_for")
    meanwhile = f"it was waiting for {waited_for}" if waited_for else ""
    lost = f"nobody saw its end{_what_killed(facts['started_unix_s'])}"
    return "; ".join(filter(None, (lost, meanwhile, facts.get("detail"))))


def _what_killed(started_unix_s: float) -> str:
    try:
        stat = Path("/proc/stat").read_text(encoding="ascii", errors="replace")
        booted_unix_s = int(stat.partition("\nbtime ")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return ""
    if booted_unix_s > started_unix_s:
        at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(booted_unix_s))
        return f": the machine was started anew at {at}"
    return ": cronwrap itself was killed (SIGKILL, or for want of memory)"
