"""JSON: one array, or one object per line. Fields may be added; those here keep their meaning."""

import json as _json
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from cronwrap.lint import mask
from cronwrap.lint.crontab import Line
from cronwrap.lint.finding import Finding
from cronwrap.lint.formats import shown
from cronwrap.lint.lines import Fix


def json(findings: Sequence[Finding], paths: Sequence[str]) -> str:  # noqa: ARG001 - as each format
    """Return an array of objects."""
    return array(findings, as_object)


def jsonl(findings: Sequence[Finding], paths: Sequence[str]) -> str:  # noqa: ARG001 - as each format
    """Return an object on each line."""
    return "".join(shown(findings, lambda one: _json.dumps(as_object(one)) + "\n"))


def array(findings: Sequence[Finding], as_value: Callable[[Finding], Any]) -> str:
    """Return an array of what *as_value* makes of each finding."""

    def element(finding: Finding) -> str:
        return textwrap.indent(_json.dumps(as_value(finding), indent=2), "  ")

    return "[\n" + ",\n".join(shown(findings, element)) + "\n]\n" if findings else "[]\n"


def as_object(finding: Finding) -> dict[str, Any]:
    """Return what there is to know of a finding."""
    found, line = finding.found, finding.line
    return {
        "path": finding.path,
        **finding.location._asdict(),
        "start_byte": found.start,
        "end_byte": found.end,
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.severity,
        "daemon": found.file.dialect.name,
        "message": finding.message,
        "hint": finding.hint,
        "text": mask.line(line),
        "fix": _fix(found.fix, line),
    }


def _fix(fix: Fix | None, line: Line) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [
        {
            "start_byte": edit.start,
            "end_byte": edit.end,
            "text": mask.words(edit.new.decode(errors="replace"), line),
        }
        for edit in fix.edits
    ]
    return {"safe": fix.safe, "edits": edits}
