"""``cronwrap status``: how each check is, for people and for programs."""

import json
import re
import time
from typing import Any

import pytest

from tests.support.command import Cronwrap
from tests.support.remembered import leave, run_of
from tests.support.terminal import on_terminal
from tests.support.waiting import eventually

HOUR_S = 3600.0


def status(cronwrap: Cronwrap, *words: str) -> dict[str, dict[str, Any]]:
    """Return what is known of each check by its name."""
    done = cronwrap("status", "--json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["schema"] == "cronwrap-status/1"
    return {one["check"]: one for one in found["checks"]}


def ago(check: str, hours: float, phase: str = "success", **facts: Any) -> dict[str, Any]:
    return run_of(check, ended_unix_s=time.time() - hours * HOUR_S, phase=phase, **facts)


def test_at_first_nothing_is_known_and_nothing_is_made(cronwrap: Cronwrap) -> None:
    done = cronwrap("status")

    assert (done.returncode, done.stderr) == (0, "")
    assert "no check is known yet" in done.stdout
    assert status(cronwrap) == {}
    assert not cronwrap.state_dir.exists()


def test_each_check_is_as_its_runs_were(cronwrap: Cronwrap) -> None:
    leave(
        cronwrap.state_dir,
        ago("good", 2, "fail", exit_status=1),
        ago("good", 1, duration_s=125.0),
        *(ago("bad", hours, "fail", exit_status=3) for hours in (3, 2, 1)),
        *(ago("held", hours, "log", reason="overlap", exit_status=None) for hours in (2, 1)),
        ago("cut", 1, "lost", exit_status=None, finished_unix_s=None, duration_s=None),
    )

    found = status(cronwrap)

    states = {name: one["state"] for name, one in found.items()}
    assert states == {"good": "ok", "bad": "failed", "held": "skipped", "cut": "lost"}
    assert found["bad"]["failures"] == 3
    assert found["held"]["skips"] == 2
    assert found["good"]["last"]["duration_s"] == 125.0
    lines = cronwrap("status").stdout.splitlines()
    assert lines[0].split() == [
        "check",
        "state",
        "last",
        "run",
        "took",
        "recent",
        "exit",
        "next",
        "owed",
    ]
    assert "failed x3" in lines[1]
    assert "2 min 5 s" in lines[3]
    assert "✗█" in lines[3]


def test_a_run_that_goes_on_is_shown_with_its_process(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--check", "long", "--", "sh", "-c", "echo ready; exec sleep 60")
    running.wait_for_output(b"ready")
    eventually(lambda: status(cronwrap))

    found = status(cronwrap)["long"]

    (run,) = found["running"]
    assert (found["state"], found["last"], run["pid"]) == ("running", None, running.pid)
    assert 0 < run["elapsed_s"] < 60
    assert run["memory_bytes"] > 100_000
    lines = cronwrap("status").stdout.splitlines()
    assert lines[1].split() == ["long", "running"]
    assert lines[4].split()[1] == str(running.pid)


def test_one_check_alone_is_told_in_full_with_limits_that_fit(cronwrap: Cronwrap) -> None:
    runs = [ago("backup", 30 - number, duration_s=100.0 + number) for number in range(20)]
    leave(cronwrap.state_dir, *runs, ago("other", 1))

    done = cronwrap("status", "backup")

    assert (done.returncode, done.stderr) == (0, "")
    assert "median 1 min 50 s, 95th percentile 1 min 58 s, longest 1 min 59 s" in done.stdout
    assert "timeout 10 min, grace 3 min" in done.stdout
    assert runs[-1]["run_id"] in done.stdout
    assert "other" not in done.stdout
    usual = status(cronwrap, "backup")["backup"]["usual"]
    assert (usual["median_s"], usual["timeout_s"]) == (109.5, 600.0)


def test_from_few_runs_no_limits_are_made_up(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, *(ago("backup", hours) for hours in range(1, 4)))

    assert "suggested" not in cronwrap("status", "backup").stdout


def test_a_check_that_is_not_known_is_said_and_1(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ago("backup", 1))

    done = cronwrap("status", "backup", "bakup")

    assert done.returncode == 1
    assert done.stderr == "cronwrap: nothing is known of a check 'bakup'\n"
    assert "backup" in done.stdout


def test_the_next_run_is_known_by_the_schedule(cronwrap: Cronwrap) -> None:
    leave(
        cronwrap.state_dir, ago("nightly", 1, schedule="30 2 * * *", timezone="UTC", grace_s=60.0)
    )

    schedule = status(cronwrap)["nightly"]["schedule"]

    assert 0 < schedule["next_unix_s"] - time.time() <= 24 * HOUR_S
    assert schedule["next_unix_s"] % 86_400 == 2.5 * HOUR_S
    assert schedule["overdue_since_unix_s"] is None


def test_a_run_that_has_not_begun_is_overdue(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ago("hourly", 5, schedule="@hourly", grace_s=60.0))

    found = status(cronwrap)["hourly"]

    assert found["state"] == "overdue"
    assert found["schedule"]["overdue_since_unix_s"] % HOUR_S == 0
    assert "late" in cronwrap("status").stdout


def test_a_check_of_the_configuration_that_never_ran_is_there(cronwrap: Cronwrap) -> None:
    cronwrap.write_config('[checks.unseen]\nschedule = "@daily"\n[checks.other]\ntimeout = "1m"\n')

    found = status(cronwrap)

    assert [(name, one["state"]) for name, one in found.items()] == [("unseen", "never")]
    assert found["unseen"]["schedule"]["next_unix_s"] > time.time()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ('schedule = "61 * * * *"', "61"),
        ('schedule = "@daily"\ntimezone = "Mars/Olympus"', "Mars/Olympus"),
        ('schedule = "@daily"\ntimezone = "../../etc/passwd"', "passwd"),
    ],
)
def test_a_schedule_that_is_none_is_said(cronwrap: Cronwrap, settings: str, why: str) -> None:
    cronwrap.write_config(f"[checks.x]\n{settings}\n")

    done = cronwrap("status", "x")

    assert (done.returncode, done.stderr) == (0, "")
    assert why in status(cronwrap)["x"]["schedule"]["problem"]
    assert "not understood" in done.stdout
    assert "schedule not understood" in cronwrap("status").stdout


