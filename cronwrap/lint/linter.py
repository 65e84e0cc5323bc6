"""Asks the rules: crontabs in, findings out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cronwrap.lint.allow import settle
from cronwrap.lint.causes import told_once
from cronwrap.lint.crontab import KINDS, Crontab, Found, Job, Line
from cronwrap.lint.finding import Finding
from cronwrap.lint.memo import Memo
from cronwrap.lint.parts import in_parts
from cronwrap.lint.rule import SEVERITIES, Rule, catalogue

__all__ = ["Finding", "lint", "worst"]


def lint(files: Sequence[Crontab], rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Return all that *rules*, by default those on by default, find in *files*, in file order."""
    chosen = [rule for rule in catalogue() if rule.default] if rules is None else list(rules)
    found = [one for file in files for one in _of_file(file, chosen)]
    found += [one for rule in chosen if rule.per == "files" for one in _across(rule, files)]
    found = told_once(settle(files, found, chosen))
    order = {id(file): place for place, file in enumerate(files)}
    return sorted(
        found, key=lambda one: (order[id(one.found.file)], one.found.start, one.rule.code)
    )


def _is_asked(rule: Rule, file: Crontab) -> bool:
    return bool(rule.severity_in(file.dialect.name)) and (not rule.host or file.host is not None)


def _of_file(file: Crontab, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Yield what is found in one file: line by line, so that a command's tree may be dropped."""
    asked = [rule for rule in rules if _is_asked(rule, file)]
    by_kind = {kind: [rule for rule in asked if rule.per in (kind, "line")] for kind in KINDS}
    for rule in asked:
        if rule.per == "file":
            yield from _findings(rule, rule.ask(file))
    yield from in_parts(file, asked, lambda lines: list(_of_lines(file, lines, by_kind)))


def _of_lines(
    file: Crontab, lines: Sequence[Line], by_kind: Mapping[str, Sequence[Rule]]
) -> Iterator[Finding]:
    memo = Memo(file, by_kind["job"])
    for line in lines:
        if isinstance(line, Job):
            for rule, found in memo.ask(line):
                yield from _findings(rule, [found])
            continue
        for rule in by_kind[line.kind]:
            if not rule.only_with or any(text in line.text for text in rule.only_with):
                yield from _findings(rule, rule.ask(line))


def _across(rule: Rule, files: Sequence[Crontab]) -> Iterator[Finding]:
    asked = [file for file in files if _is_asked(rule, file)]
    if asked:
        yield from _findings(rule, rule.ask(asked))


def _findings(rule: Rule, found: Iterable[Found]) -> Iterator[Finding]:
    for one in found:
        yield Finding(rule, one.severity or rule.severity_in(one.file.dialect.name), one)


def worst(findings: Iterable[Finding]) -> str:
    """Return the highest severity among *findings*; "" if there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), "")
