"""Asks the rules: crontabs in, findings out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cronwrap.lint.allow import settle
from cronwrap.lint.causes import told_once
from cronwrap.lint.crontab import KINDS, Crontab, Found, Job, Line
from cronwrap.lint.finding import Finding
from cronwrap.lint.memo import Memo
from cronwrap.lint.parts import in_parts
from cronwrap.lint.rule import SEVERITIES, Fact, Rule, catalogue

__all__ = ["Finding", "lint", "lint_lines", "worst"]


_WORTH_LINES = 5_000

# Of each rule that gathers: the jobs that it knows something of, and what.
Facts = dict[str, list[tuple[Line, Any]]]


class _Seen(NamedTuple):
    """What was seen in some lines, as a process can send it to another.

    Attributes:
        found: of each finding its rule's code, its severity and the finding but for the file.
        facts: of each fact its rule's code, the number of its line and the fact.
    """

    found: list[tuple[str, str, tuple[Any, ...]]]
    facts: list[tuple[str, int, Any]]


def lint(files: Sequence[Crontab], rules: Iterable[Rule] | None = None) -> list[Finding]:
    """Return all that *rules*, by default those on by default, find in *files*, in file order."""
    chosen = [rule for rule in catalogue() if rule.default] if rules is None else list(rules)
    facts: Facts = {rule.code: [] for rule in chosen if rule.per == "facts"}
    found = [one for file in files for one in _of_file(file, chosen, facts)]
    found += [one for rule in chosen for one in _across(rule, files, facts)]
    return _told(files, found, chosen)


def lint_lines(file: Crontab, lines: Sequence[Line], rules: Iterable[Rule]) -> list[Finding]:
    """Return what those of *rules* that look at lines find in *lines* of *file*."""
    asked = [rule for rule in rules if rule.per in (*KINDS, "line") and _is_asked(rule, file)]
    return _told([file], list(_of_lines(file, lines, asked, {})), asked)


def _told(
    files: Sequence[Crontab], found: Sequence[Finding], rules: Sequence[Rule]
) -> list[Finding]:
    """Return what of all that was found is told: not what is allowed, nor a mistake twice."""
    found = told_once(settle(files, found, rules))
    order = {id(file): place for place, file in enumerate(files)}
    return sorted(
        found, key=lambda one: (order[id(one.found.file)], one.found.start, one.rule.code)
    )


def _is_asked(rule: Rule, file: Crontab) -> bool:
    return bool(rule.severity_in(file.dialect.name)) and (not rule.host or file.host is not None)


def _of_file(file: Crontab, rules: Sequence[Rule], facts: Facts) -> Iterator[Finding]:
    """Yield what is found in one file: line by line, so that a command's tree may be dropped."""
    asked = [rule for rule in rules if _is_asked(rule, file)]
    for rule in asked:
        if rule.per == "file":
            yield from _findings(rule, rule.ask(file))
    yield from _of_lines(file, file.lines, asked, facts)


def _of_lines(
    file: Crontab, lines: Sequence[Line], rules: Sequence[Rule], facts: Facts
) -> Iterator[Finding]:
    by_code = {rule.code: rule for rule in rules}
    if len(lines) > _WORTH_LINES:  # so that each schedule is looked at by one process alone
        lines = sorted(lines, key=_schedule_of)
    gathered: list[tuple[str, int, Any]] = []
    memo = Memo(file, [rule for rule in rules if rule.per in ("job", "line", "facts")])
    for seen in in_parts(lines, lambda part: _look(part, rules, memo), worth=_WORTH_LINES):
        for code, severity, rest in seen.found:
            yield Finding(by_code[code], severity, Found(file, *rest))
        gathered += seen.facts
    for code, number, fact in sorted(gathered, key=lambda one: one[1]):
        facts[code].append((file.lines[number - 1], fact))


def _schedule_of(line: Line) -> str:
    return line.schedule_at.text if isinstance(line, Job) else ""


def _look(lines: Sequence[Line], rules: Sequence[Rule], memo: Memo) -> _Seen:
    """Return what is seen in *lines* of a file."""
    by_kind = {kind: [rule for rule in rules if rule.per in (kind, "line")] for kind in KINDS}
    seen = _Seen([], [])
    for line in lines:
        if line.start == line.end:
            continue  # nothing can be said of an empty line
        if not isinstance(line, Job):
            for rule in by_kind[line.kind]:
                if not rule.only_with or any(text in line.text for text in rule.only_with):
                    _add(seen, rule, rule.ask(line))
            continue
        for rule, one in memo.ask(line):
            if isinstance(one, Fact):
                seen.facts.append((rule.code, line.number, one.value))
            else:
                _add(seen, rule, [one])
    return seen


def _add(seen: _Seen, rule: Rule, found: Iterable[Found]) -> None:
    for one in found:
        severity = one.severity or rule.severity_in(one.file.dialect.name)
        seen.found.append((rule.code, severity, one[1:]))


def _across(rule: Rule, files: Sequence[Crontab], facts: Facts) -> Iterator[Finding]:
    """Yield what a rule about all files finds."""
    if rule.per == "facts":
        yield from _findings(rule, rule.ask(facts[rule.code]))
    asked = [file for file in files if rule.per == "files" and _is_asked(rule, file)]
    if asked:
        yield from _findings(rule, rule.ask(asked))


def _findings(rule: Rule, found: Iterable[Found]) -> Iterator[Finding]:
    for one in found:
        yield Finding(rule, one.severity or rule.severity_in(one.file.dialect.name), one)


def worst(findings: Iterable[Finding]) -> str:
    """Return the highest severity among *findings*; "" if there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), "")
