"""Which rules are asked is said by code, by the beginning of one, or by name."""

import pytest

from cronwrap.errors import CronwrapError, UsageError
from cronwrap.lint.rule import catalogue, explain, find_rule
from cronwrap.lint.selection import Settings, chosen


def codes(select: str, ignore: str = "") -> list[str]:
    return [rule.code for rule in chosen(select.split(), ignore.split())]


def test_a_code_or_a_name_selects_one_rule() -> None:
    assert codes("cw404") == codes("unguarded-cd") == ["CW404"]


def test_the_beginning_of_a_code_selects_all_that_begin_so() -> None:
    assert codes("CW4") == [rule.code for rule in catalogue() if rule.code.startswith("CW4")]


def test_what_is_ignored_is_not_asked() -> None:
    assert "CW404" not in codes("all", "unguarded-cd")
    assert set(codes("all")) == {rule.code for rule in catalogue()}
    assert set(codes("default")) == {rule.code for rule in catalogue() if rule.default}


def test_a_word_that_is_no_rule_is_told_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as raised:
        codes("unguarded-dc")

    assert raised.value.message == "there is no rule unguarded-dc"
    assert raised.value.hint == "did you mean unguarded-cd?"


def test_a_word_like_no_rule_is_not_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError) as raised:
        codes("nope")

    assert raised.value.hint == "cronwrap-rules(7) has them all"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"selct": ["CW1"]}, "x: there is no key selct"),
        ({"select": [1]}, "x: select is no list of codes"),
        ({"dialect": "vixie"}, "x: dialect = 'vixie' is none"),
        ({"fail_on": True}, "x: fail_on = True is none"),
    ],
)
def test_a_mistake_in_the_table_is_told(table: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError) as raised:
        Settings().with_table("x", table)

    assert raised.value.message == message
    assert raised.value.hint


@pytest.mark.parametrize(
    ("fail_on", "severity", "fails"),
    [
        ("error", "error", True),
        ("error", "warning", False),
        ("info", "info", True),
        ("never", "error", False),
        ("info", "", False),
    ],
)
def test_it_fails_from_a_severity_on(fail_on: str, severity: str, *, fails: bool) -> None:
    assert Settings(fail_on=fail_on).fails(severity) is fails


def test_a_rule_is_explained_by_code_and_by_name() -> None:
    assert explain("cw404") == explain("unguarded-cd")
    assert explain("CW404").startswith("CW404 unguarded-cd (warning)\n\nA ``cd`` whose failure")
    with pytest.raises(UsageError):
        find_rule("CW999")
