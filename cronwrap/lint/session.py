"""One call of the linter: what is read, what is found, what is repaired."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cronwrap.errors import CronwrapError
from cronwrap.lint import fix, mask
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.diff import unified
from cronwrap.lint.finding import Finding
from cronwrap.lint.inputs import STDIN, Problem
from cronwrap.lint.linter import lint
from cronwrap.lint.replace import replace
from cronwrap.lint.rule import Rule


class Repaired(NamedTuple):
    """What fixing does to the crontabs.

    Attributes:
        files: as they are then, in their order; those without a fix as they were.
        done: what was fixed.
    """

    files: list[Crontab]
    done: list[Finding]


def repaired(files: Sequence[Crontab], rules: Sequence[Rule], *, unsafe: bool) -> Repaired:
    """Return what *files* become; rules across files are asked about all of them."""
    now = list(files)
    done: list[Finding] = []
    for place, file in enumerate(files):

        def found(one: Crontab, place: int = place) -> list[Finding]:
            others = [*now[:place], one, *now[place + 1 :]]
            return [finding for finding in lint(others, rules) if finding.found.file is one]

        fixed = fix.fix(file, found, unsafe=unsafe)
        if fixed.data != file.data:
            now[place] = file.with_data(fixed.data)
            done += fixed.done
    return Repaired(now, done)


def save(before: Sequence[Crontab], after: Sequence[Crontab]) -> list[Problem]:
    """Write each file that has changed; return what could not be written."""
    problems = []
    for old, new in zip(before, after, strict=True):
        if new.data == old.data or (old.path == STDIN and len(before) == 1):
            continue
        if not Path(old.path).exists():
            message = f"{old.path}: there is no file to write what is repaired to"
            hint = "crontab -l | cronwrap lint --fix - | crontab -"
            problems.append(Problem(message, hint))
            continue
        try:
            replace(old.path, old.data, new.data)
        except CronwrapError as error:
            problems.append(Problem(error.message, error.hint))
    return problems


def diff(before: Sequence[Crontab], after: Sequence[Crontab]) -> str:
    """Return what changes, as a unified diff with secrets starred out."""
    return "".join(
        line
        for old, new in zip(before, after, strict=True)
        if old.data != new.data
        for line in _diff(old, new)
    )


def _diff(old: Crontab, new: Crontab) -> Iterator[str]:
    path = mask.printable(old.path)
    for line in unified(_shown(old), _shown(new), path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _shown(file: Crontab) -> list[str]:
    texts = [mask.line(line) + "\n" for line in file.lines]
    if texts and not file.data.endswith(b"\n"):
        texts[-1] = texts[-1][:-1]
    return texts
