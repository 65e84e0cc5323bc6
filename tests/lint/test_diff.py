"""A diff is the one that difflib makes, in linear time, and what it shows may be patched in."""

import difflib
import random
import time

import pytest

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.diff import unified


def shown(old: list[str], new: list[str], short_rows: int = 0) -> list[str]:
    before, after = (Crontab("".join(rows).encode(), "c", form="user") for rows in (old, new))
    return list(unified(before, after, short_rows))


def patched(old: list[str], diff: list[str]) -> list[str]:
    """Return what *old* is after the patch *diff*."""
    new: list[str] = []
    place = 0
    for line in diff[2:]:
        if line.startswith("@@"):
            start, _, size = line.split()[1][1:].partition(",")
            begin = int(start) - (size != "0")
            new += old[place:begin]
            place = begin
        elif line[0] == "+":
            new.append(line[1:])
        else:
            assert old[place] == line[1:]
            new += [] if line[0] == "-" else [line[1:]]
            place += 1
    return new + old[place:]


@pytest.mark.parametrize("short_rows", [0, 5, 200])
def test_lines_that_changed_in_place_are_shown_as_difflib_does(short_rows: int) -> None:
    chance = random.Random(7)  # noqa: S311 - lines to try
    for _ in range(200):
        old = [f"# {number} job\n" for number in range(chance.randrange(1, 40))]
        new = [line.upper() if chance.random() < 0.15 else line for line in old]

        assert shown(old, new, short_rows) == list(difflib.unified_diff(old, new, "c", "c"))


@pytest.mark.parametrize("short_rows", [0, 5, 200])
def test_lines_that_come_go_move_and_repeat_may_be_patched_in(short_rows: int) -> None:
    chance = random.Random(8)  # noqa: S311 - lines to try
    for _ in range(300):
        old = [f"# {chance.randrange(60)}\n" for _ in range(chance.randrange(50))]
        new = [line for line in old if chance.random() < 0.9]
        for _ in range(chance.randrange(4)):
            new.insert(chance.randrange(len(new) + 1), chance.choice([*old, "# new\n"]))

        assert patched(old, shown(old, new, short_rows)) == new


def test_a_line_that_comes_or_goes_is_all_that_is_shown() -> None:
    old = [f"# {number} job\n" for number in range(1000)] + ["# same\n"] * 500
    for place in (0, 7, 1000, 1500):
        more = [*old[:place], "# a\n", *old[place:]]

        assert [line for line in shown(old, more)[3:] if line[0] != " "] == ["+# a\n"]
        assert [line for line in shown(more, old)[3:] if line[0] != " "] == ["-# a\n"]


def test_changes_far_apart_in_many_lines_are_all_that_is_shown() -> None:
    old = [f"# {number}\n" for number in range(1000)]
    new = [*old[:10], "# a\n", *old[10:100], old[900], *old[100:500], *old[501:700], "# b\n",
           *old[701:900], *old[901:]]  # fmt: skip

    assert [line for line in shown(old, new, 5)[3:] if line[0] in "-+"] == [
        *("+# a\n", "+# 900\n", "-# 500\n", "-# 700\n", "+# b\n", "-# 900\n"),
    ]


def test_what_a_line_ends_with_is_shown() -> None:
    before, after = (
        Crontab(data, "c", dialect="systemd") for data in (b"# a\r\n# b", b"# a\n# b\n")
    )

    assert list(unified(before, after)) == [
        *("--- c\n", "+++ c\n", "@@ -1,2 +1,2 @@\n"),
        *("-# a\r\n", "-# b\n\\ No newline at end of file\n", "+# a\n", "+# b\n"),
    ]


def test_lines_that_are_joined_are_shown_once_each() -> None:
    data = b"# x\n0 3 * * * cd /x; \\\n  y; \\\n  z\n"
    before, after = (
        Crontab(text, "c", dialect="busybox", form="user")
        for text in (data, data.replace(b"y", b"Y"))
    )

    assert list(unified(before, after))[3:] == [
        *(" # x\n", " 0 3 * * * cd /x; \\\n", "-  y; \\\n", "+  Y; \\\n", "   z\n"),
    ]


def test_a_secret_is_starred_out() -> None:
    line = b"0 3 * * * cd /x%s y --password=9c2f41ab77e0\n"
    before, after = (Crontab(line % text, "c", form="user") for text in (b";", b" &&"))

    assert list(unified(before, after))[3:] == [
        "-0 3 * * * cd /x; y --password=************\n",
        "+0 3 * * * cd /x && y --password=************\n",
    ]


@pytest.mark.parametrize("every", [2, 1000])
def test_twenty_thousand_lines_are_shown_at_once(every: int) -> None:
    old = [f"# {number} job\n" for number in range(20_000)]
    new = ["# a\n# b\n" if number % every == 1 else line for number, line in enumerate(old)]
    begun_s = time.process_time()

    found = shown(old, new, 200)

    assert found.count("+# a\n") == 20_000 // every
    assert time.process_time() - begun_s < 20  # difflib takes many minutes
