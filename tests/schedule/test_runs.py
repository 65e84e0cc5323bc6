"""When jobs run, above all where a clock is set forward or back."""

from datetime import datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from cronwrap.schedule import SpecialDay, normal_period_s, parse, previous, runs

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SPRING = datetime(2026, 3, 28, 12, tzinfo=BERLIN)  # 02:00 is 03:00 on the 29th
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=BERLIN)  # 03:00 is 02:00 on the 25th


def next_ones(text: str, dialect: str, after: datetime, count: int) -> list[str]:
    return [f"{run.when:%d %H:%M %z}" for run in islice(runs(parse(text, dialect), after), count)]


def notes(text: str, dialect: str, after: datetime, count: int = 2) -> list[str]:
    return [run.note for run in islice(runs(parse(text, dialect), after), count)]


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("debian", ["29 03:00 +0200", "30 02:30 +0200"]),
        ("cronie", ["29 03:00 +0200", "30 02:30 +0200"]),
        ("busybox", ["30 02:30 +0200", "31 02:30 +0200"]),
        ("systemd", ["30 02:30 +0200", "31 02:30 +0200"]),
        ("supercronic", ["29 03:30 +0200", "30 02:30 +0200"]),
        ("bcron", ["29 03:30 +0200", "30 02:30 +0200"]),
    ],
)
def test_a_job_in_the_skipped_hour_runs_when_its_daemon_runs_it(
    dialect: str, expected: list[str]
) -> None:
    assert next_ones("30 2 * * *", dialect, SPRING, 2) == expected


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("debian", ["25 02:30 +0200", "26 02:30 +0100"]),
        ("busybox", ["25 02:30 +0200", "25 02:30 +0100"]),
        ("systemd", ["25 02:30 +0200", "26 02:30 +0100"]),
        ("supercronic", ["25 02:30 +0100", "26 02:30 +0100"]),
        ("bcron", ["25 02:30 +0200", "26 02:30 +0100"]),
    ],
)
def test_a_job_in_the_repeated_hour_runs_as_often_as_its_daemon_runs_it(
    dialect: str, expected: list[str]
) -> None:
    assert next_ones("30 2 * * *", dialect, AUTUMN, 2) == expected


def test_west_of_greenwich_supercronic_runs_a_skipped_time_an_hour_earlier() -> None:
    before = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)
    autumn = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK)

    assert next_ones("30 2 * * *", "supercronic", before, 2) == ["08 01:30 -0500", "09 02:30 -0400"]
    assert next_ones("30 1 * * *", "supercronic", autumn, 2) == ["01 01:30 -0400", "02 01:30 -0500"]


def test_a_job_with_a_star_follows_the_clock_under_debians_cron() -> None:
    assert next_ones("*/30 2 * * *", "debian", SPRING, 1) == ["30 02:00 +0200"]
    assert next_ones("*/30 2 * * *", "debian", AUTUMN, 5) == [
        "25 02:00 +0200", "25 02:30 +0200", "25 02:00 +0100", "25 02:30 +0100", "26 02:00 +0100",
    ]  # fmt: skip


def test_a_job_of_every_hour_follows_the_clock_under_supercronic() -> None:
    assert next_ones("0 * * * *", "supercronic", AUTUMN.replace(day=25, hour=1), 3) == [
        "25 02:00 +0200", "25 02:00 +0100", "25 03:00 +0100",
    ]  # fmt: skip
    assert next_ones("0 * * * *", "supercronic", SPRING.replace(day=29, hour=0), 2) == [
        "29 01:00 +0100",
        "29 03:00 +0200",
    ]


def test_bcron_repeats_the_hour_of_jobs_that_have_more_than_one() -> None:
    assert next_ones("30 2,14 * * *", "bcron", AUTUMN, 4)[1:3] == [
        "25 02:30 +0200",
        "25 02:30 +0100",
    ]


def test_a_change_of_the_clock_is_told() -> None:
    assert notes("30 2 * * *", "debian", SPRING) == ["02:30 is skipped: right after that", ""]
    assert notes("0,30 2 * * *", "debian", SPRING)[0] == (
        "02:00 and 1 more are skipped: right after that"
    )
    assert notes("30 2 * * *", "busybox", SPRING) == ["not on 2026-03-29: 02:30 is skipped", ""]
    assert notes("30 2 * * *", "bcron", SPRING)[0] == "02:30 is skipped: later by as much"
    assert notes("30 2 * * *", "busybox", AUTUMN)[1] == "02:30 comes twice: the second time"


def test_a_job_of_every_hour_has_nothing_to_tell() -> None:
    assert set(notes("0 * * * *", "busybox", SPRING, 48)) == {""}
    assert set(notes("0 * * * *", "busybox", AUTUMN, 48)) == {""}


def test_a_job_that_was_skipped_and_another_time_of_it_run_once() -> None:
    assert next_ones("0,30 2,3 * * *", "debian", SPRING, 3) == [
        "29 03:00 +0200",
        "29 03:30 +0200",
        "30 02:00 +0200",
    ]


