"""``cronwrap pause`` and ``cronwrap resume``: checks whose runs are skipped for a time."""

import datetime as dt
import json
import signal
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cronwrap.run import pause
from tests.run.test_lock import hold
from tests.run.test_overlap import waits
from tests.support.command import Cronwrap
from tests.support.events import all_recorded, events, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.waiting import eventually


def runs(cronwrap: Cronwrap, check: str | bytes = "x") -> bool:
    done = cronwrap("-c", check, "--", "echo", "ran")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout == "ran\n"


def test_a_paused_check_is_skipped_and_its_only_event_says_so(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    done = cronwrap("pause", "x")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("x: the check is paused since 20")

    done = cronwrap("-c", "x", "-e", webhook(httpd), "--", "touch", "started")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (cronwrap.directory / "started").exists()
    (event,) = events(httpd)
    assert (event["phase"], event["reason"]) == ("log", "paused")
    assert event["detail"].startswith("the check is paused since 20")
    assert recorded(cronwrap)["reason"] == "paused"


def test_another_check_runs_on_and_resume_has_the_paused_one_run_again(cronwrap: Cronwrap) -> None:
    cronwrap("pause", "x", "y")
    assert [runs(cronwrap, "x"), runs(cronwrap, "z")] == [False, True]

    done = cronwrap("resume", "x")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("y: the check is paused since 20")  # what is left
    assert [runs(cronwrap, "x"), runs(cronwrap, "y")] == [True, False]


def test_all_is_the_switch_of_the_whole_host(cronwrap: Cronwrap) -> None:
    cronwrap("pause", "--all")
    assert [runs(cronwrap, "x"), runs(cronwrap, "all")] == [False, False]
    assert cronwrap("resume", "x").returncode == 1  # it has no pause of its own

    cronwrap("pause", "x")
    assert cronwrap("resume", "--all").stdout == ""

    assert runs(cronwrap, "x")
    assert not (cronwrap.state_dir / "paused").exists()  # a run has nothing to look at


def test_a_check_that_is_called_all_is_one_check(cronwrap: Cronwrap) -> None:
    cronwrap("pause", "all")

    assert [runs(cronwrap, "all"), runs(cronwrap, "x")] == [False, True]


def test_checks_of_any_name_can_be_paused_and_resumed(cronwrap: Cronwrap) -> None:
    names: list[str | bytes] = ["../x", "a b\nc", "é", b"\xff", "x" * 300, "."]

    assert cronwrap("pause", *names).returncode == 0
    assert [runs(cronwrap, name) for name in names] == [False] * len(names)

    assert cronwrap("resume", *names).returncode == 0
    assert [runs(cronwrap, name) for name in names] == [True] * len(names)


def test_a_pause_ends_by_itself(cronwrap: Cronwrap) -> None:
    done = cronwrap("pause", "x", "--until", "3s")
    assert " until 20" in done.stdout

    assert not runs(cronwrap)
    eventually(lambda: runs(cronwrap))
    assert cronwrap("pause").stdout == "nothing is paused\n"


def test_a_run_that_waits_is_skipped_when_its_check_was_paused_meanwhile(
    cronwrap: Cronwrap,
) -> None:
    first = hold(cronwrap, "--overlap", "wait")
    waiting = cronwrap.start("-c", "x", "--overlap", "wait", "--", "echo", "ran")
    eventually(lambda: waits(waiting.pid))

    cronwrap("pause", "x")
    first.send_signal(signal.SIGTERM)
    first.wait()

    assert waiting.wait().stdout == ""
    assert {one["reason"] for one in all_recorded(cronwrap)} == {"stopped", "paused"}
    assert list((cronwrap.state_dir / "locks").iterdir()) == []


def test_what_is_paused_is_shown_to_people_and_to_programs(cronwrap: Cronwrap) -> None:
    assert cronwrap("pause").stdout == "nothing is paused\n"
    now_unix_s = time.time()

    cronwrap("pause", "x", "--until", "2h")
    cronwrap("pause", "--all")

    shown = cronwrap("pause").stdout.splitlines()
    assert shown[0].startswith("all checks are paused since 20")
    assert shown[1].startswith("x: the check is paused since 20")
    document = json.loads(cronwrap("pause", "--json").stdout)
    assert document["schema"] == "cronwrap-pause/1"
    whole, one = document["paused"]
    assert (whole["check"], whole["until_unix_s"], one["check"]) == (None, None, "x")
    assert one["until_unix_s"] - one["since_unix_s"] == 7200
    assert abs(one["since_unix_s"] - now_unix_s) < 60


@pytest.mark.parametrize(
    ("time_of_day", "zone"), [("18:00", "UTC"), ("06:30", "Europe/Vienna"), ("23:59:59", "UTC")]
)
def test_a_time_of_day_is_the_next_one(cronwrap: Cronwrap, time_of_day: str, zone: str) -> None:
    words = ("pause", "x", "--json", "--until", time_of_day)

    document = json.loads(cronwrap(*words, env={"TZ": zone}).stdout)

    until_unix_s = document["paused"][0]["until_unix_s"]
    assert 0 < until_unix_s - time.time() <= 25 * 3600
    there = dt.datetime.fromtimestamp(until_unix_s, ZoneInfo(zone))
    assert there.strftime("%H:%M:%S").startswith(time_of_day)


def test_a_date_and_time_with_or_without_a_zone(cronwrap: Cronwrap) -> None:
    words = ("pause", "x", "--json", "--until")

    local = json.loads(cronwrap(*words, "2199-12-24 18:00", env={"TZ": "UTC"}).stdout)
    zoned = json.loads(cronwrap(*words, "2199-12-24T18:00+01:00", env={"TZ": "UTC"}).stdout)

    difference = local["paused"][0]["until_unix_s"] - zoned["paused"][0]["until_unix_s"]
    assert difference == 3600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pause", "x", "--until", "yesterday"), "'yesterday' is no time: write 2h, 18:00 or"),
        (("pause", "x", "--until", "2020-01-01"), "'2020-01-01' is over already"),
        (("pause", "x", "--until", "0"), "'0' is over already"),
        (("pause", "--until", "2h"), "what to pause until then? name checks, or give --all"),
        (("pause", "--all", "x"), "--all is all checks: name none beside it"),
        (("resume",), "what to resume? name checks, or give --all"),
        (("pause", ""), "the name of a check is empty"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_paused(
    cronwrap: Cronwrap, words: tuple[str, ...], said: str
) -> None:
    done = cronwrap(*words)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (cronwrap.state_dir / "paused").exists()


def test_resume_says_when_there_was_nothing_to_resume(cronwrap: Cronwrap) -> None:
    one, everything = cronwrap("resume", "x"), cronwrap("resume", "--all")

    assert (one.returncode, one.stdout) == (1, "not paused: x\n")
    assert (everything.returncode, everything.stdout) == (1, "nothing was paused\n")


def test_a_state_directory_that_cannot_be_written_to_is_told(cronwrap: Cronwrap) -> None:
    (cronwrap.directory / "a-file").touch()

    done = cronwrap("pause", "x", "--state-dir", cronwrap.directory / "a-file")

    assert done.returncode == 2
    assert done.stderr.startswith(f"cronwrap: cannot write to {cronwrap.directory}/a-file: ")


def test_a_pause_that_cannot_be_read_does_not_keep_the_job_from_running(
    cronwrap: Cronwrap,
) -> None:
    cronwrap.state_dir.mkdir(mode=0o700)
    (cronwrap.state_dir / "paused").mkdir()
    (cronwrap.state_dir / "paused" / "all").symlink_to("/nonexistent")

    assert runs(cronwrap)


def test_a_file_of_a_pause_that_says_nothing_is_a_pause_without_an_end(tmp_path: Path) -> None:
    (tmp_path / "paused").mkdir()
    (tmp_path / "paused" / "all").touch()

    found = pause.find(str(tmp_path), "x", time.time())

    assert str(found) == "all checks are paused"
