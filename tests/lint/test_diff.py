"""A diff of very many lines is the one that difflib makes, in linear time."""

import difflib
import random
import time

from cronwrap.lint.diff import unified


def test_lines_that_changed_in_place_are_shown_as_difflib_does() -> None:
    chance = random.Random(7)  # noqa: S311 - lines to try
    for _ in range(200):
        old = [f"{number} job\n" for number in range(chance.randrange(1, 40))]
        new = [line.upper() if chance.random() < 0.15 else line for line in old]

        found = list(unified(old, new, "c", most_lines=0))

        assert found == list(difflib.unified_diff(old, new, "c", "c"))


def test_lines_that_come_and_go_are_shown_as_difflib_does() -> None:
    old = ["a\n", "b\n", "c\n"]

    assert list(unified(old, old[1:], "c", most_lines=0)) == list(
        difflib.unified_diff(old, old[1:], "c", "c")
    )


def test_twenty_thousand_changed_lines_are_shown_at_once() -> None:
    old = [f"{number} job\n" for number in range(40_000)]
    new = [line.upper() if number % 2 else line for number, line in enumerate(old)]
    begun_s = time.process_time()

    found = list(unified(old, new, "c"))

    assert len(found) == 2 + 1 + 40_000 + 20_000
    assert time.process_time() - begun_s < 20  # difflib takes many minutes
