"""What each daemon makes of an expression: rows that were measured on the daemons themselves."""

from datetime import date

import pytest

from cronwrap.errors import UsageError
from cronwrap.schedule import DIALECTS, ScheduleError, parse

DAEMONS = [name for name in DIALECTS if name != "portable"]
ALL_DAY = set(range(24))


def accepted_by(text: str) -> set[str]:
    """Return the daemons that do not refuse an expression."""
    found = set()
    for daemon in DAEMONS:
        try:
            parse(text, daemon)
        except ScheduleError:
            continue
        found.add(daemon)
    return found


VIXIE, LAX = {"debian", "cronie"}, {"busybox", "supercronic", "systemd", "bcron"}


@pytest.mark.parametrize(
    ("text", "daemons"),
    [
        ("* * * * *", VIXIE | LAX),
        ("60 * * * *", {"busybox"}),
        ("0 24 * * *", {"busybox"}),
        ("0 0 0 * *", {"busybox"}),
        ("0 0 * 13 *", {"busybox"}),
        ("0 0 * * 8", {"busybox"}),
        ("0 0 * * 7", VIXIE | LAX),
        ("0 22-2 * * *", VIXIE | {"busybox"}),
        ("0 0 * * fri-mon", VIXIE | {"busybox"}),
        ("0 0 * * 5-0", VIXIE | {"busybox"}),
        ("0 0 * * sunday", LAX),
        ("0 0 * * MON", VIXIE | LAX),
        ("*/0 * * * *", {"busybox"}),
        ("*/90 * * * *", (VIXIE | LAX) - {"supercronic"}),
        ("0/5 * * * *", LAX),
        ("5-64/30 * * * *", {"cronie", "busybox", "systemd"}),
        ("*5 * * * *", {"debian", "busybox", "bcron"}),
        ("5.30 * * * *", {"debian", "busybox"}),
        ("1,,3 * * * *", LAX),
        ("1,3, * * * *", LAX),
        ("~ 3 * * *", {"cronie", "systemd", "busybox"}),
        ("0~10 3 * * *", {"debian", "cronie", "systemd", "busybox"}),
        ("* * * *", set()),
        ("@daily", (VIXIE | LAX) - {"bcron"}),
        ("@Daily", {"systemd"}),
        ("@every_minute", set()),
        ("0 0 L * *", {"busybox", "systemd", "supercronic"}),
        ("0 0 ? * 1", {"busybox", "supercronic"}),
        ("H 0 * * *", {"busybox"}),
        ("0 0 * * 1#2", {"debian", "supercronic"}),
        ("-0 0 * * *", {"cronie", "busybox"}),
        ("0 0 * jan *", (VIXIE | LAX) - {"systemd"}),
        ("0 0 31 2 *", VIXIE | LAX),
        ("4294967296 * * * *", VIXIE | {"busybox", "bcron"}),
        ("60-5 * * * *", {"cronie", "busybox"}),
    ],
)
def test_an_expression_is_taken_by_those_daemons_that_take_it(text: str, daemons: set[str]) -> None:
    assert accepted_by(text) == daemons


@pytest.mark.parametrize(
    ("daemon", "text", "minutes"),
    [
        ("debian", "*5 * * * *", set(range(60))),
        ("debian", "5.30,40 * * * *", {5}),
        ("debian", "1–5 * * * *", {1}),  # noqa: RUF001 - an en dash, as word processors write it
        ("debian", "*/5-10 * * * *", set(range(0, 60, 5))),
        ("debian", "0~10 * * * *", {0}),
        ("debian", "4294967303 * * * *", {7}),
        ("cronie", "5-64/30 * * * *", {5, 35}),
        ("cronie", "5,~10 * * * *", {5, 0}),
        ("busybox", "61 * * * *", set(range(60))),
        ("busybox", "5,x * * * *", {5}),
        ("busybox", "5-x * * * *", set()),
        ("busybox", "*/0 * * * *", {0}),
        ("busybox", "*/-5 * * * *", {0}),
        ("busybox", "*/+20 * * * *", {0, 20, 40}),
        ("busybox", "58-1 * * * *", {58, 59, 0, 1}),
        ("busybox", "0/5 * * * *", {0}),
        ("systemd", "0/5 * * * *", {0}),
        ("systemd", "50-99 * * * *", set(range(50, 60))),
        ("systemd", "+5 * * * *", {5}),
        ("bcron", "5*/30 * * * *", {5, 0, 30}),
        ("supercronic", "50/5 * * * *", {50, 55}),
        ("supercronic", "*,x * * * *", set(range(60))),
        ("supercronic", "30-10/5 * * * *", set()),
    ],
)
def test_minutes_are_those_that_the_daemon_makes_of_it(
    daemon: str, text: str, minutes: set[int]
) -> None:
    assert parse(text, daemon).minutes == minutes


