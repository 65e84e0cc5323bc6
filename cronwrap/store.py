"""What this machine remembers of its runs: one SQLite file, fed from the runs' own files.

A run writes nothing but its own file (run/record.py), so that neither a busy nor a damaged
database can stand in its way.  Whoever wants to know takes the finished files in first: one
transaction, keyed by run id, after which they are removed; killed at any point, the next one
does it again.  A file that has no end and no living writer is a run that was cut off.

History is bounded by count and age for each check, and in all by size.
"""

import ast
import contextlib
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cronwrap.errors import CronwrapError
from cronwrap.redact import Redactor

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY,
    check_name TEXT NOT NULL,
    started_unix_s REAL NOT NULL,
    phase TEXT NOT NULL,
    facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_check ON runs (check_name, started_unix_s);
CREATE INDEX IF NOT EXISTS runs_by_start ON runs (started_unix_s);
"""
RUNNING, LOST = "running", "lost"
KEPT_RUNS_PER_CHECK = 1000
KEPT_DAYS = 90
KEPT_BYTES = 256 * 1024 * 1024
BUSY_S = 10.0
TORN_LINE_BYTES = 16 * 1024 * 1024
LEFT_OVER_S = 3600.0
NEEDED = {
    "run_id": str, "check": str, "started_unix_s": float, "phase": str, "command": str,
}  # fmt: skip


class Store:
    """The history in a state directory.

    Raises:
        CronwrapError: the file cannot be used; says which and what to do.
    """

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)
        self._path = self._directory / "history.sqlite3"
        self._db: sqlite3.Connection | None = None

    def take_in(self) -> None:
        """Move the files of finished runs into the database, and forget what is too old."""
        files = sorted(self._directory.glob("runs/*.run")) + sorted(
            self._directory.glob("runs/*.done")
        )
        if not files:
            return
        found = [(path, _read_record(path)) for path in files]
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO runs VALUES (:run_id, :check, :started_unix_s, :phase, :facts)"
                " ON CONFLICT (run_id) DO UPDATE SET phase = excluded.phase, facts = excluded.facts"
                " WHERE phase = 'running'",  # another may have taken the end in meanwhile
                [
                    {**facts, "facts": json.dumps(facts, default=str)}
                    for _, facts in found
                    if facts is not None
                ],
            )
            _forget_old(db)
        for path, facts in found:
            if facts["phase"] != RUNNING if facts is not None else _is_left_over(path):
                path.unlink(missing_ok=True)

    def runs(self, checks: tuple[str, ...] = (), limit: int = 50) -> list[dict[str, Any]]:
        """Return the newest runs, the last one first: all that was recorded of each.

        Args:
            checks: names of checks; all checks when empty.
            limit: the most runs to return.
        """
        if not _exists(self._path):
            return []
        marks = ",".join("?" * len(checks))
        where = f"WHERE check_name IN ({marks})" if checks else ""
        with self._transaction() as db:
            rows = db.execute(
                f"SELECT facts FROM runs {where} ORDER BY started_unix_s DESC LIMIT ?",  # noqa: S608 - only marks
                (*map(_storable, checks), limit),
            )
            return [json.loads(row[0]) for row in rows]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the database, with its schema, for one transaction."""
        try:
            self._db = self._db or self._open()
            with self._db as db:
                yield db
        except (sqlite3.Error, OSError) as error:
            raise CronwrapError(
                f"the history in {self._path} cannot be used: {error}",
                hint="look at the directory's owner and free space, or name another: --state-dir",
            ) from error

    def _open(self) -> sqlite3.Connection:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(self._path, flags, 0o600))
        db = sqlite3.connect(self._path, timeout=BUSY_S)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"it was written by a newer cronwrap (schema {version})")
        if version < SCHEMA_VERSION:
            db.executescript(
                f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )
        return db


def _read_record(path: Path) -> dict[str, Any] | None:
    """Return the last thing that a run's file says, None when it is gone or says nothing."""
    facts: dict[str, Any] = {}
    try:
        with path.open("r+b") as file:
            alive = _is_locked(file.fileno())
            for line in file.read(TORN_LINE_BYTES).splitlines():
                try:
                    facts.update(ast.literal_eval(line.decode("ascii")))
                except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
                    continue  # the last line of a run that was cut off while it wrote
    except OSError:
        return None
    if not all(isinstance(facts.get(key), kind) for key, kind in NEEDED.items()):
        return None
    if facts["phase"] == "start":
        facts["phase"] = RUNNING if alive else LOST
    facts["command"] = Redactor().text(facts["command"])
    return {key: _storable(value) for key, value in facts.items()}


def _storable(value: Any) -> Any:
    """Return *value* without bytes that are no UTF-8, of which SQLite's text knows nothing."""
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


def _is_left_over(path: Path) -> bool:
    """Tell whether a file that says nothing is none that a run has just begun to write."""
    try:
        return time.time() - path.stat().st_mtime > LEFT_OVER_S
    except OSError:
        return False


def _exists(path: Path) -> bool:
    """Tell whether *path* exists; where that cannot be told, opening it will say why."""
    try:
        return path.exists()
    except PermissionError:
        return True


def _is_locked(fd: int) -> bool:
    """Tell whether the wrapper that wrote the file still lives."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False


def _forget_old(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM runs WHERE started_unix_s < ?", (time.time() - KEPT_DAYS * 86_400,))
    for (check,) in list(_crowded_checks(db)):
        db.execute(
            "DELETE FROM runs WHERE check_name = ? AND started_unix_s <= (SELECT started_unix_s"
            " FROM runs WHERE check_name = ? ORDER BY started_unix_s DESC LIMIT 1 OFFSET ?)",
            (check, check, KEPT_RUNS_PER_CHECK),
        )
    if _size_bytes(db) > KEPT_BYTES:
        (count,) = db.execute("SELECT count(*) FROM runs").fetchone()
        db.execute(
            "DELETE FROM runs WHERE run_id IN"
            " (SELECT run_id FROM runs ORDER BY started_unix_s LIMIT ?)",
            (count // 10,),
        )


def _crowded_checks(db: sqlite3.Connection) -> Iterator[tuple[str]]:
    return db.execute(
        "SELECT check_name FROM runs GROUP BY check_name HAVING count(*) > ?",
        (KEPT_RUNS_PER_CHECK,),
    )


def _size_bytes(db: sqlite3.Connection) -> int:
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    (free,) = db.execute("PRAGMA freelist_count").fetchone()
    (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page_bytes)
