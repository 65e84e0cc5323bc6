"""Faults made on purpose (data/faults.txt), in a crontab for each daemon: each is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.linter import lint

DATA = Path(__file__).parent / "data" / "faults.txt"
CHARACTERS = {"<CR>": "\r", "<TAB>": "\t", "<NBSP>": "\u00a0", "<DASH>": "\u2013"}


class Sample(NamedTuple):
    """A crontab: for each line, the codes that have to be found, and the line."""

    title: str
    lines: list[tuple[frozenset[str], str]]


def samples() -> Iterator[Sample]:
    """Yield the crontabs."""
    for section in DATA.read_text().split("\n== ")[1:]:
        title, *lines = section.rstrip("\n").split("\n")
        yield Sample(title, [_parsed(line) for line in lines])


def _parsed(line: str) -> tuple[frozenset[str], str]:
    codes, _, text = line.partition("|")
    for written, meant in CHARACTERS.items():
        text = text.replace(written, meant)
    return frozenset(codes.split()), text


@pytest.mark.parametrize("sample", list(samples()), ids=lambda sample: sample.title)
def test_faults_are_found_and_right_lines_are_left_alone(sample: Sample) -> None:
    dialect, form = sample.title.split()
    data = "".join(f"{text}\n" for _, text in sample.lines).encode()
    found: dict[int, dict[str, str]] = {}
    for one in lint([Crontab(data, dialect=dialect, form=form)]):
        found.setdefault(one.line.number, {})[one.rule.code] = one.severity
    missed = {
        text: wanted - set(found.get(number, {}))
        for number, (wanted, text) in enumerate(sample.lines, 1)
        if wanted - set(found.get(number, {}))
    }
    assert not missed
    wrong = {
        text: said
        for number, (wanted, text) in enumerate(sample.lines, 1)
        if not wanted and (said := {c for c, how in found.get(number, {}).items() if how != "info"})
    }
    assert not wrong
