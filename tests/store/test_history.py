"""How much is kept: by count, by age and by size; and what of a run comes back."""

import json
import random
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from cronwrap.config import Table
from cronwrap.store import Store, history
from cronwrap.store.limits import Limits, of_tables, read
from tests.support.remembered import leave, run_of


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


def fill(state_dir: Path, limits: Limits, *runs: dict[str, Any]) -> Store:
    leave(state_dir, *runs)
    store = Store(str(state_dir), limits)
    store.take_in()
    return store


def test_all_that_a_run_has_recorded_comes_back(state_dir: Path) -> None:
    run = run_of(
        tags={"a": "b"}, reason="timeout", exit_status=124, phase="fail", max_rss_bytes=5, new=[1]
    )

    (found,) = fill(state_dir, Limits(keep_days=1e6), run).runs()

    assert {key: found[key] for key in run} == run


def test_the_end_of_the_output_is_kept_as_it_was(state_dir: Path) -> None:
    output = bytes(range(256)) * 20
    run = run_of(ended_unix_s=time.time(), output=output)

    store = fill(state_dir, Limits(), run)

    assert store.output(run["run_id"]) == output
    assert store.output("no such run") == b""
    assert "output" not in store.runs()[0]


def test_a_run_is_found_by_the_beginning_of_its_id(state_dir: Path) -> None:
    run, other = run_of(ended_unix_s=time.time()), run_of("other", ended_unix_s=time.time())
    store = fill(state_dir, Limits(), run, other)

    assert [one["run_id"] for one in store.find("backup", run["run_id"][:8])] == [run["run_id"]]
    assert store.find("backup", other["run_id"]) == []
    assert store.find("backup", "%") == []


def test_of_each_check_so_many_runs_are_kept(state_dir: Path) -> None:
    now = time.time()
    runs = [run_of(ended_unix_s=now - number) for number in range(20)]
    runs += [run_of("seldom", ended_unix_s=now - 1000)]

    store = fill(state_dir, Limits(keep_runs=5), *runs)

    kept = store.runs(("backup",))
    assert [run["run_id"] for run in kept] == [run["run_id"] for run in runs[:5]]
    assert len(store.runs(("seldom",))) == 1


def test_what_is_too_old_goes_whenever_a_run_is_taken_in(state_dir: Path) -> None:
    now = time.time()
    old, young = run_of(ended_unix_s=now - 3 * 86_400), run_of(ended_unix_s=now - 86_400)
    fill(state_dir, Limits(keep_days=4), old, young)

    store = fill(state_dir, Limits(keep_days=2), run_of("other", ended_unix_s=now))

    assert [run["run_id"] for run in store.runs(("backup",))] == [young["run_id"]]


def test_when_all_is_too_large_outputs_go_first_and_then_runs(state_dir: Path) -> None:
    now = time.time()
    noise = random.Random(1)  # noqa: S311 - what cannot be compressed
    runs = [
        run_of(ended_unix_s=now - number, output=noise.randbytes(10_000)) for number in range(200)
    ]

    store = fill(state_dir, Limits(max_size=600_000), *runs)

    kept = [run["run_id"] for run in runs if store.output(run["run_id"])]
    assert len(store.runs(limit=1000)) == 200
    assert 10 < len(kept) < 60
    assert kept == [run["run_id"] for run in runs[: len(kept)]]

    store = fill(state_dir, Limits(max_size=95_000), run_of(ended_unix_s=now + 1))

    left = store.runs(limit=1000)
    assert 10 < len(left) < 200
    assert [run["run_id"] for run in left[1:]] == [run["run_id"] for run in runs[: len(left) - 1]]
    db = sqlite3.connect(state_dir / "history.sqlite3")
    assert history.size_bytes(db) <= 95_000


def test_a_limit_that_nothing_meets_ends_too(state_dir: Path) -> None:
    store = fill(state_dir, Limits(max_size=0), run_of(ended_unix_s=time.time()))

    assert store.runs() == []


def test_limits_are_read_and_each_mistake_costs_itself_alone() -> None:
    values = {"keep_runs": 50, "keep_days": 0.5, "max_size": "1MB", "log_size": 2048}

    assert read(values, "x") == (
        Limits(keep_runs=50, keep_days=0.5, max_size=1_000_000, log_size=2048),
        [],
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"keep_runs": "many"}, "[history]: keep_runs 'many' is not a whole number"),
        ({"keep_runs": True}, "keep_runs 'True' is not a whole number"),
        ({"keep_runs": -1}, "keep_runs '-1' is not a whole number"),
        ({"keep_days": "90d"}, "keep_days '90d' is not a number of days, such as 90"),
        ({"keep_days": float("nan")}, "keep_days 'nan' is not a number of days"),
        ({"max_size": "256QB"}, "max_size '256QB'"),
        ({"max_size": 1.5}, "max_size '1.5' is not"),
        ({"keep_run": 1}, "there is no key 'keep_run'"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_a_limit_that_is_none_is_told(table: dict[str, Any], message: str) -> None:
    found, ((told, hint),) = read({"log_runs": 7, **table}, "/x.toml: [history]")

    assert message in told
    assert hint
    assert found == Limits(log_runs=7)


def test_of_two_files_the_later_wins_key_by_key() -> None:
    tables = [
        Table("a", "history", {"keep_runs": 5, "keep_days": 3}),
        Table("b", "history", {"keep_runs": 6}),
    ]

    assert of_tables(tables) == (Limits(keep_runs=6, keep_days=3.0), [])
