"""From text to a Schedule, as one daemon reads it."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from cronwrap.errors import UsageError, nearest
from cronwrap.schedule.bcron import read_bcron
from cronwrap.schedule.busybox import read_busybox, spill
from cronwrap.schedule.dialects import (
    DAY,
    DEFAULT,
    DIALECTS,
    FIVE,
    HOUR,
    MINUTE,
    REBOOT,
    SECOND,
    WEEKDAY,
    YEAR,
    Dialect,
    Range,
)
from cronwrap.schedule.messages import FIELDS_INSTEAD, ODDITIES, OF_OTHERS, refusal
from cronwrap.schedule.model import (
    ALL_DAYS,
    ALL_WEEKDAYS,
    Field,
    Oddity,
    Schedule,
    ScheduleError,
    SpecialDay,
)
from cronwrap.schedule.reading import Reading, Refused
from cronwrap.schedule.supercronic import read_supercronic
from cronwrap.schedule.systemd import read_systemd
from cronwrap.schedule.vixie import read_cronie, read_debian

_READERS: dict[str, Callable[[str, Range], Reading]] = {
    "debian": read_debian,
    "cronie": read_cronie,
    "busybox": read_busybox,
    "systemd": read_systemd,
    "supercronic": read_supercronic,
    "bcron": read_bcron,
}
_WORDS = {name: re.compile(f"[^{daemon.blanks}]+") for name, daemon in DIALECTS.items()}
_LAYOUTS = {5: FIVE, 6: (*FIVE, YEAR), 7: (SECOND, *FIVE, YEAR)}


class _Read(NamedTuple):
    """A field and all that its daemon said of it."""

    field: Field
    reading: Reading


def parse(text: str, dialect: str = DEFAULT) -> Schedule:
    """Return what the daemon of a dialect makes of an expression: ``*/5 2 * * mon``, ``@daily``.

    Raises ScheduleError if the daemon refuses it.

    >>> sorted(parse("0 22-2 * * *", "busybox").hours), parse("0 22-2 * * *").never
    ([0, 1, 2, 22, 23], True)
    """
    if dialect not in DIALECTS:
        raise UsageError(f"there is no dialect {dialect}", hint=nearest(dialect, list(DIALECTS)))
    if dialect == "portable":
        return _portable(text)
    daemon = DIALECTS[dialect]
    start = len(text) - len(text.lstrip(daemon.blanks))
    if text[start : start + 1] == "@":
        return _nickname(text, daemon)
    oddities: list[Oddity] = []
    if dialect == "cronie" and text[start : start + 1] == "-":
        oddities.append(_oddity(Oddity("not_logged", start, start + 1, ""), 0, daemon))
        start += 1
    words = [match.span() for match in _WORDS[dialect].finditer(text, start)]
    layout = _layout(text, words, daemon)
    spans = list(zip(words, layout, strict=True))
    readings = _readings(text, spans, daemon, oddities)
    reads = [
        _read(text, span, field, reading)
        for (span, field), reading in zip(spans, readings, strict=True)
    ]
    return _schedule(text, daemon, reads, tuple(oddities))


def _layout(text: str, words: list[tuple[int, int]], daemon: Dialect) -> tuple[Range, ...]:
    count = len(words)
    most = 7 if daemon.name == "supercronic" else 5
    if daemon.name == "busybox" and "#" in text:
        raise _error("comment", text.index("#"), len(text), daemon)
    if not count:
        raise _error("no_schedule", 0, len(text), daemon)
    if count < len(FIVE):
        raise _error("few_fields", words[0][0], words[-1][1], daemon, count=count)
    if count > most:
        what = "five, six or seven" if daemon.name == "supercronic" else "five"
        raise _error("many_fields", words[most][0], words[-1][1], daemon, count=count, most=what)
    return _LAYOUTS[count]


def _readings(
    text: str,
    spans: list[tuple[tuple[int, int], Range]],
    daemon: Dialect,
    oddities: list[Oddity],
) -> list[Reading]:
    """Return what the daemon takes each field for."""
    readings: dict[str, Reading] = {}
    errors: list[ScheduleError] = []
    for (start, end), field in spans:
        answer = _answer(daemon.name, text[start:end], field)
        if isinstance(answer, Refused):
            errors.append(_error(
                answer.kind, start + answer.start, start + answer.end, daemon, field,
                **answer.details,
            ))  # fmt: skip
            if daemon.name != "systemd":  # which reads on, and may hang in a later field
                break
        else:
            oddities.extend(_oddity(oddity, start, daemon) for oddity in answer.oddities)
            readings[field.name] = answer
    if errors:
        raise next((error for error in errors if error.kind == "step_hangs"), errors[0])
    if any(reading.before for reading in readings.values()):
        readings = spill(readings)
    return list(readings.values())


def _read(text: str, span: tuple[int, int], field: Range, reading: Reading) -> _Read:
    start, end = span
    values = reading.values
    if field is WEEKDAY and 7 in values:  # noqa: PLR2004 - the other Sunday
        values = values - {7} | {0}
    elif field is DAY and 0 in values:
        values = values - {0}
    word = text[start:end]
    return _Read(Field(field.name, word, start, end, values, word.startswith("*")), reading)


@lru_cache(maxsize=8192)
def _answer(dialect: str, word: str, field: Range) -> "Reading | Refused":
    """Remember what a daemon makes of a word: most fields of most lines are ``*`` or ``0``."""
    try:
        return _READERS[dialect](word, field)
    except Refused as refused:
        return refused.with_traceback(None)


def _schedule(
    text: str, daemon: Dialect, reads: list[_Read], oddities: tuple[Oddity, ...]
) -> Schedule:
    by_name = {read.field.name: read for read in reads}
    values = {name: read.field.values for name, read in by_name.items()}
    day, weekday = by_name[DAY.name], by_name[WEEKDAY.name]
    if daemon.name == "systemd" and day.reading.special_days and weekday.reading.special_days:
        raise _error(
            "quartz", weekday.field.start, weekday.field.end, daemon, WEEKDAY,
            word=weekday.field.text,
        )  # fmt: skip
    days, weekdays, match = _day_rule(daemon.name, day, weekday)
    special: tuple[SpecialDay, ...] = day.reading.special_days + weekday.reading.special_days
    return Schedule(
        text, daemon.name,
        values["minute"], values["hour"], days, values["month"], weekdays, match,
        values.get("second"), values.get("year"), special,
        wild=by_name[MINUTE.name].field.star or by_name[HOUR.name].field.star,
        fields=tuple(read.field for read in reads),
        oddities=oddities,
    )  # fmt: skip


def _day_rule(
    dialect: str, day: _Read, weekday: _Read
) -> "tuple[frozenset[int], frozenset[int], str]":
    """Return days, weekdays, and whether one of them must match or both."""
    days, weekdays = day.field.values, weekday.field.values
    if dialect in ("debian", "cronie"):  # by the first character
        return days, weekdays, "and" if day.field.star or weekday.field.star else "or"
    if dialect == "busybox":  # by the bits that are not set, day 0's among them
        limits = day.reading.limited, weekday.reading.limited
        if all(limits):
            return days, weekdays, "or"
        return days if limits[0] else ALL_DAYS, weekdays if limits[1] else ALL_WEEKDAYS, "and"
    if dialect == "supercronic":
        both = day.reading.limited and weekday.reading.limited
        return days, weekdays, "or" if both else "and"
    if dialect == "systemd" and weekday.reading.special_days:
        return ALL_DAYS, weekdays, "and"  # the last week stands in the place of the days
    return days, weekdays, "and"


def _nickname(text: str, daemon: Dialect) -> Schedule:
    start, end = len(text) - len(text.lstrip(daemon.blanks)), len(text.rstrip(daemon.blanks))
    word = text[start:end]
    known = daemon.nicknames
    name = word
    if daemon.name == "systemd":
        name = "@" + word.lower().lstrip("@")
        known = {**known, **_anacron_period(name)}
    if name not in known:
        hint = next((hint for head, hint in OF_OTHERS if name.lower().startswith(head)), "")
        near = nearest(name.lower(), list(known)) if known else f"write {FIELDS_INSTEAD}"
        raise _error("nickname", start, end, daemon, word=word, known=hint or near)
    oddities = []
    if daemon.name == "busybox":
        oddities.append(_oddity(Oddity("may_crash", start, end, ""), 0, daemon))
    if daemon.name == "systemd" and name in ("@weekly", "@7"):
        oddities.append(_oddity(Oddity("weekly_monday", start, end, ""), 0, daemon))
    if known[name] == REBOOT:
        none: frozenset[int] = frozenset()
        return Schedule(
            text, daemon.name, none, none, none, none, none, reboot=True, oddities=tuple(oddities)
        )
    meant = parse(known[name], daemon.name)
    return meant._replace(text=text, fields=(), oddities=tuple(oddities))


def _anacron_period(name: str) -> dict[str, str]:
    """Return what systemd-cron makes of ``@10``, a period in days, if it is one."""
    days = int(name[1:]) if name[1:].isdecimal() and len(name) < 12 else 0  # noqa: PLR2004 - a long
    if not days or name in DIALECTS["systemd"].nicknames:
        return {}
    if days <= max(ALL_DAYS):
        return {name: f"0 0 1-31/{days} * *"}
    return {name: f"0 0 1 1-12/{(days + 15) // 30} *"}


def _portable(text: str) -> Schedule:
    """Return what Debian's cron and cronie agree on."""
    debian, cronie = parse(text, "debian"), parse(text, "cronie")
    different = [
        name
        for name in ("minutes", "hours", "days", "months", "weekdays", "days_match", "reboot")
        if getattr(debian, name) != getattr(cronie, name)
    ]
    if different or any(oddity.kind == "random" for oddity in cronie.oddities):
        raise _error(
            "not_portable", 0, len(text), DIALECTS["portable"],
            write="write numbers, ranges and steps",
        )  # fmt: skip
    oddities = tuple(dict.fromkeys(debian.oddities + cronie.oddities))
    return debian._replace(dialect="portable", oddities=oddities)


def _oddity(oddity: Oddity, by: int, daemon: Dialect) -> Oddity:
    """Return an oddity with its place in the whole expression, in words."""
    words = ODDITIES[oddity.kind].format(daemon=daemon.title, detail=oddity.detail)
    return Oddity(oddity.kind, oddity.start + by, oddity.end + by, words)


def _error(
    kind: str, start: int, end: int, daemon: Dialect, field: Range | None = None, **details: object
) -> ScheduleError:
    message, hint = refusal(kind, daemon, field, details)
    name = field.name if field else ""
    return ScheduleError(message, hint=hint, kind=kind, start=start, end=end, field=name)
