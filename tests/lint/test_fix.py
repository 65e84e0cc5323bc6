"""Fixes change what they are about, and not one byte more; and once is enough."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.lint import fix, linter
from cronwrap.lint.crontab import Crontab, Edit, Fix
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import catalogue
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


def repair(file: Crontab, *, unsafe: bool = True) -> fix.Fixed:
    def found(one: Crontab) -> list[Finding]:
        return linter.lint([one], SOME)

    return fix.fix(file, found, unsafe=unsafe)


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
    assert repair(Crontab(before, form="user")).data == after


def test_edits_that_touch_are_left_for_the_next_round() -> None:
    file = Crontab(b"0 3 * * * cd a; cd b; c\n", form="user")
    found = linter.lint([file], SOME)
    first = found[0]._replace(
        found=found[0].found._replace(fix=Fix(safe=True, edits=(Edit(0, 20, b""),)))
    )

    assert fix.compatible([first, found[1]], unsafe=False) == [first]


def test_what_may_change_the_meaning_is_left_unless_it_is_asked_for() -> None:
    file = Crontab(b"0 3 * * * cd a; b\n", form="user")
    (one,) = linter.lint([file], SOME)
    fixes = one.found.fix
    assert fixes is not None
    unsafe = one._replace(found=one.found._replace(fix=fixes._replace(safe=False)))

    assert fix.compatible([unsafe], unsafe=False) == []
    assert fix.compatible([unsafe], unsafe=True) == [unsafe]


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

    def found(one: Crontab) -> list[Finding]:
        return linter.lint([one], rules)

    file = Crontab(data, dialect=dialect, form="user")
    for finding in found(file):
        assert 0 <= finding.found.start <= finding.found.end <= len(data)
        assert finding.message
    once = fix.fix(file, found, unsafe=unsafe)
    again = fix.fix(file.with_data(once.data), found, unsafe=unsafe)

    assert again.data == once.data


def test_twenty_thousand_fixes_are_chosen_and_made_at_once() -> None:
    file = Crontab(b"0 3 * * * cd /x; y\n" * 20_000)
    edits = [Edit(at, at + 1, b" &&") for at in range(15, len(file.data), 19)]
    found = [
        Finding(
            catalogue()[0],
            "warning",
            file.found(edit, "")._replace(fix=Fix(safe=True, edits=(edit,))),
        )
        for edit in edits
    ]
    begun_s = time.process_time()

    chosen = fix.compatible(found, unsafe=False)
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
