"""What a real daemon refuses, the linter calls an error: in schedules, lines and whole crontabs."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from cronwrap.lint.crontab import Crontab, Job
from cronwrap.lint.finding import Finding
from cronwrap.lint.linter import lint
from tests.lint.test_daemons_agree import DAEMONS, cases

SCHEDULES = Path(__file__).parents[1] / "schedule" / "data"
EVERY = 40
# What the daemon refuses, and no rule can or need say.
UNSAID = (
    ("debian|supercronic", "NUL|byte 255 before", "no text: a NUL, or what is no UTF-8"),
    ("debian", r' (nosuchuser|0|root:root|ROOT) x$', "host rules look users up"),
    ("cronie", r"^32,\d+ ", "32 KiB of comments or blank lines in a row"),
)  # fmt: skip


def schedules(daemon: str) -> Iterator[tuple[str, bool]]:
    """Yield schedules, and whether the daemon refuses them."""
    with (SCHEDULES / "handmade.jsonl").open(encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    with gzip.open(SCHEDULES / "random.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        rows += map(json.loads, islice(lines, 0, None, EVERY))
    for row in rows:
        if daemon in row and len(row["text"].split()) in (1, 5):
            yield row["text"], row[daemon] in (None, "hang")


def errors_by_line(crontab: Crontab) -> dict[int, set[str]]:
    """Return the codes of the errors in each line that has one."""
    found: dict[int, set[str]] = {}
    for one in lint([crontab]):
        if one.severity == "error":
            found.setdefault(one.line.number, set()).add(one.rule.code)
    return found


@cache
def read(daemon: str) -> tuple[Crontab, list[Finding]]:
    """Return a crontab of all the schedules, and what is found in it."""
    data = "".join(f"{text} /usr/bin/true\n" for text, _ in schedules(daemon)).encode()
    crontab = Crontab(data, dialect=daemon, form="user")
    return crontab, lint([crontab])


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_schedule_that_a_daemon_refuses_is_an_error(daemon: str) -> None:
    rows = list(schedules(daemon))
    errors = {one.line.number for one in read(daemon)[1] if one.severity == "error"}
    refused = {number for number, (_, is_refused) in enumerate(rows, 1) if is_refused}
    assert refused
    assert not [rows[number - 1][0] for number in refused - errors]


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_crontab_that_a_daemon_refuses_has_an_error(daemon: str) -> None:
    unsaid = [why for name, why, _ in UNSAID if re.fullmatch(name, daemon)]
    silent = [
        case.why
        for case in cases(daemon)
        if isinstance(case.answer, str)
        if not any(re.search(why, case.why) for why in unsaid)
        if not errors_by_line(Crontab(case.data, dialect=daemon, form=case.form))
    ]
    assert not silent


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_safe_fix_of_a_schedule_leaves_one_that_the_daemon_takes(daemon: str) -> None:
    crontab, findings = read(daemon)
    refused_then = []
    for one in findings:
        fix, line = one.found.fix, one.line
        if fix is None or not fix.safe or not isinstance(line, Job) or line.text.startswith("- "):
            continue
        data = crontab.data[line.start : line.end]
        for edit in sorted(fix.edits, reverse=True):
            data = data[: edit.start - line.start] + edit.new + data[edit.end - line.start :]
        fixed = Crontab(data + b"\n", dialect=daemon, form="user").lines[0]
        if line.schedule is not None and not (isinstance(fixed, Job) and fixed.schedule):
            refused_then.append((one.rule.code, line.text))
    assert not refused_then
