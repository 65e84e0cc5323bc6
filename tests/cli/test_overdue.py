"""``cronwrap overdue``: a run that is missing is found, and told once for each time it was due."""

import fcntl
import json
import sqlite3
import time
from typing import Any

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd
from tests.support.remembered import leave, run_of

HOUR_S = 3600.0


def ran(check: str, hours_ago: float, *, place: str = "", **facts: Any) -> dict[str, Any]:
    """Return a run by a schedule; with *place* it has told its end there."""
    values: dict[str, Any] = {"schedule": "@hourly", "grace_s": 60.0, **facts}
    if place:
        values |= {"endpoints": [place], "config_files": [], f"told:{place}": ("accepted", "")}
    return run_of(check, ended_unix_s=time.time() - hours_ago * HOUR_S, **values)


def overdue(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    done = cronwrap("overdue", "--json", *words)
    found = json.loads(done.stdout)
    assert (found["schema"], done.stderr) == ("cronwrap-overdue/1", "")
    assert done.returncode == (1 if found["overdue"] else 0)
    assert isinstance(found["overdue"], list)
    return found["overdue"]


def told(httpd: Httpd) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in httpd.received]


def test_without_a_schedule_nothing_is_overdue(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, run_of("x"))

    done = cronwrap("overdue")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_miss_is_told_to_where_the_last_run_reported_and_only_once(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    place = f"webhook+{httpd.url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place), ran("fine", 0.0))

    (found,) = overdue(cronwrap)

    (event,) = told(httpd)
    assert (found["check"], found["state"]) == ("late", "overdue")
    assert [one["outcome"] for one in found["told"]] == ["accepted"]
    assert (event["check"], event["phase"], event["reason"]) == ("late", "fail", "missed")
    assert "by its schedule (@hourly) it was due" in event["detail"]
    (again,) = overdue(cronwrap)
    assert again["told"] == []
    assert len(httpd.received) == 1
    shown = cronwrap("overdue")
    assert shown.returncode == 1
    assert "late" in shown.stdout
    assert "before" in shown.stdout


def test_a_schedule_that_is_not_understood_is_told_for_nobody_watches_that_check(
    cronwrap: Cronwrap,
) -> None:
    leave(cronwrap.state_dir, ran("typo", 5, schedule="0 2 * *"), ran("fine", 0.0))

    done = cronwrap("overdue")

    assert (done.returncode, done.stdout) == (0, "")
    complaint, hint = done.stderr.splitlines()
    assert "check typo: the schedule '0 2 * *' is not understood" in complaint
    assert "five fields" in complaint
    assert hint.startswith("cronwrap: hint: give the run a --schedule ")
    cronwrap.write_config('[checks.other]\nschedule = "sometimes"')
    assert f"hint: correct its schedule and timezone in {cronwrap.config_file}: [checks.other]" in (
        cronwrap("overdue").stderr
    )


def test_the_next_time_that_is_missed_is_told_again(cronwrap: Cronwrap, httpd: Httpd) -> None:
    place = f"webhook+{httpd.url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place))
    overdue(cronwrap)
    change(cronwrap, f"missed_unix_s = missed_unix_s - {HOUR_S}")  # as if told an hour ago

    overdue(cronwrap)

    assert [event["reason"] for event in told(httpd)] == ["missed", "missed"]


def change(cronwrap: Cronwrap, what: str) -> None:
    db = sqlite3.connect(cronwrap.state_dir / "history.sqlite3")
    db.execute(f"UPDATE checks SET {what}")  # noqa: S608 - our own words
    db.commit()
    db.close()


def test_a_run_ends_it_and_its_endpoint_is_told_of_the_success(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    place = f"webhook+{httpd.url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place))
    assert overdue(cronwrap)

    cronwrap("--check", "late", "--schedule", "@hourly", "-e", place, "--", "true")

    assert overdue(cronwrap) == []
    assert [event["phase"] for event in told(httpd)] == ["fail", "start", "success"]


def test_a_failed_or_skipped_run_is_no_miss(cronwrap: Cronwrap) -> None:
    leave(
        cronwrap.state_dir,
        ran("failed", 0.0, phase="fail", exit_status=1),
        ran("skipped", 5),
        ran("skipped", 0.0, phase="log", reason="overlap"),
    )

    assert overdue(cronwrap) == []


def test_within_its_grace_a_run_is_not_missing(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("late", 1.5, grace_s=3 * HOUR_S))

    assert overdue(cronwrap) == []


def test_a_run_that_goes_on_is_not_missing(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("long", 5))
    running = cronwrap.start(*("--check", "long", "--", "sh", "-c", "echo ready; sleep 60"))
    running.wait_for_output(b"ready")

    assert overdue(cronwrap) == []
    (found,) = json.loads(cronwrap("status", "--json").stdout)["checks"]
    assert found["schedule"]["overdue_since_unix_s"] is None


def test_a_check_of_the_configuration_that_has_never_run_is_watched(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap.write_config(
        f'[endpoints.ops]\nservice = "webhook"\nurl = "{httpd.url}/hook"\n'
        '[checks.unseen]\nschedule = "@hourly"\ngrace = "1m"\nendpoint = "ops"\n'
    )
    assert overdue(cronwrap) == []  # from now on
    change(cronwrap, f"first_seen_unix_s = first_seen_unix_s - {5 * HOUR_S}")

    (found,) = overdue(cronwrap)

    assert found["check"] == "unseen"
    (event,) = told(httpd)
    assert (event["reason"], event["check"]) == ("missed", "unseen")
    assert "it has never run" in event["detail"]
    cronwrap.write_config("")
    assert overdue(cronwrap) == []


def test_the_configuration_knows_better_than_the_last_run(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("x", 5))
    cronwrap.write_config('[checks.x]\nschedule = "0 0 29 2 *"\n')

    assert overdue(cronwrap) == []


def test_a_check_that_is_paused_is_not_missing(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("off", 5))
    assert cronwrap("pause", "off").returncode == 0

    assert overdue(cronwrap) == []
    assert "paused" in cronwrap("status").stdout
    (found,) = json.loads(cronwrap("status", "--json").stdout)["checks"]
    assert (found["state"], found["paused"]["until_unix_s"]) == ("paused", None)


def test_what_cannot_be_told_now_is_told_later(cronwrap: Cronwrap, refusing_url: str) -> None:
    place = f"webhook+{refusing_url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place))

    (found,) = overdue(cronwrap)

    assert [one["outcome"] for one in found["told"]] == ["undelivered"]
    assert cronwrap("overdue").returncode == 1
    owed = json.loads(cronwrap("flush", "--list", "--json").stdout)["reports"]
    assert [(one["check"], one["reason"]) for one in owed] == [("late", "missed")]


def test_a_dry_run_tells_nobody(cronwrap: Cronwrap, httpd: Httpd) -> None:
    place = f"webhook+{httpd.url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place))

    assert len(overdue(cronwrap, "--dry-run")) == 1
    assert httpd.received == []
    assert len(overdue(cronwrap, "late")) == 1
    assert len(httpd.received) == 1


def test_two_at_once_tell_it_once(cronwrap: Cronwrap, httpd: Httpd) -> None:
    place = f"webhook+{httpd.url}/hook"
    leave(cronwrap.state_dir, ran("late", 5, place=place))
    processes = [cronwrap.start("overdue") for _ in range(4)]

    assert {running.wait().returncode for running in processes} == {1}
    assert len(httpd.received) == 1


def test_a_schedule_or_zone_that_is_none_is_found_in_the_configuration(
    cronwrap: Cronwrap,
) -> None:
    config = '[checks.a]\nschedule = "0 25 * * *"\n[checks.b]\ntimezone = "Europe/Vena"\n'

    done = cronwrap("config", "check", config=config)

    assert done.returncode == 1
    assert "[checks.a]: schedule: the hour '25' is out of range" in done.stderr
    assert "[checks.b]: timezone: there is no time zone Europe/Vena" in done.stderr


def test_a_check_that_was_named_and_has_no_schedule_is_said(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("x", 0.0), ran("unplanned", 0.0, schedule=""))

    known = cronwrap("overdue", "x")
    done = cronwrap("overdue", "x", "bakcup", "unplanned")

    assert (known.returncode, known.stderr) == (0, "")
    assert done.returncode == 2
    assert "check bakcup: no schedule of it is known" in done.stderr
    assert "check unplanned: no schedule of it is known" in done.stderr


def test_a_run_that_still_waits_for_its_start_is_as_overdue_as_none(cronwrap: Cronwrap) -> None:
    leave(cronwrap.state_dir, ran("x", 5))
    started_unix_s = time.time() - HOUR_S
    held = run_of("x", phase="waiting", waiting_for="the lock x", started_unix_s=started_unix_s)
    (path,) = leave(cronwrap.state_dir, held, suffix=".run")

    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        (found,) = overdue(cronwrap)
        assert found["running"][0]["waiting_for"] == "the lock x"

        path.write_text(repr({**held, "phase": "start", "waiting_for": ""}) + "\n")
        assert overdue(cronwrap) == []
