"""One call of the linter: what is read, what is found, what is repaired."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cronwrap.errors import CronwrapError
from cronwrap.lint import fix
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.diff import unified
from cronwrap.lint.finding import Finding
from cronwrap.lint.inputs import STDIN, Problem
from cronwrap.lint.linter import lint
from cronwrap.lint.replace import replace
from cronwrap.lint.rule import Rule


class Repaired(NamedTuple):
    """What fixing does to crontabs.

    Attributes:
        files: as they are then, in their order; those without a fix are the same objects.
        found: what was found before that.
        left: what is found after that.
    """

    files: list[Crontab]
    found: list[Finding]
    left: list[Finding]


def repaired(files: Sequence[Crontab], rules: Sequence[Rule], *, unsafe: bool) -> Repaired:
    """Return what *files* become: until nothing is found that a fix is known for."""
    now = list(files)
    found = left = lint(files, rules)
    for _ in range(fix.MOST_ROUNDS):
        by_file: dict[int, list[Finding]] = defaultdict(list)
        for one in left:
            by_file[id(one.found.file)].append(one)
        then = [fix.repair(file, by_file[id(file)], rules, unsafe=unsafe) for file in now]
        if all(one is other for one, other in zip(now, then, strict=True)):
            break
        now, left = then, lint(then, rules)
    return Repaired(now, found, left)


def save(before: Sequence[Crontab], after: Sequence[Crontab]) -> list[Problem]:
    """Write each file that has changed; return what could not be written."""
    problems = []
    for old, new in zip(before, after, strict=True):
        if new.data == old.data or (old.path == STDIN and len(before) == 1):
            continue
        if not Path(old.path).exists():
            message = f"{old.path}: there is no file to write what is repaired to"
            hint = "crontab -l > tab && { cronwrap lint --fix tab; crontab tab; }"
            problems.append(Problem(message, hint))
            continue
        try:
            replace(old.path, old.data, new.data)
        except CronwrapError as error:
            problems.append(Problem(error.message, error.hint))
    return problems


def diff(before: Sequence[Crontab], after: Sequence[Crontab]) -> Iterator[str]:
    """Yield the lines of a unified diff of what changes."""
    for old, new in zip(before, after, strict=True):
        if old.data != new.data:
            yield from unified(old, new)
