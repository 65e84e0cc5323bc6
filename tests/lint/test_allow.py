"""``# cronwrap: allow CODE`` allows what it says, where it says, and is told when it is idle."""

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.selection import chosen

RULES = chosen(["CW404", "CW101", "CW810"], [])
BAD = "0 3 * * * cd /x; y\n"


def found(text: str) -> list[tuple[str, int, str]]:
    file = Crontab(text.encode(), form="user")
    return [(one.rule.code, one.location.line, one.message) for one in linter.lint([file], RULES)]


@pytest.mark.parametrize("word", ["CW404", "cw404", "unguarded-cd", "CW101, CW404", "CW404 -- why"])
def test_the_line_below_is_allowed(word: str) -> None:
    codes = [code for code, _, _ in found(f"# cronwrap: allow {word}\n{BAD}")]

    assert "CW404" not in codes


def test_other_comments_may_stand_between() -> None:
    assert found(f"# cronwrap: allow CW404\n# the app's own job\n{BAD}") == []


def test_lines_that_are_joined_are_allowed_as_the_one_line_that_they_are() -> None:
    joined = "0 3 * * * cd /x; \\\n  y; \\\n  z\n"
    texts = (joined, f"# cronwrap: allow CW404\n{joined}")
    files = [Crontab(text.encode(), dialect="busybox", form="user") for text in texts]

    assert [one.location.line for one in linter.lint([files[0]], chosen(["CW404"], []))] == [1]
    assert linter.lint([files[1]], chosen(["CW404", "CW810"], [])) == []


def test_the_line_after_is_not_allowed() -> None:
    assert [found[:2] for found in found(f"# cronwrap: allow CW404\n{BAD}{BAD}")] == [("CW404", 3)]


def test_a_blank_line_ends_what_a_comment_is_about() -> None:
    codes = [found[0] for found in found(f"# cronwrap: allow CW404\n\n{BAD}")]

    assert codes == ["CW810", "CW404"]


def test_a_whole_file_may_be_allowed() -> None:
    assert found(f"{BAD}{BAD}# cronwrap: allow-file CW404\n") == []


def test_what_is_allowed_for_nothing_is_told() -> None:
    text = "# cronwrap: allow CW404, CW101\n0 3 * * * cd /x; y\n"

    assert found(text) == [("CW810", 1, "CW101 is allowed here, but nothing of it is found")]


def test_a_code_that_is_none_is_told() -> None:
    assert found("# cronwrap: allow CW4040\n* * * * * x\n") == [
        ("CW810", 1, "there is no rule CW4040")
    ]


def test_a_comment_that_names_no_rule_is_told() -> None:
    told = ("CW810", 1, "this allows nothing: it names no rule")

    assert found("# cronwrap: allow\n* * * * * x\n") == [told]


def test_capitals_are_as_good() -> None:
    assert found(f"# cronwrap: Allow cw404\n{BAD}") == []


def test_nothing_is_said_of_what_was_not_asked() -> None:
    file = Crontab(b"# cronwrap: allow CW404\n* * * * * x\n", form="user")

    assert linter.lint([file], chosen(["CW101", "CW810"], [])) == []