def test_runs_begin_after_the_moment_and_not_in_it() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
    schedule = parse("0 12 * * *")

    assert next(runs(schedule, noon)).when == noon + timedelta(days=1)
    assert next(runs(schedule, noon - timedelta(microseconds=1))).when == noon
    assert next(previous(schedule, noon)).when == noon - timedelta(days=1)
    assert next(previous(schedule, noon + timedelta(microseconds=1))).when == noon


def test_runs_in_the_second_of_two_equal_hours_go_on_from_there() -> None:
    second = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=BERLIN)

    assert next_ones("*/30 * * * *", "debian", second, 1) == ["25 02:30 +0100"]
    assert next_ones("30 2 * * *", "debian", second, 1) == ["26 02:30 +0100"]


def test_seconds_and_years_of_supercronic_are_kept() -> None:
    after = datetime(2026, 5, 1, tzinfo=timezone.utc)
    found = list(runs(parse("*/30 59 23 31 12 * 2026-2027", "supercronic"), after))

    assert [f"{run.when:%Y %H:%M:%S}" for run in found] == [
        "2026 23:59:00", "2026 23:59:30", "2027 23:59:00", "2027 23:59:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 0 L * *", [28, 31, 30]),
        ("0 0 LW * *", [27, 31, 30]),
        ("0 0 1W * *", [2, 2, 1]),  # February and March 2026 begin on a Sunday
        ("0 0 31W * *", [31, 29, 31]),  # May's is a Sunday; neither April nor June has one
        ("0 0 * * 5L", [27, 27, 24]),
        ("0 0 * * mon#2", [9, 9, 13]),
    ],
)
def test_days_that_depend_on_the_month_are_found(text: str, days: list[int]) -> None:
    after = datetime(2026, 2, 1, tzinfo=timezone.utc)

    assert [run.when.day for run in islice(runs(parse(text, "supercronic"), after), 3)] == days


def test_a_workday_stays_in_its_month() -> None:
    assert SpecialDay("workday", 1).day(2026, 8) == 3  # the 1st is a Saturday
    assert SpecialDay("last_workday").day(2026, 5) == 29  # the 31st is a Sunday


def test_a_day_that_no_month_has_never_comes() -> None:
    after = datetime(2026, 2, 1, tzinfo=timezone.utc)
    for text in ("0 0 31 2 *", "0 0 31 4,6 *", "0 22-2 * * *", "0 0 30 2 */7"):
        assert parse(text).never
        assert not list(runs(parse(text), after))
        assert not list(previous(parse(text), after))
    assert not parse("0 0 31 2 1").never  # or Monday
    assert [run.when.year for run in runs(parse("0 0 29 2 *"), after)] == [2028, 2032]


def test_a_job_at_reboot_has_no_next_run() -> None:
    assert not list(runs(parse("@reboot"), SPRING))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="must have a zone"):
        next(runs(parse("* * * * *"), datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_just_the_end(year: int) -> None:
    edge = datetime(year, 1, 1 if year == 1 else 30, tzinfo=BERLIN).replace(month=12)

    assert list(islice(runs(parse("0 0 1 * *"), edge), 2)) is not None
    assert list(islice(previous(parse("0 0 1 * *"), edge), 2)) is not None


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "America/Santiago"])
@pytest.mark.parametrize(
    "text",
    [
        "* * * * *", "*/7 * * * *", "0 */2 * * *", "30 2 * * *", "15,45 1-3 * * *",
        "*/20 2 * * *", "0 0 1,15 * *", "5 4 * * 1-5", "0 2 1-7 * 1", "0 2 */5 * 0",
        "10 2 29 2 *", "59 1 31 1,3,10 *", "45 * * 3,10,4,11 0",
    ],
)  # fmt: skip
def test_debians_runs_are_those_that_cronsim_finds(text: str, zone: str) -> None:
    """A whole year of each, or 800 runs: both changes of the clock are among them."""
    for after in (datetime(2026, 3, 1), datetime(2026, 9, 25)):  # noqa: DTZ001 - zoned below
        start = after.replace(tzinfo=ZoneInfo(zone))
        ours = [str(run.when) for run in islice(runs(parse(text), start), 800)]
        theirs = dict.fromkeys(map(str, islice(CronSim(text, start), len(ours))))
        assert list(theirs) == ours[: len(theirs)]
        assert len(theirs) > len(ours) - 9  # it gives jobs that were skipped one by one


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("* * * * *", (60, 60)),
        ("*/45 * * * *", (900, 2700)),
        ("0 22-23,0-2 * * *", (3600, 20 * 3600)),
        ("0 0 * * 1", (7 * 86400, 7 * 86400)),
        ("0 0 1 * *", (28 * 86400, 31 * 86400)),
        ("0 0 29 2 *", (1461 * 86400, 1461 * 86400)),
        ("0 0 31 2 *", None),
        ("@reboot", None),
    ],
)
def test_the_normal_period_is_the_shortest_and_the_longest_gap(
    text: str, gaps: tuple[int, int] | None
) -> None:
    assert normal_period_s(parse(text)) == gaps
