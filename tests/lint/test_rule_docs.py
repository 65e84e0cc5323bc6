"""Each rule keeps what its docstring says: Bad gives the rule's code, Good gives nothing."""

import pytest

from cronwrap.lint import linter, session
from cronwrap.lint.rule import ALLOWS, PER, SEVERITIES, Rule, catalogue, documentation
from tests.lint.examples import crontabs_of

RULES = catalogue()
# Those that look at a host have tests of their own, with files to look at.
STATIC = [rule for rule in RULES if not rule.host]


@pytest.mark.parametrize("rule", STATIC, ids=lambda rule: rule.code)
def test_what_the_docstring_calls_bad_is_found(rule: Rule) -> None:
    files = crontabs_of(rule, "Bad")

    assert files
    asked = RULES if rule.per == ALLOWS else [rule]
    assert rule.code in {finding.rule.code for finding in linter.lint(files, asked)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_the_docstring_calls_good_is_silent(rule: Rule) -> None:
    files = crontabs_of(rule, "Good")

    assert files
    assert [(one.rule.code, one.found.message) for one in linter.lint(files, RULES)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_a_rule_fixes_it_does_not_find_again(rule: Rule) -> None:
    for file in crontabs_of(rule, "Bad"):
        fixed = session.repaired([file], [rule], unsafe=True)

        assert [one.found for one in fixed.left if one.found.fix] == []
        assert fixed.files == [file] or len(fixed.left) < len(fixed.found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_in_the_file_that_its_code_and_name_say(rule: Rule) -> None:
    assert rule.find.__module__ == rule.module
    assert rule.severity in SEVERITIES
    assert rule.per in PER
    assert documentation(rule).splitlines()[0].endswith(".")


def test_no_code_or_name_is_used_twice() -> None:
    words = [word for rule in RULES for word in (rule.code, rule.name)]

    assert len(set(words)) == len(words)