@pytest.mark.parametrize(
    ("daemon", "text", "weekdays"),
    [
        ("debian", "0 0 * * 0,7", {0}),
        ("debian", "0 0 * * 5-7", {5, 6, 0}),
        ("cronie", "0 0 * * sat-sun", set()),
        ("busybox", "0 0 * * sat-sun", {6, 0}),
        ("busybox", "0 0 * * 7", set(range(7))),
        ("busybox", "0 0 * * sunday", {0}),
        ("systemd", "0 0 * * sun", set(range(7))),
        ("systemd", "0 0 * * mon,sun", set(range(7))),
        ("systemd", "0 0 * * sun/2", {0, 2, 4, 6}),
        ("systemd", "0 0 * * sat-sun", {6, 0}),
        ("systemd", "0 0 * * sun-0", {0}),
        ("systemd", "0 0 * * 7", {0}),
        ("systemd", "0 0 * * tuesdays", {2}),
        ("systemd", "0 0 * * */3", {0, 3, 6}),
        ("bcron", "0 0 * * Sunday-Monday", {0, 1}),
        ("supercronic", "0 0 * * 05", {0}),
        ("supercronic", "0 0 * * friday", {5}),
    ],
)
def test_weekdays_are_those_that_the_daemon_makes_of_it(
    daemon: str, text: str, weekdays: set[int]
) -> None:
    assert parse(text, daemon).weekdays == weekdays


def test_busybox_counts_every_second_day_from_0_so_that_it_takes_the_even_ones() -> None:
    assert parse("0 0 */2 * *", "busybox").days == set(range(2, 32, 2))
    assert parse("0 0 */2 * *", "debian").days == set(range(1, 32, 2))


def test_busybox_sets_the_bit_before_january_for_a_month_0_which_is_saturday() -> None:
    schedule = parse("0 5 * 0,3 2", "busybox")

    assert schedule.months == {3}
    assert schedule.weekdays == {2, 6}
    assert [oddity.kind for oddity in schedule.oddities] == ["outside"]


def test_systemd_takes_the_last_of_a_weekday_for_the_last_week_whatever_the_day() -> None:
    schedule = parse("0 0 5 * 1L", "systemd")

    assert schedule.matches_date(date(2026, 5, 25))
    assert not schedule.matches_date(date(2026, 5, 5))
    with pytest.raises(ScheduleError):
        parse("0 0 L * 1L", "systemd")


def test_systemd_hangs_in_a_step_of_0_whatever_else_is_wrong() -> None:
    with pytest.raises(ScheduleError) as caught:
        parse("60 0 * jan */0", "systemd")

    assert caught.value.kind == "step_hangs"


def test_busybox_takes_a_month_0_for_none_and_a_range_from_it_for_its_end() -> None:
    assert parse("0 0 * 0 *", "busybox").never
    assert parse("0 0 * 0-3 *", "busybox").months == {3}


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("0 0 1 * 1", dict.fromkeys(("debian", "cronie", "busybox", "supercronic"), "or")),
        ("0 0 */2 * 1", {"busybox": "or", "supercronic": "or"}),
        ("0 0 *,1 * 1", {}),
        ("0 0 1-31 * 1", dict.fromkeys(("debian", "cronie", "busybox", "supercronic"), "or")),
        ("0 0 1 * */2", {"busybox": "or", "supercronic": "or"}),
        ("0 0 1 * 0-6", dict.fromkeys(("debian", "cronie", "supercronic"), "or")),
    ],
)
def test_day_and_weekday_are_matched_by_each_daemons_rule(text: str, which: dict[str, str]) -> None:
    assert {daemon: parse(text, daemon).days_match for daemon in DAEMONS} == {
        daemon: which.get(daemon, "and") for daemon in DAEMONS
    }


def test_a_week_of_systemd_begins_on_monday() -> None:
    assert {daemon: parse("@weekly", daemon).weekdays for daemon in ("debian", "systemd")} == {
        "debian": {0},
        "systemd": {1},
    }


@pytest.mark.parametrize("name", ["minutely", "Quarterly", "SEMI-ANNUALLY", "boot", "@daily", "30"])
def test_systemd_knows_more_nicknames_in_any_case(name: str) -> None:
    assert accepted_by(f"@{name}") == {"systemd"}


def test_systemd_takes_a_number_for_anacrons_period_in_days() -> None:
    assert parse("@10", "systemd").days == {1, 11, 21, 31}
    assert parse("@75", "systemd").months == {1, 4, 7, 10}
    assert parse("@400", "systemd").months == {1}


