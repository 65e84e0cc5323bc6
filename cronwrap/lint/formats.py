"""Findings as text and for machines."""

from collections.abc import Sequence

from cronwrap.lint.linter import Finding


def text(findings: Sequence[Finding]) -> str:
    """Return the findings for people, each with its line and a mark under the offence."""
    return "\n".join(_block(finding) for finding in findings)


def _block(finding: Finding) -> str:
    path, number, column = finding.place
    found = finding.found
    line = found.file.line_at(found.start)
    shown = line.data.decode(errors="replace").replace("\t", " ")
    size = len(found.file.data[found.start : min(found.end, line.end)].decode(errors="replace"))
    margin = " " * len(str(number))
    head = f"{path}:{number}:{column}: {finding.severity}: {found.message}"
    rows = [
        f"{head} [{finding.rule.code} {finding.rule.name}]",
        f" {number} | {shown}",
        f" {margin} | {' ' * (column - 1)}{'^' * max(1, size)}",
    ]
    rows += [f" {margin} = {found.hint}"] if found.hint else []
    return "\n".join(rows) + "\n"
