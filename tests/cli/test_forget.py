"""``cronwrap forget``: a check that is gone for good."""

import json
import time

from tests.support.command import Cronwrap
from tests.support.remembered import leave, run_of
from tests.support.waiting import eventually


def test_a_check_is_forgotten_with_its_runs(cronwrap: Cronwrap) -> None:
    now = time.time()
    leave(cronwrap.state_dir, *(run_of(name, ended_unix_s=now) for name in ("a", "a", "b")))

    done = cronwrap("forget", "a", "--json")

    assert json.loads(done.stdout) == {
        "schema": "cronwrap-forget/1",
        "forgotten": [{"check": "a", "runs": 2}],
    }
    assert (done.returncode, done.stderr) == (0, "")
    assert [run["check"] for run in json.loads(cronwrap("history", "--json").stdout)["runs"]] == [
        "b"
    ]
    again = cronwrap("forget", "a", "b")
    assert (again.returncode, again.stdout) == (1, "b: forgotten, with 1 run\n")
    assert again.stderr == "cronwrap: nothing is known of a check 'a'\n"


def test_one_that_is_overdue_is_so_no_more(cronwrap: Cronwrap) -> None:
    long_ago = time.time() - 7 * 86_400
    leave(cronwrap.state_dir, run_of("old", ended_unix_s=long_ago, schedule="@daily", grace_s=1.0))
    assert cronwrap("overdue").returncode == 1

    cronwrap("forget", "old")

    assert cronwrap("overdue").returncode == 0


def test_one_that_runs_now_comes_back(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--check", "x", "--", "sh", "-c", "echo ready; exec sleep 60")
    running.wait_for_output(b"ready")
    eventually(lambda: cronwrap("running").returncode == 0)

    assert "x runs now, and will be known again at its end" in cronwrap("forget", "x").stderr
