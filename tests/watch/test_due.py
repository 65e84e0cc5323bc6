"""When a check should run, and whether it has, by what is known at a moment."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cronwrap.store.checks import Check
from cronwrap.watch.due import Due, Plan, look

VIENNA = "Europe/Vienna"
GRACE_S = 1800.0


def at(text: str, zone: str = VIENNA) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def seen(
    now: str,
    *,
    began: str | None,
    running: str | None = None,
    schedule: str = "30 2 * * *",
    timezone: str = VIENNA,
) -> Due:
    """Return what a nightly check looks like at *now*, whose last run *began* then."""
    check = Check(
        "nightly",
        at("2026-01-01T00:00"),
        last_started_unix_s=None if began is None else at(began),
    )
    going_on = [] if running is None else [at(running)]
    found = look(Plan(schedule, timezone, GRACE_S), check, going_on, at(now))
    assert found is not None
    return found


def test_without_a_schedule_there_is_nothing_to_say() -> None:
    assert look(Plan(), Check("x", 0.0), [], 1e9) is None


@pytest.mark.parametrize(
    ("now", "began", "overdue_since"),
    [
        ("2026-06-02T02:45", "2026-06-01T02:30:01", None),  # its grace is not over
        ("2026-06-02T03:01", "2026-06-02T02:30:01", None),
        ("2026-06-02T03:01", "2026-06-02T02:29:55", None),  # another clock
        ("2026-06-02T03:01", "2026-06-02T02:20:00", "2026-06-02T02:30"),
        ("2026-06-02T03:01", "2026-06-01T02:30:01", "2026-06-02T02:30"),
        ("2026-06-02T03:01", None, "2026-06-02T02:30"),
        ("2026-06-05T12:00", "2026-06-01T02:30:01", "2026-06-05T02:30"),  # the newest of them
        ("2026-01-01T02:59", None, None),
    ],
)
def test_a_time_is_missed_when_its_grace_is_over_and_nothing_has_begun(
    now: str, began: str | None, overdue_since: str | None
) -> None:
    found = seen(now, began=began)

    assert found.overdue_since_unix_s == (overdue_since and at(overdue_since))


def test_what_goes_on_is_not_missing() -> None:
    found = seen("2026-06-05T12:00", began=None, running="2026-06-01T02:30:01")

    assert found.overdue_since_unix_s is None


def test_the_next_time_is_by_the_clock_of_the_zone() -> None:
    assert seen("2026-06-02T12:00", began=None).next_unix_s == at("2026-06-03T00:30", "UTC")
    assert seen("2026-12-02T12:00", began=None).next_unix_s == at("2026-12-03T01:30", "UTC")


def test_on_the_day_without_that_hour_it_is_due_when_the_daemon_runs_it() -> None:
    found = seen("2026-03-29T12:00", began="2026-03-28T02:30:01")

    assert found.overdue_since_unix_s == at("2026-03-29T03:00")


def test_what_can_never_run_is_never_overdue() -> None:
    found = seen("2026-06-02T12:00", began=None, schedule="0 0 30 2 *")

    assert (found.next_unix_s, found.overdue_since_unix_s, found.problem) == (None, None, "")


@pytest.mark.parametrize(
    "plan", [{"schedule": "every day"}, {"schedule": "99 * * * *"}, {"timezone": "No/Where"}]
)
def test_what_cannot_be_read_is_said_and_never_overdue(plan: dict[str, str]) -> None:
    found = seen("2026-06-02T12:00", began=None, **plan)

    assert found.problem
    assert found.overdue_since_unix_s is None
