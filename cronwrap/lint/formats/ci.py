"""What GitHub and GitLab show beside a change."""

from collections.abc import Sequence
from typing import Any

from cronwrap.lint.baseline import fingerprint
from cronwrap.lint.finding import Finding
from cronwrap.lint.formats import shown
from cronwrap.lint.formats.objects import array

_GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
_GITLAB = {"error": "critical", "warning": "minor", "info": "info"}


def github(findings: Sequence[Finding], paths: Sequence[str]) -> str:  # noqa: ARG001 - as each format
    """Return workflow commands, which become annotations."""
    return "".join(shown(findings, _annotation))


def _annotation(finding: Finding) -> str:
    place = finding.location
    facts = {
        "file": finding.path,
        "line": place.line,
        "endLine": place.end_line,
        "col": place.column,
        "endColumn": place.end_column,
        "title": f"{finding.rule.code} {finding.rule.name}",
    }
    said = ",".join(f"{name}={_property(str(value))}" for name, value in facts.items())
    return f"::{_GITHUB[finding.severity]} {said}::{_data(_words(finding))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(findings: Sequence[Finding], paths: Sequence[str]) -> str:  # noqa: ARG001 - as each format
    """Return a code quality report."""
    return array(findings, _issue)


def _issue(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "description": _words(finding),
        "check_name": f"{finding.rule.code} {finding.rule.name}",
        "fingerprint": fingerprint(finding),
        "severity": _GITLAB[finding.severity],
        "location": {
            "path": finding.path,
            "lines": {"begin": place.line, "end": place.end_line},
        },
    }


def _words(finding: Finding) -> str:
    return finding.message + (f"; {finding.hint}" if finding.hint else "")
