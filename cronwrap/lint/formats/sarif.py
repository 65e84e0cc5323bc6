"""SARIF 2.1.0, with fixes and columns."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cronwrap import __version__
from cronwrap.lint import mask
from cronwrap.lint.baseline import fingerprint
from cronwrap.lint.finding import Finding, locate
from cronwrap.lint.formats import shown
from cronwrap.lint.rule import Rule, documentation

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif(findings: Sequence[Finding], paths: Sequence[str]) -> str:
    """Return a log with one run."""
    rules = sorted({finding.rule.code: finding.rule for finding in findings}.items())
    places = {code: place for place, (code, _) in enumerate(rules)}
    driver = {
        "name": "cronwrap",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for _, rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _artifact(path)} for path in paths],
        "results": list(shown(findings, lambda one: _result(one, places[one.rule.code]))),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    text = documentation(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": text.partition("\n")[0]},
        "help": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    found = finding.found
    hint = f". {finding.hint}" if finding.hint else ""
    region = _region(finding, found.start, found.end)
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + hint},
        "locations": [
            {"physicalLocation": {"artifactLocation": _artifact(finding.path), "region": region}}
        ],
        "partialFingerprints": {"cronwrap/v1": fingerprint(finding)},
    }
    if found.fix is not None:
        result["fixes"] = [_fix(finding)]
    return result


def _fix(finding: Finding) -> dict[str, Any]:
    edits = finding.found.fix.edits if finding.found.fix else ()
    replacements = [
        {
            "deletedRegion": _region(finding, edit.start, edit.end),
            "insertedContent": {
                "text": mask.words(edit.new.decode(errors="replace"), finding.line)
            },
        }
        for edit in edits
    ]
    change = {"artifactLocation": _artifact(finding.path), "replacements": replacements}
    return {
        "description": {"text": finding.hint or finding.message},
        "artifactChanges": [change],
    }


def _region(finding: Finding, start: int, end: int) -> dict[str, int]:
    place = locate(finding.found.file, start, end)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "byteOffset": start,
        "byteLength": end - start,
    }


def _artifact(path: str) -> dict[str, str]:
    absolute = Path(path).is_absolute()
    return {"uri": ("file://" if absolute else "") + quote(path, errors="surrogateescape")}
