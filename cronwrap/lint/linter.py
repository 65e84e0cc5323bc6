"""Asks the rules: crontabs in, findings out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cronwrap.lint.allow import settle
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import ALLOWS, SEVERITIES, Rule, catalogue

__all__ = ["Finding", "lint", "worst"]


def lint(files: Sequence[Crontab], rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Return all that *rules*, by default those on by default, find in *files*, in file order."""
    chosen = [rule for rule in catalogue() if rule.default] if rules is None else list(rules)
    found = [one for rule in chosen for one in _ask(rule, files)]
    found = settle(files, found, chosen)
    order = {id(file): place for place, file in enumerate(files)}
    return sorted(
        found, key=lambda one: (order[id(one.found.file)], one.found.start, one.rule.code)
    )


def _ask(rule: Rule, files: Sequence[Crontab]) -> Iterator[Finding]:
    asked = [
        file
        for file in files
        if rule.severity_in(file.dialect.name) and (not rule.host or file.host is not None)
    ]
    for subject in _subjects(rule, asked):
        for found in rule.find(subject):
            severity = found.severity or rule.severity_in(found.file.dialect.name)
            yield Finding(rule, severity, found)


def _subjects(rule: Rule, files: Sequence[Crontab]) -> Iterator[Any]:
    if rule.per == "files":
        yield from [list(files)] if files else []
    elif rule.per == "file":
        yield from files
    elif rule.per != ALLOWS:
        texts = [text.encode() for text in rule.only_with]
        for file in files:
            for line in file.of_kind(rule.per):
                if not texts or any(text in line.data for text in texts):
                    yield line


def worst(findings: Iterable[Finding]) -> str:
    """Return the highest severity among *findings*; "" if there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), "")
