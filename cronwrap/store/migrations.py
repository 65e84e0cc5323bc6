"""The schema of the store, as the steps that lead to it; each is done once, and never changed.

A new table or column is one more function at the end of MIGRATIONS.  All that a file still lacks
is done in one transaction: killed in the middle of it, the file is as it was.
"""

import sqlite3
from collections.abc import Callable

from cronwrap.store import checks


def _runs(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE runs (run_id TEXT PRIMARY KEY, check_name TEXT NOT NULL,"
        " started_unix_s REAL NOT NULL, phase TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX runs_by_check ON runs (check_name, started_unix_s)")
    db.execute("CREATE INDEX runs_by_start ON runs (started_unix_s)")


def _columns_and_checks(db: sqlite3.Connection) -> None:
    """Give what is asked for a column of its own, and each check a row; running ones have a file."""
    db.execute("DROP INDEX runs_by_check")
    db.execute("DROP INDEX runs_by_start")
    db.execute("ALTER TABLE runs RENAME TO old_runs")
    db.execute(
        "CREATE TABLE runs (number INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE,"
        " check_name TEXT NOT NULL, at_unix_s REAL NOT NULL, started_unix_s REAL NOT NULL,"
        " phase TEXT NOT NULL, reason TEXT NOT NULL, exit_status INTEGER, duration_s REAL,"
        " facts TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX runs_by_check ON runs (check_name, at_unix_s)")
    db.execute("CREATE INDEX runs_by_time ON runs (at_unix_s)")
    db.execute(
        "CREATE TABLE outputs (number INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,"
        " output BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE checks (name TEXT PRIMARY KEY, first_seen_unix_s REAL NOT NULL,"
        " last_run_id TEXT NOT NULL, last_started_unix_s REAL, last_at_unix_s REAL,"
        " last_phase TEXT NOT NULL, last_reason TEXT NOT NULL, last_exit_status INTEGER,"
        " last_duration_s REAL, last_success_unix_s REAL, failures INTEGER NOT NULL,"
        " skips INTEGER NOT NULL, durations_s TEXT NOT NULL, recent TEXT NOT NULL,"
        " schedule TEXT NOT NULL, timezone TEXT NOT NULL, grace_s REAL, missed_unix_s REAL,"
        " endpoints TEXT NOT NULL, config_files TEXT NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE TABLE notices (text TEXT NOT NULL)")
    db.execute(
        "INSERT INTO runs (run_id, check_name, at_unix_s, started_unix_s, phase, reason,"
        " exit_status, duration_s, facts) SELECT run_id, check_name,"
        " coalesce(json_extract(facts, '$.finished_unix_s'), started_unix_s), started_unix_s, phase,"
        " coalesce(json_extract(facts, '$.reason'), ''), json_extract(facts, '$.exit_status'),"
        " json_extract(facts, '$.duration_s'), facts FROM old_runs WHERE phase <> 'running'"
        " ORDER BY started_unix_s"
    )
    db.execute("DROP TABLE old_runs")


def _outbox(db: sqlite3.Connection) -> None:
    """What endpoints are owed, and of which end of each check they know."""
    db.execute(
        "CREATE TABLE outbox (number INTEGER PRIMARY KEY, run_id TEXT NOT NULL,"
        " check_name TEXT NOT NULL, endpoint TEXT NOT NULL, config_files TEXT NOT NULL,"
        " environ TEXT, event TEXT NOT NULL, at_unix_s REAL NOT NULL,"
        " tries INTEGER NOT NULL DEFAULT 0, next_try_unix_s REAL NOT NULL DEFAULT 0,"
        " why TEXT NOT NULL DEFAULT '', dropped_unix_s REAL, UNIQUE (run_id, endpoint))"
    )
    db.execute("CREATE INDEX outbox_due ON outbox (dropped_unix_s, next_try_unix_s)")
    db.execute(
        "CREATE TABLE told (endpoint TEXT NOT NULL, check_name TEXT NOT NULL,"
        " at_unix_s REAL NOT NULL, PRIMARY KEY (endpoint, check_name)) WITHOUT ROWID"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _runs,
    _columns_and_checks,
    _outbox,
)
VERSION = len(MIGRATIONS)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the schema up to date."""
    db.execute("BEGIN IMMEDIATE")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()  # another may have been faster
        for step in MIGRATIONS[version:]:
            step(db)
        if version < VERSION:  # what is derived from the runs is worked out anew
            for (name,) in db.execute("SELECT DISTINCT check_name FROM runs").fetchall():
                checks.rebuild(db, name)
        db.execute(f"PRAGMA user_version = {max(version, VERSION)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
