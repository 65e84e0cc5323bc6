"""What is kept from line to line is what asking anew would find."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cronwrap.lint import linter
from cronwrap.lint.causes import told_once
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import catalogue

RULES = [rule for rule in catalogue() if rule.per in ("job", "line")]
SCHEDULES = [
    "* 5 * * *",
    "0 3 * * *",
    "61 * * * *",
    "0 22-2 * * *",
    "*/7 * * * *",
    "@reboot",
    "0 0 1 * 1",
]
COMMANDS = ["cd x; y", "root cd x; y", "date +%F", "x 2>&1 > f", "python x.py", "x &", "sudo y",
            "curl https://hc-ping.com/a; z", "*/5 x", "rm -rf $D/*", "flock /l x"]  # fmt: skip
OTHERS = ["PATH=/bin", "SHELL=/bin/bash", "D=/x", "# c", ""]


def one_by_one(file: Crontab) -> list[Finding]:
    """Return what each rule finds in each line when nothing is kept."""
    found = []
    for line in file.lines:
        for rule in RULES:
            wanted = not rule.only_with or any(text in line.text for text in rule.only_with)
            if rule.per in ("line", line.kind) and rule.severity_in(file.dialect.name) and wanted:
                found += [
                    Finding(rule, one.severity or rule.severity_in(file.dialect.name), one)
                    for one in (() if rule.host else rule.find(line))
                ]
    return told_once(found)


def shown(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return sorted(
        (one.found.start, one.found.end, one.rule.code, one.severity, one.found.message,
         one.found.hint, str(one.found.fix))
        for one in findings
    )  # fmt: skip


@settings(max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(SCHEDULES), st.sampled_from(COMMANDS)).map(" ".join),
            st.sampled_from(OTHERS),
        ),
        min_size=2,
        max_size=8,
    ),
    st.sampled_from(sorted(DIALECTS)),
    st.sampled_from(["user", "system"]),
)
def test_lines_that_repeat_are_found_to_be_what_they_are(
    lines: list[str], dialect: str, form: str
) -> None:
    data = "".join(f"{line}\n" for line in [*lines, *lines, *lines]).encode()
    file = Crontab(data, dialect=dialect, form=form)

    assert shown(linter.lint([file], RULES)) == shown(one_by_one(file))


@pytest.mark.parametrize(
    "lines",
    [
        ["*/2 * * * * /x/a", "*/2 * * * * flock -n /l /x/a", "*/2 * * * * /x/b"],  # looks at both
        ["0 3 * * * */5 /x/a", "0 3 * * * */5   /x/a"],  # points to neither
        ["D=/x", "0 3 * * * /x/a $D", "D=", "0 3 * * * /x/a $D", "0 4 * * * rm -rf $D/*"],
    ],
)
def test_lines_that_are_nearly_the_same_are_told_apart(lines: list[str]) -> None:
    data = "".join(f"{line}\n" for line in lines * 4).encode()
    file = Crontab(data, form="system" if "*/5" in lines[0][9:] else "user")

    assert shown(linter.lint([file], RULES)) == shown(one_by_one(file)) != []


@pytest.mark.parametrize("count", [1, 50])
def test_each_of_many_equal_commands_is_found_in_its_own_place(count: int) -> None:
    rules = [rule for rule in RULES if rule.code == "CW404"]
    data = b"".join(b"%d 3 * * * cd /x; y\n" % (n % 60) for n in range(count))
    found = linter.lint([Crontab(data, form="user")], rules)

    assert [data[one.found.start : one.found.end] for one in found] == [b"cd /x"] * count
    assert [one.location.line for one in found] == list(range(1, count + 1))
