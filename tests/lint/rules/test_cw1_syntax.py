"""The corners of the rules about syntax and schedules."""

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from tests.lint.asking import findings, finds


def told(text: str, dialect: str = "debian", form: str = "user") -> list[tuple[str, str]]:
    """Return the codes and hints of all that is found in a line."""
    found = linter.lint([Crontab(f"{text}\n".encode(), dialect=dialect, form=form)])
    return [(one.rule.code, one.found.hint) for one in found]


def test_all_values_of_a_line_that_are_out_of_range_are_told() -> None:
    spans = [(one.found.start, one.found.end) for one in findings("CW106", "61 25 32 13 8 x")]

    assert spans == [(0, 2), (3, 5), (6, 8), (9, 11), (12, 13)]


def test_mistakes_of_different_kinds_in_one_schedule_are_all_told() -> None:
    assert [code for code, _ in told("1a 0/5 * * sunday /bin/true")] == ["CW134", "CW112", "CW108"]


@pytest.mark.parametrize(
    ("line", "form", "code", "hint"),
    [
        ("0 1 - 5 * * * root /bin/x", "system", "CW110", "write 1-5"),
        ("1-2 *, * * * root /bin/x", "system", "CW109", "write *"),
        ("*/ * * * * /bin/true", "user", "CW111", "write a number behind the slash, as in */5"),
        ("PATH /usr/local/bin", "user", "CW119", "write PATH=/usr/local/bin"),
        ("0 2 * * * root", "system", "CW105", "write one after root"),
        ("* * * * x", "user", "CW105", "write 0 to 7, or sun to sat"),
        ("1 ** * * * root /bin/x", "system", "CW107", "write numbers, ranges and lists"),
        (
            "0 0 * * * * root /bin/x",
            "system",
            "CW115",
            "drop the field for seconds, which is the first",
        ),
    ],
)
def test_a_mistake_is_told_for_what_it_is(line: str, form: str, code: str, hint: str) -> None:
    assert told(line, form=form) == [(code, hint)]


@pytest.mark.parametrize("line", ["0 2 * * root /usr/bin/x", '1 * * * root "x"'])
def test_a_user_in_the_place_of_a_field_shows_that_one_is_missing(line: str) -> None:
    assert [code for code, _ in told(line, form="system")] == ["CW104"]


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("H 0 * * *", "write one of 0 to 59, another on each host; */15 for H/15"),
        ("0 0 L * *", "write 28-31, or the days that it may be, and ask for the right one"),
        ("0 0 * * 5L", "write a plain weekday, and ask for its week in the command"),
        ("0 ? * * *", "write *"),
    ],
)
def test_what_to_write_in_place_of_a_sign_of_quartz_is_told(field: str, hint: str) -> None:
    ((code, told_hint),) = told(f"{field} /bin/true")

    assert (code, told_hint[: len(hint)]) == ("CW114", hint)


def test_a_week_that_systemd_cron_passes_over_is_told() -> None:
    (found,) = findings("CW114", "0 0 * * MON#1 /bin/true", "systemd")

    assert found.found.message.startswith("systemd-cron skips '#1' without a word")
    assert findings("CW114", "0 0 * * Monday-fri /bin/true", "systemd") == []


@pytest.mark.parametrize(
    ("following", "costs"),
    [
        ("  --full", "the next line is one of its own; Debian's cron refuses the whole file"),
        ("", "the command gets it as it stands"),
        ("0 4 * * * /bin/true", "the command gets it as it stands"),
    ],
)
def test_a_backslash_at_the_end_is_told_with_what_becomes_of_the_next_line(
    following: str, costs: str
) -> None:
    text = f"0 3 * * * /bin/true \\\n{following}"
    (found,) = findings("CW122", text)

    assert costs in found.found.message
    assert findings("CW133", text) == []  # sh takes it for a word


def test_what_is_told_of_two_daemons_is_true_of_both() -> None:
    (found,) = findings("CW106", "61 * * * * /bin/true", "portable")

    assert found.found.message.endswith(
        "Debian's cron refuses the whole file, cronie drops this line"
    )


def test_a_zone_like_none_is_not_answered_with_all_of_them() -> None:
    (found,) = findings("CW213", "CRON_TZ=Mars/Olympus\n0 3 * * * /bin/true", "cronie")

    assert found.found.hint == "write one as tzselect(8) names them: Europe/Berlin, UTC"


def test_a_nickname_that_supercronic_refuses_costs_the_file() -> None:
    (found,) = findings("CW702", "@reboot /bin/true", "supercronic")

    assert "refuses the file and exits" in found.found.message


def test_prose_is_told_once_and_not_word_by_word() -> None:
    assert [code for code, _ in told("This is no line of a crontab")] == ["CW104"]


@pytest.mark.parametrize(
    ("field", "simple"),
    [("1-10,5", "1-10"), ("1-10,5,20", "1-10,20"), ("1-6,3-4", "1-6"), ("5,5", "5"), ("*,5", "*")],
)
def test_a_term_that_another_one_holds_is_redundant(field: str, simple: str) -> None:
    (found,) = findings("CW218", f"0 4 {field} * * x")

    assert found.found.hint == f"write {simple}"


