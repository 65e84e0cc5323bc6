"""A file of an older version is brought up to date, as a whole or not at all."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cronwrap.store import Store
from cronwrap.store.migrations import VERSION
from tests.support.remembered import leave, run_of

# As version 0.1.0 wrote it.
FIRST_SCHEMA = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    check_name TEXT NOT NULL,
    started_unix_s REAL NOT NULL,
    phase TEXT NOT NULL,
    facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_by_check ON runs (check_name, started_unix_s);
CREATE INDEX runs_by_start ON runs (started_unix_s);
PRAGMA user_version = 1;
"""
KILLED_AT = """
import os, signal, sqlite3, sys
from cronwrap.store import migrations

number = 0

def count(statement):
    global number
    number += 1
    if number == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.set_trace_callback(count)
migrations.migrate(db)
"""


def first_version(state_dir: Path) -> Path:
    """Make a history as version 0.1.0 left it: three runs of a check, and one that goes on."""
    state_dir.mkdir(mode=0o700)
    path = state_dir / "history.sqlite3"
    db = sqlite3.connect(path)
    db.executescript(FIRST_SCHEMA)
    runs = [
        run_of(ended_unix_s=1.8e9 + second, phase=phase, exit_status=status, tags={"team": "ö"})
        for second, phase, status in ((1, "success", 0), (3, "fail", 7), (2, "lost", None))
    ]
    runs.append(run_of(ended_unix_s=1.8e9 + 9, phase="running", finished_unix_s=None))
    for run in runs:
        row = (run["run_id"], run["check"], run["started_unix_s"], run["phase"], json.dumps(run))
        db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()
    return path


def check_it(state_dir: Path) -> None:
    store = Store(str(state_dir))
    runs = store.runs()
    (state,) = store.checks()
    assert [(run["phase"], run["exit_status"]) for run in runs] == [
        ("fail", 7), ("lost", None), ("success", 0),
    ]  # fmt: skip
    assert {run["tags"]["team"] for run in runs} == {"ö"}
    assert (state.failures, state.last_exit_status, state.durations_s) == (2, 7, (1.0,))
    assert store.outbox.counts() == {}


def version(path: Path) -> int:
    db = sqlite3.connect(path)
    (number,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return int(number)


def test_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = first_version(tmp_path / "state")

    check_it(tmp_path / "state")

    assert version(path) == VERSION


def test_what_runs_left_for_the_first_version_is_taken_in(tmp_path: Path) -> None:
    first_version(tmp_path / "state")
    leave(tmp_path / "state", run_of("other"), suffix=".run")
    store = Store(str(tmp_path / "state"))

    store.take_in()

    assert {state.name for state in store.checks()} <= {"backup", "other"}
    assert len(store.runs()) >= 3


@pytest.mark.parametrize("statement", [2, 4, 6, 9, 13, 18])
def test_killed_at_any_statement_the_file_is_as_it_was(tmp_path: Path, statement: int) -> None:
    path = first_version(tmp_path / "state")

    done = subprocess.run([sys.executable, "-c", KILLED_AT, path, str(statement)], check=False)

    assert done.returncode == -signal.SIGKILL
    assert version(path) == 1
    check_it(tmp_path / "state")


def test_two_at_once_bring_it_up_to_date_once(tmp_path: Path) -> None:
    first_version(tmp_path / "state")
    code = "import sys; from cronwrap.store import Store; print(len(Store(sys.argv[1]).runs()))"
    command = [sys.executable, "-c", code, str(tmp_path / "state")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]

    assert [process.communicate()[0] for process in processes] == [b"3\n"] * 4
    check_it(tmp_path / "state")
