"""Fixes change what they are about, and not one byte more; and once is enough."""

import re
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.lint import fix, linter, session
from cronwrap.lint.crontab import Crontab, Edit, Fix, Found, Job
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.rule import WARNING, Rule, catalogue
from cronwrap.lint.selection import chosen

SOME = chosen(["CW404", "CW101"], [])
PIECES = [
    *(b"0 3 * * * cd /x; y", b"* * * * * root ", b"*/5 * * * * curl https://hc-ping.com/x", b"\n"),
    *(b"@daily ", b"61 ", b"22-2 ", b"cd a; b", b"&> f", b"2>&1 ", b"%", b"\\%", b"'", b'"', b"\r"),
    *(b"PATH=/bin\n", b"MAILTO=a b\n", b"FOO=\n", b"export A=b\n", b"\xff", b"\xef\xbb\xbf", b"\0"),
    *(
        b"rm -rf $D/* ",
        b"; ",
        b" && ",
        b" | ",
        b"sh -c 'cd a; b' ",
        b"# c",
        b"# cronwrap: allow CW404",
    ),
    *(
        b"\xc2\xa0",
        b"1,,2 ",
        b"*/0 ",
        b"sunday ",
        b"$(date +%F) ",
        b"source x ",
        b"sudo x ",
        b"`a` ",
    ),
]


def repaired(file: Crontab, rules: Sequence[Rule] = SOME, *, unsafe: bool = True) -> bytes:
    """Return what *file* becomes."""
    return session.repaired([file], rules, unsafe=unsafe).files[0].data


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"0 3 * * *\tcd  /x ;y  \n\xff # c\r\n", b"0 3 * * *\tcd  /x  && y  \n\xff # c\r\n"),
        (b"0 3 * * * cd a; cd b; c", b"0 3 * * * cd a || exit 1; cd b && c\n"),
        (b"0 3 * * * sh -c 'cd a; b'\n", b"0 3 * * * sh -c 'cd a && b'\n"),
        (b'0 3 * * * sh -c "cd a; b"\n', b'0 3 * * * sh -c "cd a && b"\n'),
        (b"0 3 * * * sh -c 'cd a; sh -c \"cd b; c\"'\n", b"0 3 * * * sh -c 'cd a && sh -c \"cd b; c\"'\n"),
        (b"# c", b"# c"),
    ],
)  # fmt: skip
def test_only_the_bytes_in_question_are_changed(before: bytes, after: bytes) -> None:
    assert repaired(Crontab(before, form="user")) == after


def test_edits_that_touch_are_left_for_the_next_round() -> None:
    first = Fix(safe=True, edits=(Edit(0, 20, b""),))
    second = Fix(safe=True, edits=(Edit(20, 21, b"x"), Edit(40, 40, b"y")))
    third = Fix(safe=True, edits=(Edit(41, 42, b""),))

    assert fix.compatible([first, second, third]) == [first, third]


def test_what_may_change_the_meaning_is_left_unless_it_is_asked_for() -> None:
    file = Crontab(b"0 3 * * * cd a; b\n", form="user")
    (one,) = linter.lint([file], SOME)
    fixes = one.found.fix
    assert fixes is not None
    unsafe = one._replace(found=one.found._replace(fix=fixes._replace(safe=False)))

    assert fix.fixes([unsafe, one], unsafe=False) == [fixes]
    assert len(fix.fixes([unsafe, one], unsafe=True)) == 2


def test_only_jobs_that_had_to_wait_are_looked_at_again_before_all_are() -> None:
    asked: list[bytes] = []

    def find(job: Job) -> Iterator[Found]:
        asked.append(job.raw)
        for match in re.finditer("a", job.command.text):
            yield job.found(job.command, "no a", safe=[(job.command.at(*match.span()), "b")])

    rule = Rule("CW999", "letter-a", WARNING, "job", find)
    lines = [b"0 3 * * * %d\n" % number for number in range(100)]
    (done,) = session.repaired(
        [Crontab(b"".join([*lines, b"0 3 * * * aaa\n"]), form="user")], [rule], unsafe=False
    ).files

    assert done.data == b"".join([*lines, b"0 3 * * * bbb\n"])
    assert sorted(asked) == sorted(
        [*[b"%d" % number for number in range(100)] * 2, b"aaa", b"bab", b"bbb"]
    )


