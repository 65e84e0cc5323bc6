"""The history is bounded by count and by age, and no file in it can do harm."""

import ast
import json
import os
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

from cronwrap.store.limits import Limits
from tests.support.command import Cronwrap

DAY_S = 86_400.0
KEPT_RUNS_PER_CHECK, KEPT_DAYS = Limits().keep_runs, Limits().keep_days


def remember(cronwrap: Cronwrap, check: str, count: int, *, from_unix_s: float) -> None:
    """Write what *count* runs of *check*, a second apart, would have left behind."""
    template = recorded(cronwrap)
    for number in range(count):
        run_id = str(uuid.uuid4())
        facts = {
            **template, "run_id": run_id, "check": check, "phase": "success", "exit_status": 0,
            "started_unix_s": from_unix_s + number, "finished_unix_s": from_unix_s + number,
        }  # fmt: skip
        write(cronwrap, run_id, ascii(facts).encode() + b"\n")


def recorded(cronwrap: Cronwrap) -> dict[str, Any]:
    """Return what a real run has recorded of its end."""
    state = cronwrap.directory / f"template-{uuid.uuid4()}"
    cronwrap("--", "true", env={"CRONWRAP_STATE_DIR": state})
    (path,) = (state / "runs").glob("*.done")
    facts: dict[str, Any] = ast.literal_eval(path.read_text().splitlines()[-1])
    return facts


def write(cronwrap: Cronwrap, name: str, data: bytes) -> Path:
    runs = cronwrap.state_dir / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    path = runs / f"{name}.run"
    path.write_bytes(data)
    return path


def history(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    done = cronwrap("history", "--json", "--limit", "100000", *words)
    assert (done.returncode, done.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(done.stdout)["runs"]
    return found


def test_of_each_check_the_newest_thousand_runs_are_kept(cronwrap: Cronwrap) -> None:
    now = time.time() - 3000
    remember(cronwrap, "often", KEPT_RUNS_PER_CHECK + 100, from_unix_s=now)
    remember(cronwrap, "seldom", 2, from_unix_s=now - DAY_S)

    found = history(cronwrap)

    often = [run for run in found if run["check"] == "often"]
    assert len(often) == KEPT_RUNS_PER_CHECK
    assert often[0]["started_unix_s"] == now + KEPT_RUNS_PER_CHECK + 99
    assert often[-1]["started_unix_s"] == now + 100
    assert sum(run["check"] == "seldom" for run in found) == 2
    assert list((cronwrap.state_dir / "runs").iterdir()) == []


def test_what_is_older_than_ninety_days_is_forgotten(cronwrap: Cronwrap) -> None:
    now = time.time()
    remember(cronwrap, "old", 3, from_unix_s=now - KEPT_DAYS * DAY_S - 60)
    remember(cronwrap, "young", 3, from_unix_s=now - KEPT_DAYS * DAY_S + 600)

    assert {run["check"] for run in history(cronwrap)} == {"young"}


def test_the_configuration_says_how_much_is_kept_and_what_is_wrong_in_it(
    cronwrap: Cronwrap,
) -> None:
    cronwrap.write_config("[history]\nkeep_runs = 3\nkeep_day = 5\n")
    remember(cronwrap, "often", 5, from_unix_s=time.time() - 100)

    done = cronwrap("history", "--json")

    assert len(json.loads(done.stdout)["runs"]) == 3
    assert "[history]: there is no key 'keep_day'" in done.stderr
    assert "did you mean keep_days?" in done.stderr
    checked = cronwrap("config", "check")
    assert (checked.returncode, "keep_day" in checked.stderr) == (1, True)
    assert cronwrap("--", "true").stderr == ""


def test_runs_that_nobody_looks_at_are_taken_in_by_a_later_run(cronwrap: Cronwrap) -> None:
    remember(cronwrap, "unseen", 100, from_unix_s=time.time() - 3000)
    database = cronwrap.state_dir / "history.sqlite3"

    done = cronwrap("--", "sh", "-c", f"until [ -e {database} ]; do sleep 0.02; done; sleep 0.3")

    assert done.returncode == 0
    (count,) = sqlite3.connect(database).execute("SELECT count(*) FROM runs").fetchone()
    assert count >= 100


DAMAGED = [
    b"",
    b"\n",
    b"\0" * 5000,
    b"\xff\xfe",
    b"{'run_id': 'x'}\n",
    b"{'run_id': 'x', 'check': 5, 'started_unix_s': 'now', 'phase': 'success', 'command': 'c'}",
    b"{'run_id': [], 'check': 'x', 'started_unix_s': 1.5, 'phase': 'fail', 'command': 'c'}\n",
    b"'run_id'\n5\n[1]\n{1, 2}\n",
    b"(" * 5000,
    b"__import__('os').system('touch pwned')\n",
    (
        b"{'run_id': '\\ud800', 'check': '\\udcff', 'started_unix_s': 1e12, 'phase': 'fail',"
        b" 'command': '', 'tags': {b'x', b'y'}}\n"
    ),
]


def test_damaged_files_do_not_matter(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "good", "--", "true")
    for number, data in enumerate(DAMAGED):
        write(cronwrap, f"damaged-{number}", data)

    assert "good" in {run["check"] for run in history(cronwrap)}
    table = cronwrap("history")

    assert (table.returncode, table.stderr) == (0, "")
    assert "good" in table.stdout
    assert not (cronwrap.directory / "pwned").exists()


def test_a_file_that_says_nothing_goes_away_when_it_is_old(cronwrap: Cronwrap) -> None:
    new, old = write(cronwrap, "new", b""), write(cronwrap, "old", b"")
    os.utime(old, (0, 0))

    assert history(cronwrap) == []

    assert (new.exists(), old.exists()) == (True, False)


def test_a_file_that_was_cut_off_while_it_was_written_is_a_lost_run(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "cut", "--", "true")
    (path,) = (cronwrap.state_dir / "runs").glob("*.done")
    *earlier, end = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(earlier) + end[: len(end) // 2])

    (run,) = history(cronwrap)

    assert (run["check"], run["phase"]) == ("cut", "lost")


def test_a_record_of_another_version_is_shown_as_far_as_it_goes(cronwrap: Cronwrap) -> None:
    facts = (
        b"{'run_id': 'x', 'check': 'old', 'started_unix_s': 4e9, 'phase': 'fail', 'command': 'c'}"
    )
    write(cronwrap, "x", facts)

    done = cronwrap("history")

    assert (done.returncode, done.stderr) == (0, "")
    assert "old" in done.stdout


def test_a_history_of_a_newer_version_is_left_alone(cronwrap: Cronwrap) -> None:
    cronwrap("true")
    cronwrap("history")
    database = cronwrap.state_dir / "history.sqlite3"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    done = cronwrap("history")

    assert done.returncode == 2
    assert "it was written by a newer cronwrap (schema 99)" in done.stderr
    assert cronwrap("true").returncode == 0