@pytest.mark.parametrize("field", ["1-10,5-15", "1,4,*/5", "0-6,7-9"])
def test_terms_that_overlap_but_each_add_something_are_not(field: str) -> None:
    assert not findings("CW218", f"{field} 4 * * * x")


@pytest.mark.parametrize("days", ["*/7 * *", "*/2 * *", "1 */5 *", "* * */2"])
def test_a_step_that_begins_anew_with_each_month_year_or_week_is_told(days: str) -> None:
    assert [one.severity for one in findings("CW207", f"0 4 {days} x")] == ["info"]


@pytest.mark.parametrize("schedule", ["*/15 */6 * */3 *", "0-59/7 4 * * *"])
def test_a_step_that_divides_its_field_is_left_alone(schedule: str) -> None:
    assert not findings("CW207", f"{schedule} x")


def test_a_list_that_has_neighbours_now_and_then_does_not_run_every_minute() -> None:
    (found,) = findings("CW216", "1,4,6,*/5 * * * * /usr/local/bin/x")

    assert "15 times an hour, some of them 1 minute apart" in found.found.message


def test_29_february_alone_is_told() -> None:
    assert findings("CW210", "0 0 29 2 * x")


@pytest.mark.parametrize("command", ["rm -rf /", "rm -fr /*", "x; rm -r /"])
def test_removing_everything_is_told(command: str) -> None:
    assert finds("CW408", command)


def test_cronie_is_told_to_refuse_options_that_it_does_not_know() -> None:
    (found,) = findings("CW128", "0 4 * * * -q /bin/true", "cronie")

    assert "drops this line" in found.found.message
    assert not findings("CW128", "0 4 * * * -n /bin/true", "cronie")


def test_an_assignment_of_busybox_with_blanks_is_told_to_be_dropped() -> None:
    (found,) = findings("CW317", "PATH = /bin:/usr/bin\n0 4 * * * x", "busybox")

    assert found.found.hint == "write PATH=/bin:/usr/bin"


def test_a_value_that_debian_cuts_is_told() -> None:
    (cut,) = findings("CW123", f"A={'x' * 1000}\n0 4 * * * x")
    (refused,) = findings("CW123", f'A="{"x" * 1000}"\n0 4 * * * x')

    assert "get the first 996" in cut.found.message
    assert "refuses the whole file" in refused.found.message


@pytest.mark.parametrize(("lines", "found"), [(10_000, False), (10_001, True)])
def test_a_crontab_with_more_lines_than_debian_takes_is_told(lines: int, found: bool) -> None:  # noqa: FBT001 - a parameter
    text = "\n".join(["# c"] * (lines - 1) + ["0 4 * * * x"])

    assert bool(findings("CW124", text)) is found


@pytest.mark.parametrize("word", ["cd", "php", "flock", "/usr/bin/x", '"root'])
def test_a_command_in_the_place_of_the_user_is_told(word: str) -> None:
    assert ("CW116", f"write root, or another user, before {word}") in told(
        f"0 4 * * * {word} /srv/x", form="system"
    )


def test_a_text_to_fill_in_is_told_to_be_one() -> None:
    found = told("0 4 * * * /usr/bin/php <root_of_it>/x.php >> <logs>/x.log")

    assert found == [("CW133", "write what <root_of_it> stands for")]


def test_only_a_dash_before_a_whole_schedule_is_dropped_as_cronies_mark() -> None:
    (mark,) = findings("CW128", "-0 4 * * * x")
    (number,) = findings("CW128", "-1 -1 * * * x")

    assert mark.found.fix is not None
    assert number.found.fix is None


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python3 /home/pi/<path-to-it>/grow.py >> /tmp/log", True),
        ("x --user=<name> y", True),
        ("grep 'a=<b>' /srv/x", False),
        ("sort </srv/in >/srv/out", False),
        ("cat<in>out", False),
    ],
)
def test_a_text_to_fill_in_that_is_read_as_redirections_is_told(command: str, found: bool) -> None:  # noqa: FBT001 - a parameter
    assert finds("CW133", command) is found


@pytest.mark.parametrize(("slashes", "found"), [(1, True), (2, False), (3, True)])
def test_a_pair_of_backslashes_at_the_end_of_a_line_is_no_wish_to_go_on(
    slashes: int,
    found: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert finds("CW122", "echo a" + "\\" * slashes) is found


@pytest.mark.parametrize(
    ("dialect", "most"), [("debian", 998), ("cronie", 131_071), ("bcron", None)]
)
def test_a_command_may_be_as_long_as_the_daemon_takes(dialect: str, most: int | None) -> None:
    longest = "x" * (most or 200_000)

    assert not finds("CW123", longest, dialect)
    assert finds("CW123", f"{longest}x", dialect) is (most is not None)