@pytest.mark.parametrize("daemon", ["cronie", "systemd"])
def test_a_value_that_is_drawn_is_told(daemon: str) -> None:
    (drawn,) = parse("0 5~8 * * *", daemon).oddities

    assert (drawn.kind, drawn.start, drawn.end) == ("random", 2, 5)
    assert "draws one of 5 to" in drawn.detail


def test_a_job_at_reboot_has_no_times() -> None:
    schedule = parse("@reboot")

    assert (schedule.reboot, schedule.never, schedule.minutes) == (True, False, frozenset())


def test_supercronic_takes_seconds_and_years() -> None:
    with_year = parse("0 5 * * * 2030", "supercronic")
    with_both = parse("*/20 0 5 * * * 2030-2031", "supercronic")

    assert with_year.seconds is None
    assert with_year.years == frozenset({2030})
    assert with_both.seconds == frozenset({0, 20, 40})
    assert with_both.years == frozenset({2030, 2031})


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        ("0 25 * * *", "out_of_range", "25"),
        ("0 1-25 * * *", "out_of_range", "25"),
        ("0 0 * * sunday", "bad_value", "sunday"),
        ("0 0 * foo *", "bad_value", "foo"),
        ("*/x * * * *", "bad_step", "/x"),
        ("0,, * * * *", "empty", ",,"),
        ("0 0 1,L * *", "quartz", "L"),
        ("0 0 * * 5L", "quartz", "5L"),
        ("0 0 ? * *", "quartz", "?"),
        ("H 0 * * *", "jenkins", "H"),
        ("~5 0 * * *", "random", "~5"),
        ("*/0 * * * *", "step_zero", "/0"),
        ("1,5/15 * * * *", "step_alone", "5/15"),
        ("  * * * *", "few_fields", "* * * *"),
        ("* * * * * *", "many_fields", "*"),
        ("@Daily", "nickname", "@Daily"),
        ("@daily 5", "nickname", "@daily 5"),
        ("", "no_schedule", ""),
    ],
)
def test_an_error_says_what_is_wrong_and_exactly_where(text: str, kind: str, where: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(text)

    assert (caught.value.kind, text[caught.value.start : caught.value.end]) == (kind, where)
    assert caught.value.message
    assert caught.value.hint
    assert "{" not in caught.value.message + caught.value.hint


def test_an_error_says_what_to_write() -> None:
    with pytest.raises(ScheduleError) as single:
        parse("5/15 * * * *")
    with pytest.raises(ScheduleError) as backwards:
        parse("0 22-2 * * *", "systemd")

    assert single.value.hint == "write 5-59/15"
    assert backwards.value.hint == "write two ranges: 22-23,0-2"


def test_supercronics_largest_step_is_that_of_the_field() -> None:
    hints = {}
    for text in ("*/60 * * * *", "0 */24 * * *", "0 0 * * */7"):
        with pytest.raises(ScheduleError) as caught:
            parse(text, "supercronic")
        assert caught.value.kind == "step_too_large"
        hints[text] = caught.value.hint

    assert hints == {
        "*/60 * * * *": "write a step of 1 to 59",
        "0 */24 * * *": "write a step of 1 to 23",
        "0 0 * * */7": "write a step of 1 to 6",
    }


def test_an_oddity_says_what_the_daemon_does_and_where() -> None:
    (skipped,) = parse("0 *5 * * *").oddities
    (empty,) = parse("0 22-2 * * *").oddities
    (every,) = parse("61 * * * *", "busybox").oddities

    assert skipped == ("junk_skipped", 3, 4, "Debian's cron skips '5' without a word")
    assert (empty.kind, empty.start, empty.end) == ("wrap_empty", 2, 6)
    assert every.detail == (
        "BusyBox crond logs an error about '61', and then takes it for every value"
    )


def test_portable_is_what_debians_cron_and_cronie_agree_on() -> None:
    assert parse("*/5 2 * * mon", "portable").dialect == "portable"
    assert parse("0 22-2 * * *", "portable").never
    for different in ("*5 * * * *", "5-64/30 * * * *", "0~10 3 * * *"):
        with pytest.raises(ScheduleError):
            parse(different, "portable")


def test_fields_are_told_with_their_places_and_values() -> None:
    text = " */30  2 * * mon"
    fields = parse(text).fields

    assert [field.name for field in fields] == ["minute", "hour", "day", "month", "weekday"]
    assert [text[field.start : field.end] for field in fields] == text.split()
    assert [field.text for field in fields] == text.split()
    assert fields[0].values == {0, 30}
    assert [field.star for field in fields] == [True, False, True, True, False]


def test_a_dialect_that_does_not_exist_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError) as caught:
        parse("* * * * *", "debain")

    assert caught.value.hint == "did you mean debian?"
