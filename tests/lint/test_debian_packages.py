"""The crontabs of 82 files of Debian's packages: right ones, which the linter has to leave alone."""

import json
from pathlib import Path

import pytest

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.finding import Finding
from cronwrap.lint.linter import lint

DATA = Path(__file__).parent / "data" / "debian.jsonl"
# Errors that are true: (package, code). There is none.
TRUE_ERRORS: set[tuple[str, str]] = set()
# Wrong warnings are worse than missing ones: of 131 right jobs few may have one.
MOST_WARNINGS = 40


@pytest.fixture(scope="module")
def findings() -> list[tuple[str, Finding]]:
    """Return what all default rules say of each package's crontabs."""
    rows = [json.loads(line) for line in DATA.read_text().splitlines()]
    return [
        (row["package"], finding)
        for row in rows
        for finding in lint([Crontab(row["text"].encode(), row["file"])])
    ]


def test_packaged_crontabs_have_no_errors(findings: list[tuple[str, Finding]]) -> None:
    errors = {(name, found.rule.code) for name, found in findings if found.severity == "error"}
    assert errors == TRUE_ERRORS


def test_packaged_crontabs_have_few_warnings(findings: list[tuple[str, Finding]]) -> None:
    warnings = [(name, found.rule.code) for name, found in findings if found.severity == "warning"]
    assert len(warnings) <= MOST_WARNINGS, warnings


def test_the_job_that_mixes_days_and_weekdays_is_found(
    findings: list[tuple[str, Finding]],
) -> None:
    mixed = [name for name, found in findings if found.rule.code == "CW203"]
    assert mixed == ["mtpolicyd", "mtpolicyd"]


def test_a_job_every_five_minutes_is_left_alone(
    findings: list[tuple[str, Finding]],
) -> None:
    often = [found.line.text for _, found in findings if found.rule.code == "CW216"]
    assert [line for line in often if line.startswith("*/5")] == []


@pytest.mark.parametrize("dialect", ["cronie", "busybox", "systemd", "supercronic", "bcron"])
def test_packaged_crontabs_are_read_in_every_dialect(dialect: str) -> None:
    files = [
        Crontab(json.loads(line)["text"].encode(), json.loads(line)["file"], dialect=dialect)
        for line in DATA.read_text().splitlines()
    ]
    assert lint(files)
