"""What the real daemons made of thousands of expressions, and what we make of them: the same."""

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cronwrap.schedule import DIALECTS, Schedule, ScheduleError, SpecialDay, parse
from cronwrap.schedule.model import (
    ALL_DAYS,
    ALL_HOURS,
    ALL_MINUTES,
    ALL_MONTHS,
    ALL_WEEKDAYS,
)

DATA = Path(__file__).parent / "data"
DAEMONS = [name for name in DIALECTS if name != "portable"]
WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@cache
def rows() -> list[dict[str, Any]]:
    found = []
    for path in sorted(DATA.glob("*.jsonl*")):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            found += [json.loads(line) for line in file]
    return found


@cache
def numbers(text: "str | None") -> "frozenset[int] | None":
    """Return a set as the data writes it: "0-5,30"; None for one that is drawn at random."""
    if text is None:
        return None
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return frozenset(found)  # supercronic has a month 0, which is none


def quartz(schedule: Schedule) -> set[str]:
    """Return the days that depend on the month as the data writes them."""
    return {
        {
            "last": "L",
            "last_workday": "LW",
            "workday": f"{day.number}W",
            "last_weekday": f"{day.weekday}L",
            "nth_weekday": f"{day.weekday}#{day.number}",
        }[day.kind]
        for day in schedule.special_days
    }


def difference(text: str, dialect: str, row: "list[Any] | str | None") -> str:
    """Return how the daemon's answer differs from ours; "" if it does not."""
    try:
        ours = parse(text, dialect)
    except ScheduleError as error:
        same = row == ("hang" if error.kind == "step_hangs" else None)
        return "" if same else f"{row}, but refused by us: {error.message}"
    if isinstance(row, list):
        return _sets_differ(ours, row) or _more_differs(ours, row)
    if row == "reboot":
        return "" if ours.reboot else "not at reboot"
    if row is not None and row.startswith("calendar: "):
        return _calendar_differs(ours, row.removeprefix("calendar: "))
    return f"{row}, but taken by us"


def _calendar_differs(ours: Schedule, calendar: str) -> str:
    """Compare with what systemd-cron writes for its special days, and for anacron's periods."""
    period = re.fullmatch(r"\*-(?:\*|1/(\d+))-1(?:/(\d+))? 0:0:0", calendar)
    last = re.fullmatch(r"(?:(\w+) )?\*-(\S+)~(1|7/1) (\S+):(\S+):00", calendar)
    same = False
    if period:
        months, days = (
            frozenset(range(1, last + 1, int(step) if step else last))
            for last, step in zip((12, 31), period.groups(), strict=True)
        )
        same = (ours.days, ours.months) == (days, months if period[1] else ALL_MONTHS)
    elif last:
        weekdays = [last[1]] if last[1] else WEEKDAYS
        special = [
            SpecialDay("last_weekday", weekday=WEEKDAYS.index(weekday)) for weekday in weekdays
        ]
        special = [SpecialDay("last")] if last[3] == "1" else special
        sets = (ours.months, ours.hours, ours.minutes)
        every = (ALL_MONTHS, ALL_HOURS, ALL_MINUTES)
        texts = (last[2], last[4], last[5])
        same = list(ours.special_days) == special and all(
            found == (full if text == "*" else numbers(text))
            for found, full, text in zip(sets, every, texts, strict=True)
        )
    return "" if same else f"{calendar}, {ours.special_days}"


def _sets_differ(ours: Schedule, row: list[Any]) -> str:
    for name, wanted in zip(
        ("minutes", "hours", "days", "months", "weekdays"), row[:5], strict=True
    ):
        theirs, found = numbers(wanted), getattr(ours, name)
        if theirs is None:
            if not any(oddity.kind == "random" for oddity in ours.oddities):
                return f"{name} are not told to be random"
        elif theirs - {0} != found - {0} if name == "months" else theirs != found:
            return f"{name}: {wanted}, not {sorted(found)}"
    every_day = (ours.days, ours.weekdays) == (ALL_DAYS, ALL_WEEKDAYS)
    return "" if row[5] == ours.days_match or every_day else f"days match by {row[5]}"


def _more_differs(ours: Schedule, row: list[Any]) -> str:
    if ours.dialect in ("debian", "cronie"):
        flags = row[6]
        if ours.wild != ("m" in flags or "h" in flags):
            return f"flags {flags}, wild {ours.wild}"
        if ours.fields:
            found = [field.star for field in ours.fields if field.name != "month"]
            if found != [flag != "-" for flag in flags]:
                return f"flags {flags}, not {found}"
    elif ours.dialect == "busybox":
        kinds = {oddity.kind for oddity in ours.oddities}
        if bool(kinds & {"error_logged", "every_value"}) != ("logged" in row[6:]):
            return f"{row[6:]}, but {kinds}"
    elif ours.dialect == "supercronic":
        special, *seconds_and_years = [*row[6:], ""][:3]
        if quartz(ours) != set(special.split()):
            return f"{special!r}, but {ours.special_days}"
        more = [numbers(part) for part in seconds_and_years if part]
        if more and more != [ours.seconds or frozenset({0}), ours.years]:
            return f"{seconds_and_years}, not {ours.seconds}, {ours.years}"
    return ""


@pytest.mark.parametrize("dialect", DAEMONS)
def test_we_read_each_expression_as_its_daemon_does(dialect: str) -> None:
    asked = differing = 0
    shown = []
    for row in rows():
        if dialect not in row:
            continue
        asked += 1
        found = difference(row["text"], dialect, row[dialect])
        if found:
            differing += 1
            shown.append(f"{row['text']!r}: {found}")
    assert asked >= 10_000
    assert (differing, shown[:20]) == (0, [])
