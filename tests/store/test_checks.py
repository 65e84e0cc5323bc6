"""The state of a check is what its runs make of it, in whatever order they are found."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronwrap.event import Event
from cronwrap.store import Store
from cronwrap.store.checks import RECENT, Check
from cronwrap.store.limits import Limits
from cronwrap.store.outbox import Address
from tests.support.remembered import leave, run_of


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


def remembered(state_dir: Path, *runs: dict[str, Any]) -> Check:
    """Return the state of the one check after *runs*, each taken in by itself."""
    for run in runs:
        leave(state_dir, run)
        Store(str(state_dir)).take_in()
    (state,) = Store(str(state_dir)).checks()
    return state


def at(second: int, phase: str = "success", **facts: Any) -> dict[str, Any]:
    return run_of(ended_unix_s=1.8e9 + second, phase=phase, **facts)


NOT_PRUNED = Limits(keep_days=1e6)


def test_failures_in_a_row_are_counted_until_a_success(state_dir: Path) -> None:
    assert remembered(state_dir, at(1), at(2, "fail"), at(3, "fail"), at(4, "lost")).failures == 3
    assert remembered(state_dir, at(5)).failures == 0


def test_a_skip_is_neither_a_failure_nor_the_end_of_failures(state_dir: Path) -> None:
    state = remembered(
        state_dir, at(1, "fail"), at(2, "log", reason="overlap"), at(3, "log", reason="overlap")
    )

    assert (state.failures, state.skips, state.last_reason) == (1, 2, "overlap")
    assert remembered(state_dir, at(4, "fail")).skips == 0


def test_the_last_success_is_remembered_through_failures(state_dir: Path) -> None:
    state = remembered(state_dir, at(1), at(2, "fail"), at(3, "fail"))

    assert state.last_success_unix_s == 1.8e9 + 1
    assert (state.last_phase, state.last_at_unix_s) == ("fail", 1.8e9 + 3)
    assert state.first_seen_unix_s == 1.8e9


def test_of_durations_only_the_last_successes_count(state_dir: Path) -> None:
    runs = [at(second, duration_s=float(second)) for second in range(RECENT + 5)]
    runs.insert(8, at(8, "fail", duration_s=1000.0))
    leave(state_dir, *runs)
    store = Store(str(state_dir), NOT_PRUNED)
    store.take_in()

    state = store.check("backup")

    assert state is not None
    assert state.durations_s == tuple(float(second) for second in range(5, RECENT + 5))
    assert len(state.recent) == RECENT


def test_the_schedule_is_that_of_the_newest_run(state_dir: Path) -> None:
    old = at(1, schedule="0 1 * * *", timezone="UTC", grace_s=60.0)
    new = at(3, schedule="0 2 * * *", timezone="", grace_s=120.0)

    state = remembered(state_dir, new, old)

    assert (state.schedule, state.timezone, state.grace_s) == ("0 2 * * *", "", 120.0)


def test_where_it_reported_is_that_of_the_newest_run_and_no_fact_of_it(state_dir: Path) -> None:
    old = at(1, endpoints=["http://old/"], config_files=[])
    new = at(3, endpoints=["http://new/"], config_files=["/etc/x.toml"])

    state = remembered(state_dir, new, old)

    assert (state.endpoints, state.config_files) == (("http://new/",), ("/etc/x.toml",))
    assert "endpoints" not in Store(str(state_dir)).runs()[0]


def test_a_run_found_late_stands_where_it_belongs(state_dir: Path) -> None:
    state = remembered(state_dir, at(1), at(5, "fail"), at(3, "lost"))

    assert (state.failures, state.last_phase, state.last_at_unix_s) == (2, "fail", 1.8e9 + 5)
    assert remembered(state_dir, at(9), at(7, "fail")).failures == 0


def test_a_run_is_counted_once_however_often_it_is_found(state_dir: Path) -> None:
    run = at(1, "fail")

    assert remembered(state_dir, run, run, run).failures == 1
    assert len(Store(str(state_dir)).runs()) == 1


PHASES = st.sampled_from(["success", "fail", "log", "lost"])


@settings(max_examples=20)
@given(phases=st.lists(PHASES, min_size=1, max_size=12), order=st.randoms(use_true_random=False))
def test_the_order_in_which_runs_are_found_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, phases: list[str], order: Any
) -> None:
    runs = [at(second, phase, duration_s=float(second)) for second, phase in enumerate(phases)]
    shuffled = list(runs)
    order.shuffle(shuffled)
    in_order, mixed = (tmp_path_factory.mktemp("state") / "state" for _ in range(2))

    assert remembered(mixed, *shuffled) == remembered(in_order, *runs)


def test_the_sum_of_it_survives_what_is_forgotten(state_dir: Path) -> None:
    leave(state_dir, at(1), *(at(second, "fail") for second in range(2, 30)))
    store = Store(str(state_dir), NOT_PRUNED._replace(keep_runs=5))
    store.take_in()

    state = store.check("backup")

    assert state is not None
    assert (len(store.runs()), state.failures) == (5, 28)
    assert state.last_success_unix_s == 1.8e9 + 1


def test_a_check_without_runs_goes_unless_it_has_a_schedule(state_dir: Path) -> None:
    old = run_of("old", ended_unix_s=1e9)
    awaited = run_of("awaited", ended_unix_s=1e9, schedule="@daily", grace_s=1.0)
    leave(state_dir, old, awaited)
    store = Store(str(state_dir), Limits())
    store.take_in()

    assert [state.name for state in store.checks()] == ["awaited"]


def test_a_forgotten_check_is_gone_with_its_runs(state_dir: Path) -> None:
    remembered(state_dir, at(1), at(2))
    store = Store(str(state_dir))

    assert store.forget("backup") == 2
    assert (store.checks(), store.runs(), store.forget("backup")) == ([], [], -1)


def test_a_miss_is_owed_once(state_dir: Path) -> None:
    state = remembered(state_dir, at(1))._replace(missed_unix_s=1.8e9)
    event = Event(check="backup", phase="fail", reason="missed", run_id="x")
    place = [Address("http://127.0.0.1:9/", (), None)]
    first, second = Store(str(state_dir)), Store(str(state_dir))

    assert first.miss(state, event, place)
    assert not second.miss(state, event.replace(run_id="y"), place)

    assert first.outbox.counts() == {"backup": 1}
    assert second.miss(state._replace(missed_unix_s=1.9e9), event.replace(run_id="z"), place)
    assert first.check("backup") == state._replace(missed_unix_s=1.9e9)


def test_no_duration_is_infinite(state_dir: Path) -> None:
    state = remembered(state_dir, at(1, duration_s=0.0), at(2, duration_s=1e-9))

    assert all(math.isfinite(duration_s) for duration_s in state.durations_s)
