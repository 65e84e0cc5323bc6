"""The runs: each is a row, the newest of each check are kept, within limits.

What is asked for has a column, the rest of a run's facts is JSON, without what every run says.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cronwrap.event import DEFAULTS, OF_A_DELIVERY
from cronwrap.store.limits import Limits

COLUMNS = ("run_id", "started_unix_s", "phase", "reason", "exit_status", "duration_s")
# What a run says unless it says something else: its event, and what run/keep.py adds.
USUAL = {
    **{key: value for key, value in DEFAULTS.items() if key not in {"output", *OF_A_DELIVERY}},
    "schedule": "", "timezone": "", "grace_s": None, "log": "", "output_in_report": True,
    "waiting_for": "", "waiting_until_unix_s": None,
}  # fmt: skip
DAY_S = 86_400.0
Run = dict[str, Any]


def at_unix_s(facts: Mapping[str, Any]) -> float:
    """Return when a run ended, or began if nobody knows."""
    ended_unix_s = facts.get("finished_unix_s")
    return float(facts["started_unix_s"] if ended_unix_s is None else ended_unix_s)


def add(db: sqlite3.Connection, facts: Mapping[str, Any], output: bytes = b"") -> bool:
    """Keep a run that has ended; False where it is kept already."""
    rest = {
        key: value
        for key, value in facts.items()
        if key not in COLUMNS and key != "check" and (key not in USUAL or value != USUAL[key])
    }
    values = {key: facts.get(key) for key in COLUMNS}
    values |= {
        "check": facts["check"],
        "at_unix_s": at_unix_s(facts),
        "reason": facts.get("reason") or "",
        "facts": json.dumps(rest, default=str),
    }
    cursor = db.execute(
        "INSERT INTO runs (run_id, check_name, at_unix_s, started_unix_s, phase, reason,"
        " exit_status, duration_s, facts) VALUES (:run_id, :check, :at_unix_s,"
        " :started_unix_s, :phase, :reason, :exit_status, :duration_s, :facts)"
        " ON CONFLICT (run_id) DO NOTHING",
        values,
    )
    if cursor.rowcount != 1:
        return False
    if output:
        packed = zlib.compress(output)
        db.execute("INSERT INTO outputs VALUES (?, ?)", (cursor.lastrowid, packed))
    return True


def newest(
    db: sqlite3.Connection, checks: Collection[str], limit: int, phases: Collection[str] = ()
) -> list[Run]:
    """Return the newest runs, the last one first; of all checks or phases when none is named."""
    wanted = {"check_name": checks, "phase": phases}
    terms = [
        f"{column} IN ({','.join('?' * len(values))})"
        for column, values in wanted.items()
        if values
    ]
    where = f"WHERE {' AND '.join(terms)}" if terms else ""
    rows = db.execute(
        f"SELECT check_name, facts, {', '.join(COLUMNS)} FROM runs {where}"  # noqa: S608 - only marks
        " ORDER BY at_unix_s DESC, number DESC LIMIT ?",
        (*checks, *phases, limit),
    )
    return [_run(*row) for row in rows]


def find(db: sqlite3.Connection, check: str, run_id: str) -> list[Run]:
    """Return the newest runs of *check* whose id begins with *run_id*, two at most."""
    rows = db.execute(
        f"SELECT check_name, facts, {', '.join(COLUMNS)} FROM runs"  # noqa: S608 - fixed names
        " WHERE check_name = ? AND substr(run_id, 1, ?) = ? ORDER BY at_unix_s DESC LIMIT 2",
        (check, len(run_id), run_id),
    )
    return [_run(*row) for row in rows]


def _run(check: str, facts: str, *values: Any) -> Run:
    return {**USUAL, **json.loads(facts), "check": check, **dict(zip(COLUMNS, values, strict=True))}


def output(db: sqlite3.Connection, run_id: str) -> bytes:
    """Return the end of what a run's job wrote, as far as it is kept."""
    row = db.execute(
        "SELECT output FROM outputs JOIN runs USING (number) WHERE run_id = ?", (run_id,)
    ).fetchone()
    return zlib.decompress(row[0]) if row is not None else b""


def prune(db: sqlite3.Connection, limits: Limits, now_unix_s: float, checks: Iterable[str]) -> None:
    """Forget what is over the limits; only *checks* have got new runs."""
    oldest_unix_s = now_unix_s - limits.keep_days * DAY_S
    db.execute("DELETE FROM runs WHERE at_unix_s < ?", (oldest_unix_s,))
    for check in checks:
        db.execute(
            "DELETE FROM runs WHERE number IN (SELECT number FROM runs WHERE check_name = ?"
            " ORDER BY at_unix_s DESC, number DESC LIMIT -1 OFFSET ?)",
            (check, limits.keep_runs),
        )
    while size_bytes(db) > limits.max_size and _shrink(db):
        pass


def _shrink(db: sqlite3.Connection) -> bool:
    """Forget the older half of the outputs, else the oldest tenth of the runs; False if none is left."""
    (outputs,) = db.execute("SELECT count(*) FROM outputs").fetchone()
    if outputs:
        db.execute(
            "DELETE FROM outputs WHERE number IN"
            " (SELECT number FROM outputs ORDER BY number LIMIT ?)",
            (outputs // 2 + 1,),
        )
        return True
    (runs,) = db.execute("SELECT count(*) FROM runs").fetchone()
    db.execute(
        "DELETE FROM runs WHERE number IN (SELECT number FROM runs ORDER BY at_unix_s LIMIT ?)",
        (runs // 10 + 1,),
    )
    return bool(runs)


def size_bytes(db: sqlite3.Connection) -> int:
    """Return the size of what the file holds."""
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    (free,) = db.execute("PRAGMA freelist_count").fetchone()
    (page_bytes,) = db.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page_bytes)
