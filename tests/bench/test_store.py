"""What remembering costs: a run, and a look at a thousand checks with a million runs."""

import json
import random
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from cronwrap.store import Store, checks
from cronwrap.store.database import Database
from tests.bench import figures
from tests.support.command import SCRIPT

pytestmark = pytest.mark.bench
CHECKS, RUNS = 1000, 1000
ROUNDS = 15
# In pieces, as what the command line has is looked for beside the job.
SUSPECT = "printf 'no %sen at %s://h: it has expired\\n' tok https; "
TELLTALE = "printf 'pass%s=hunter22\\n' word; "
FACTS = {"host": "vm", "user": "root", "command": "/usr/local/bin/job --all", "pid": 1, "uid": 0}


def test_a_look_at_a_million_runs(tmp_path: Path) -> None:
    bare = figures.bare_environment(tmp_path)
    database = Database(tmp_path / "state")
    database.write(fill)
    plain = look_ms(bare, "status")
    alone = look_ms(bare, "status", "check_0500")
    newest = look_ms(bare, "history")
    database.write(give_schedules)
    scheduled = look_ms(bare, "status")

    print(f"\n{CHECKS * RUNS:,} runs of {CHECKS:,} checks")
    figures.say("an interpreter that does nothing", f"{figures.interpreter_ms(bare):.0f} ms")
    figures.say("status", f"{plain:.0f} ms", "(500)")
    figures.say("status, each check with a schedule", f"{scheduled:.0f} ms", "(500)")
    figures.say("status CHECK", f"{alone:.0f} ms", "(500)")
    figures.say("history", f"{newest:.0f} ms")
    assert len(Store(str(tmp_path / "state")).checks()) == CHECKS


def fill(db: sqlite3.Connection) -> None:
    """Make the runs, a minute apart, one in twenty of them a failure."""
    dice = random.Random(1)  # noqa: S311 - ids and failures
    now = time.time()
    for number in range(CHECKS):
        name = f"check_{number:04}"
        db.executemany(
            "INSERT INTO runs (run_id, check_name, at_unix_s, started_unix_s, phase, reason,"
            " exit_status, duration_s, facts) VALUES (?, ?, ?, ?, ?, 'exit', ?, 1.5, ?)",
            [_row(dice, name, now - 60.0 * (RUNS - run)) for run in range(RUNS)],
        )
        checks.rebuild(db, name)


def _row(dice: random.Random, name: str, at_unix_s: float) -> tuple[object, ...]:
    failed = dice.random() < 0.05
    run_id = str(uuid.UUID(int=dice.getrandbits(128)))
    phase = "fail" if failed else "success"
    facts = json.dumps({**FACTS, "finished_unix_s": at_unix_s})
    return (run_id, name, at_unix_s, at_unix_s - 1.5, phase, int(failed), facts)


def give_schedules(db: sqlite3.Connection) -> None:
    """Give each check a time of its own."""
    for number in range(CHECKS):
        schedule = f"{number % 60} {number // 60 % 24} * * *"
        values = (schedule, f"check_{number:04}")
        db.execute("UPDATE checks SET schedule = ?, grace_s = 86400 WHERE name = ?", values)


def look_ms(environment: dict[str, str], *words: str) -> float:
    """Return how long a command takes, in the middle of several."""

    def once() -> float:
        begun_s = time.perf_counter()
        subprocess.run([SCRIPT, *words], env=environment, stdout=subprocess.PIPE, check=True)
        return (time.perf_counter() - begun_s) * 1e3

    return figures.interleaved(7, {"it": once})["it"]


def test_what_it_adds_to_the_end_of_a_run(tmp_path: Path) -> None:
    kept = figures.bare_environment(tmp_path)
    nothing = {**kept, "CRONWRAP_STATE_DIR": "/dev/null/nowhere"}
    log_dir = ["--log-dir", str(tmp_path / "logs")]

    found = figures.interleaved(
        ROUNDS,
        {
            "nothing is remembered": lambda: end_ms(nothing),
            "a run": lambda: end_ms(kept),
            "its output, which speaks of secrets": lambda: end_ms(kept, SUSPECT),
            "its output, with a secret in it": lambda: end_ms(kept, TELLTALE),
            "a log of its own": lambda: end_ms(kept, options=log_dir),
        },
    )

    print("\nfrom the job's last command to the end of cronwrap")
    figures.say("an interpreter that does nothing", f"{figures.interpreter_ms(kept):.0f} ms")
    for name, took_ms in found.items():
        added_ms = took_ms - found["nothing is remembered"]
        figures.say(name, f"{took_ms:.1f} ms", f"added {added_ms:+.1f} ms (15)")


def end_ms(environment: dict[str, str], first: str = "", options: list[str] | None = None) -> float:
    """Return the time from the job's last command to the end of its wrapper."""
    command = [SCRIPT, *(options or []), "--", "sh", "-c", f"{first}exec date +%s%N"]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return (time.time_ns() - int(done.stdout.split()[-1])) / 1e6
