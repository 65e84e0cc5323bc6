"""Nothing is lost and nothing counted twice, whoever is killed and however many there are."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cronwrap.state import RUNS
from cronwrap.store import Store
from tests.support.command import Cronwrap
from tests.support.remembered import leave, run_of
from tests.support.waiting import eventually

RUNS_EACH = 40
TAKE_IN = "import sys; from cronwrap.store import Store; Store(sys.argv[1]).take_in()"
# At its Nth statement, or removal of a file, it is gone.
KILLED_AT = """
import os, signal, sqlite3, sys
from pathlib import Path
from cronwrap.store import Store

number = 0

def count(*_):
    global number
    number += 1
    if number == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

def connect(*arguments, to=sqlite3.connect, **more):
    db = to(*arguments, **more)
    db.set_trace_callback(count)
    return db

sqlite3.connect = connect
sys.addaudithook(lambda event, arguments: event == "os.remove" and count())
Store(sys.argv[1]).take_in()
"""


def test_killed_at_any_step_the_next_one_does_the_rest_once(tmp_path: Path) -> None:
    state_dir = tmp_path / "state"
    fails = [run_of(ended_unix_s=1.8e9 + n, phase="fail", output=b"x") for n in range(3)]
    leave(state_dir, *fails)
    killed = 0

    for step in range(4, 200, 3):
        command = [sys.executable, "-c", KILLED_AT, str(state_dir), str(step)]
        status = subprocess.run(command, check=False).returncode
        if status == 0:
            break
        assert status == -signal.SIGKILL
        killed += 1

    store = Store(str(state_dir))
    state = store.check("backup")
    assert killed > 3
    assert list((state_dir / RUNS).iterdir()) == []
    assert {run["run_id"] for run in store.runs()} == {run["run_id"] for run in fails}
    assert state is not None
    assert state.failures == 3
    assert [store.output(run["run_id"]) for run in fails] == [b"x"] * 3


def test_many_that_are_killed_while_they_take_in_lose_and_double_nothing(tmp_path: Path) -> None:
    state_dir = tmp_path / "state"
    dice = random.Random(3)  # noqa: S311 - when to kill
    ids = set()
    command = [sys.executable, "-c", TAKE_IN, str(state_dir)]
    for round_number in range(4):
        runs = [run_of(ended_unix_s=1.8e9 + n, phase="fail") for n in range(RUNS_EACH)]
        ids |= {run["run_id"] for run in runs}
        leave(state_dir, *runs)
        processes = [subprocess.Popen(command) for _ in range(4)]
        time.sleep(dice.uniform(0.05, 0.3))  # any time will do
        for process in processes[: 3 - round_number % 2]:
            process.kill()
        for process in processes:
            process.wait()

    store = Store(str(state_dir))
    store.take_in()

    state = store.check("backup")
    assert state is not None
    assert {run["run_id"] for run in store.runs(limit=1000)} == ids
    assert (state.failures, len(store.runs(limit=1000))) == (len(ids), len(ids))


def test_fifty_wrappers_at_once_some_of_them_killed_are_all_remembered(cronwrap: Cronwrap) -> None:
    ending = [cronwrap.start("-c", "end", "--", "sh", "-c", "exit 7") for _ in range(42)]
    cut = [cronwrap.start("-c", "cut", "--", "sleep", "60") for _ in range(8)]
    store = Store(str(cronwrap.state_dir))
    eventually(lambda: [one.facts["check"] for one in store.living()].count("cut") == 8)
    lookers = [cronwrap.start("status") for _ in range(3)]

    for running in cut:
        running.process.kill()
    for running in (*ending, *lookers):
        running.wait()
    for running in cut:
        running.process.wait()

    eventually(lambda: len(over(store)) == 50)
    states = {state.name: state for state in store.checks()}
    assert {running.process.returncode for running in ending} == {7}
    assert (states["end"].failures, states["cut"].failures) == (42, 8)
    assert (over(store).count("fail"), over(store).count("lost")) == (42, 8)


def over(store: Store) -> list[str]:
    """Return the phases of all runs, which have been taken in."""
    store.take_in()
    return [run["phase"] for run in store.runs(limit=1000)]
