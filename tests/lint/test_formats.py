"""Each format says the same: where, how bad, what, and what to do; and none shows a secret."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cronwrap.lint import formats, linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.finding import Finding
from cronwrap.lint.formats.text import text as as_text
from cronwrap.lint.selection import chosen

SECRET = "hunter2hunter2"  # noqa: S105 - to be masked
DATA = f"0 3 * * * é=1; cd /x; rm -rf y --password={SECRET}\n# c\n0 4 * * * cd 'a:b,c%'; z".encode()
PATH = "a b/cron%tab"


@pytest.fixture
def findings() -> list[Finding]:
    file = Crontab(DATA, PATH, form="user", dialect="busybox")
    return linter.lint([file], chosen(["CW404"], []))


def loaded(name: str, findings: list[Finding]) -> Any:
    return json.loads(formats.render(name, findings, [PATH]))


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_format_shows_a_secret(name: str, findings: list[Finding]) -> None:
    one = findings[0]
    telling = one._replace(found=one.found._replace(message=f"so {SECRET}", hint=SECRET))

    shown = formats.render(name, [telling, *findings], [PATH])

    assert SECRET not in shown


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_findings_are_a_whole_document_too(name: str) -> None:
    shown = formats.render(name, [], [PATH])

    assert name in ("text", "jsonl", "github") or shown


def test_text_marks_the_offence_below_its_characters(findings: list[Finding]) -> None:
    assert formats.render("text", findings, [PATH]) == (
        f"a b/cron%tab:1:16: error: {findings[0].message} [CW404 unguarded-cd]\n"
        f"  1 | 0 3 * * * é=1; cd /x; rm -rf y --password={'*' * len(SECRET)}\n"
        "    |                ^^^^^\n"
        f"    = {findings[0].hint} (--fix does)\n"
        "\n"
        f"a b/cron%tab:3:11: warning: {findings[1].message} [CW404 unguarded-cd]\n"
        "  3 | 0 4 * * * cd 'a:b,c%'; z\n"
        "    |           ^^^^^^^^^^^\n"
        f"    = {findings[1].hint} (--fix does)\n"
    )


def test_a_long_line_is_shown_around_the_offence() -> None:
    text = f"0 3 * * * {'x' * 500}; cd /x; {'y' * 500}\n"
    file = Crontab(text.encode(), form="user")
    head, shown, marks, _ = as_text(linter.lint([file], chosen(["CW404"], [])), []).splitlines()

    assert ":1:513: " in head
    assert len(shown) < 120
    assert "cd /x" in shown
    assert shown.index("cd /x") == marks.index("^")


@pytest.mark.parametrize("columns", [10, 60, 80, 200])
def test_a_line_fits_into_the_terminal_with_the_mark_below_the_offence(columns: int) -> None:
    text = f"0 3 * * * {'x' * 500}; cd /x; {'y' * 500}\n"
    file = Crontab(text.encode(), form="user")
    found = linter.lint([file], chosen(["CW404"], []))
    _, shown, marks, _ = as_text(found, [], columns=columns).splitlines()

    assert len(shown) == max(columns, 46)
    assert shown.index("cd /x") == marks.index("^")


def test_what_would_act_on_a_terminal_is_shown_as_a_sign() -> None:
    file = Crontab(b"0 3 * * * cd \x1b[2J; y\tz\r\n", form="user")
    shown = as_text(linter.lint([file], chosen(["CW404"], [])), [])

    assert "\x1b" not in shown
    assert "0 3 * * * cd ␛[2J; y z␍" in shown


def test_json_has_lines_columns_bytes_and_the_fix(findings: list[Finding]) -> None:
    first, last = loaded("json", findings)

    assert first == json.loads(formats.render("jsonl", findings, [PATH]).splitlines()[0])
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (
        1,
        16,
        1,
        21,
    )
    assert DATA[first["start_byte"] : first["end_byte"]] == b"cd /x"
    assert (first["code"], first["name"], first["daemon"]) == ("CW404", "unguarded-cd", "busybox")
    assert (first["severity"], last["severity"]) == ("error", "warning")
    (edit,) = first["fix"]["edits"]
    assert first["fix"]["safe"] is True
    assert DATA[edit["start_byte"] : edit["end_byte"]] == b";"
    assert edit["text"] == " &&"


def test_sarif_has_rules_regions_and_fixes(findings: list[Finding]) -> None:
    log = loaded("sarif", findings)
    (run,) = log["runs"]
    first = run["results"][0]

    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CW404"]
    assert first["level"] == "error"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/cron%25tab"
    assert place["region"] == {
        "startLine": 1, "startColumn": 16, "endLine": 1, "endColumn": 21,
        "byteOffset": 16, "byteLength": 5,
    }  # fmt: skip
    (replacement,) = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": " &&"}
    prints = [result["partialFingerprints"]["cronwrap/v1"] for result in run["results"]]
    assert len(set(prints)) == 2


def test_github_escapes_what_ends_its_fields(findings: list[Finding]) -> None:
    first = formats.render("github", findings, [PATH]).splitlines()[0]

    assert first == (
        "::error file=a b/cron%25tab,line=1,endLine=1,col=16,endColumn=21,title=CW404 unguarded-cd"
        f"::{findings[0].message}; {findings[0].hint}"
    )


def test_gitlab_gives_each_finding_a_fingerprint(findings: list[Finding]) -> None:
    first, last = loaded("gitlab", findings)

    assert first["location"] == {"path": PATH, "lines": {"begin": 1, "end": 1}}
    assert (first["severity"], last["severity"]) == ("critical", "minor")
    assert first["fingerprint"] != last["fingerprint"]


def test_junit_and_checkstyle_are_xml_whatever_the_crontab_holds() -> None:
    data = b'0 3 * * * cd "\x01<&>\xff"; y\n'
    path = 'a"<\x02'
    findings = linter.lint([Crontab(data, path, form="user")], chosen(["CW404"], []))

    suites = ET.fromstring(formats.render("junit", findings, [path, "fine"]))  # noqa: S314 - ours
    errors = ET.fromstring(formats.render("checkstyle", findings, [path]))  # noqa: S314 - ours

    assert [suite.get("failures") for suite in suites] == ["1", "0"]
    assert [error.get("source") for error in errors.iter("error")] == ["cronwrap.CW404"]
