"""JUnit and checkstyle, which every CI server reads."""

import re
from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import quoteattr

from cronwrap.lint.finding import Finding
from cronwrap.lint.formats import shown

_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(findings: Sequence[Finding], paths: Sequence[str]) -> str:
    """Return a test suite for each file: each finding a failure, or one success."""
    rows = [_HEAD, f'<testsuites name="cronwrap lint" failures="{len(findings)}">']
    for path, found in _by_path(findings, paths):
        name = _attribute(path)
        count = f'tests="{max(1, len(found))}" failures="{len(found)}"'
        rows.append(f"  <testsuite name={name} {count}>")
        rows += shown(found, lambda one, name=name: _case(name, one))  # type: ignore[misc]
        rows += [] if found else [f'    <testcase name="no findings" classname={name}/>']
        rows.append("  </testsuite>")
    return "\n".join([*rows, "</testsuites>"]) + "\n"


def _case(path: str, finding: Finding) -> str:
    place = finding.location
    name = f"{finding.rule.code} {finding.rule.name} line {place.line}"
    message = _attribute(_words(finding))
    return (
        f'    <testcase name={_attribute(name)} classname={path} line="{place.line}">'
        f'<failure type="{finding.severity}" message={message}/></testcase>'
    )


def checkstyle(findings: Sequence[Finding], paths: Sequence[str]) -> str:
    """Return a report of checkstyle, as many tools write it."""
    rows = [_HEAD, '<checkstyle version="8.0">']
    for path, found in _by_path(findings, paths):
        rows.append(f"  <file name={_attribute(path)}>")
        rows += shown(found, _error)
        rows.append("  </file>")
    return "\n".join([*rows, "</checkstyle>"]) + "\n"


def _error(finding: Finding) -> str:
    place = finding.location
    return (
        f'    <error line="{place.line}" column="{place.column}" severity="{finding.severity}"'
        f' message={_attribute(_words(finding))} source="cronwrap.{finding.rule.code}"/>'
    )


def _by_path(findings: Sequence[Finding], paths: Sequence[str]) -> list[tuple[str, list[Finding]]]:
    found = {path: list(some) for path, some in groupby(findings, lambda one: one.path)}
    return [(path, found.get(path, [])) for path in paths]


def _words(finding: Finding) -> str:
    return finding.message + (f"; {finding.hint}" if finding.hint else "")


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))
