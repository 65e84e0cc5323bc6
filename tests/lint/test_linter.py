"""Whatever a crontab holds, it is linted; and a mistake of ours is told as one."""

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import ERROR, Rule, catalogue

HOSTILE = {
    "a long list": b"a && " * 3000 + b"a",
    "a long pipeline": b"a | " * 3000 + b"a",
    "brackets that are closed": b"(" * 500 + b"a" + b")" * 500,
    "brackets that are not": b"(" * 3000,
    "substitutions": b"$(" * 1000 + b"a" + b")" * 1000,
    "expansions": b"${a:-" * 1000 + b"}" * 1000,
    "arithmetic": b"x $((" + b"(" * 1000 + b"1" + b")" * 1000 + b"))",
    "a test": b"[ " + b"! " * 2000 + b"a ]",
    "quotes": b'"' * 3001,
    "backticks": b"`" * 3001,
    "compound commands": b"if a; then " * 500 + b"b" + b"; fi" * 500,
    "prefixes": b"nice " * 1000 + b"x",
    "shells in shells": b"sh -c '" * 300,
    "percent signs": b"%" * 5000,
    "backslashes": b"\\" * 5001,
    "a long word": b"x" * 1_000_000,
    "NULs": b"\0" * 3000,
}


@pytest.mark.parametrize("command", HOSTILE.values(), ids=HOSTILE)
def test_what_nobody_wrote_is_linted_all_the_same(command: bytes) -> None:
    file = Crontab(b"0 3 * * * " + command + b"\n", form="user")

    for finding in linter.lint([file], catalogue()):
        assert 0 <= finding.found.start <= finding.found.end <= len(file.data)


def test_findings_are_in_the_order_of_files_and_places() -> None:
    files = [Crontab(b"@hourly cd a; b\n0 3 * * * cd a; b", name, form="user") for name in "ba"]
    places = [("ba".index(one.path), one.found.start) for one in linter.lint(files)]

    assert places == sorted(places)
    assert {place for place, _ in places} == {0, 1}


def test_a_very_long_crontab_is_found_to_be_what_its_parts_are() -> None:

    rules = [rule for rule in catalogue() if rule.code in ("CW404", "CW125")]
    data = b"0 3 * * * cd /x; y\n" * 12_000
    found = linter.lint([Crontab(data, form="user")], rules)

    assert [one.location.line for one in found] == list(range(1, 12_001))
    assert {data[one.found.start : one.found.end] for one in found} == {b"cd /x"}
    assert found[0].found.fix != found[-1].found.fix


def test_a_rule_that_breaks_in_a_part_of_a_long_crontab_is_told_too() -> None:
    broken = Rule("CW999", "broken", ERROR, "job", lambda job: [job.x] if "bad" in job.text else [])
    data = b"0 3 * * * x\n" * 12_000 + b"0 3 * * * bad\n"

    with pytest.raises(CronwrapError, match="rule CW999 broke on line 12001"):
        linter.lint([Crontab(data, form="user")], [broken])


def test_a_rule_that_breaks_is_told_with_how_to_go_on_without_it() -> None:
    broken = Rule("CW999", "broken", ERROR, "job", lambda job: [job.no_such_thing])

    with pytest.raises(CronwrapError) as raised:
        linter.lint([Crontab(b"\n0 3 * * * x\n", form="user")], [broken])

    assert raised.value.message.startswith("rule CW999 broke on line 2: AttributeError")
    assert "--ignore CW999" in raised.value.hint


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("export LANG=C", "CW119"),
        ("0, 30 4 * * * /bin/true", "CW110"),
        ("0\u00a04 * * * /bin/true", "CW103"),
        ("0 4 1\u20135 * * /bin/true", "CW103"),
        ("*5 4 * * * /bin/true", "CW107"),
        ("* 5 * * * /bin/true", "CW205"),
        ("0 */5 * * * * /bin/true", "CW115"),
    ],
)
def test_a_mistake_is_told_once(line: str, code: str) -> None:
    found = linter.lint([Crontab(f"{line}\n".encode(), form="user")])

    assert [one.rule.code for one in found] == [code]


def test_what_follows_from_a_mistake_is_told_where_that_is_allowed() -> None:
    text = b"# cronwrap: allow CW205\n* 5 * * * /usr/local/bin/a\n"

    assert [one.rule.code for one in linter.lint([Crontab(text, form="user")])] == ["CW216"]