HOSTILE = b"\x1b[2Jx\x07\x9b31m\xe2\x80\xae[red]"


@pytest.mark.parametrize("columns", [80, 200])
def test_no_name_or_command_acts_upon_the_terminal(cronwrap: Cronwrap, columns: int) -> None:
    running = cronwrap.start(
        *("--check", HOSTILE, "--", "sh", "-c", "echo ready; sleep 60", HOSTILE)
    )
    running.wait_for_output(b"ready")
    eventually(lambda: status(cronwrap))

    shown = [
        screen(cronwrap, *words, columns=columns)
        for words in (["status"], ["history"], ["running"], ["status", HOSTILE])
    ]

    for seen in shown:
        assert b"[red]" in seen
        assert b"\\x1b[2J" in seen
        assert b"\x1b[2J" not in seen
        assert b"\x07" not in seen
        assert "\u202e".encode() not in seen


def screen(cronwrap: Cronwrap, *words: str | bytes, columns: int) -> bytes:
    with on_terminal(cronwrap, *words, columns=columns) as terminal:
        terminal.wait()
    return terminal.screen


@pytest.mark.parametrize("columns", [80, 200])
def test_on_a_terminal_the_table_fits(cronwrap: Cronwrap, columns: int) -> None:
    names = ["backup", "a-check-with-a-name-that-is-as-long-as-the-whole-screen-is-wide" * 2]
    leave(cronwrap.state_dir, *(ago(name, 1, schedule="@hourly", grace_s=1.0) for name in names))

    cronwrap.environ["NO_COLOR"] = "1"

    with on_terminal(cronwrap, "status", columns=columns) as terminal:
        assert terminal.wait() == 0

    screen = terminal.screen.decode()
    assert set(re.findall(r"\x1b\[([0-9;]*)m", screen)) <= {"0", "1", "2"}  # bold or dim, no colour
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen).splitlines()
    assert max(map(len, lines)) <= columns


def test_a_name_that_is_too_long_is_folded_and_nothing_else_is(cronwrap: Cronwrap) -> None:
    long_name = "the-backup-of-the-database-of-the-shop-to-the-other-data-centre"
    leave(cronwrap.state_dir, ago(long_name, 1, phase="fail"), ago("backup", 1))

    lines = without_colours(screen(cronwrap, "status", columns=80)).splitlines()

    assert [" ".join(line.split()) for line in (lines[0], lines[2])] == [
        "check state last run took recent exit next owed",
        "backup ok 1 h ago 1 s █ 0",
    ]
    assert lines[1] == "─" * 80
    assert "".join(line.split()[0] for line in lines[3:]) == long_name


def without_colours(text: bytes) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text.decode())