def test_where_other_lines_than_jobs_change_all_is_looked_at_before_the_next_fix() -> None:
    rules = chosen(["CW129", "CW315"], [])
    file = Crontab(
        b"* * * * * root x\nSHELL=bash\nSHELL=/bin/bash\n", dialect="systemd", form="system"
    )

    assert repaired(file, rules) == b"SHELL=/bin/bash\nSHELL=/bin/bash\n* * * * * root x\n"


def test_what_is_found_before_and_left_after_is_what_linting_finds() -> None:
    files = [Crontab(b"0 3 * * * cd /x%s y\n" % mark, form="user") for mark in (b";", b" &&")]
    rules = chosen(["CW404", "CW220"], [])

    done = session.repaired(files, rules, unsafe=False)

    assert [one.rule.code for one in done.found] == ["CW404"]
    assert [(one.rule.code, one.found.file) for one in done.left] == [("CW220", files[1])]
    assert done.files[1] is files[1]
    assert done.left == linter.lint(done.files, rules)


def test_three_hundred_files_are_repaired_in_two_looks_at_each() -> None:
    asked: list[str] = []

    def find(job: Job) -> Iterator[Found]:
        asked.append(job.file.path)
        if job.raw == b"bad":
            yield job.found(job.command, "bad", safe=[(job.command, "good")])

    rule = Rule("CW999", "bad", WARNING, "job", find)
    names = [f"{number}" for number in range(300)]
    files = [Crontab(b"@daily bad\n", name, form="user") for name in names]

    done = session.repaired(files, [rule], unsafe=False)

    assert {file.data for file in done.files} == {b"@daily good\n"}
    assert sorted(asked) == sorted(names * 2)


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    st.sampled_from(sorted(DIALECTS)),
    st.booleans(),
)
def test_any_file_is_linted_and_repaired_once_and_for_all(
    data: bytes,
    dialect: str,
    unsafe: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    rules = catalogue()

    file = Crontab(data, dialect=dialect, form="user")
    for finding in linter.lint([file], rules):
        assert 0 <= finding.found.start <= finding.found.end <= len(data)
        assert finding.message
    once = file.with_data(repaired(file, rules, unsafe=unsafe))

    assert repaired(once, rules, unsafe=unsafe) == once.data


def test_twenty_thousand_fixes_are_chosen_and_made_at_once() -> None:
    file = Crontab(b"0 3 * * * cd /x; y\n" * 20_000)
    edits = [Edit(at, at + 1, b" &&") for at in range(15, len(file.data), 19)]
    begun_s = time.process_time()

    chosen = fix.compatible([Fix(safe=True, edits=(edit,)) for edit in edits])
    data = fix.apply(file.data, edits)

    assert len(chosen) == 20_000
    assert data == b"0 3 * * * cd /x && y\n" * 20_000
    assert time.process_time() - begun_s < 20  # as a square it is minutes


def test_what_many_comments_allow_is_looked_up() -> None:
    file = Crontab(b"# cronwrap: allow CW404\n0 3 * * * cd /x; y\n" * 1500)
    begun_s = time.process_time()

    assert linter.lint([file], chosen(["CW404", "CW810"], [])) == []
    assert time.process_time() - begun_s < 20


def test_what_many_assignments_hold_for_is_looked_up() -> None:
    names = b"".join(b"A%d=$B\n" % number for number in range(5_000))
    file = Crontab(names + b"0 3 * * * sh -c $A7\n" + names)
    begun_s = time.process_time()

    found = linter.lint([file], chosen(["CW129", "CW301", "CW317"], []))

    assert {one.rule.code for one in found} >= {"CW301"}
    assert time.process_time() - begun_s < 20
