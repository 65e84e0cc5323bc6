"""The words a template may use: fields of an event, and filters.

A field that has nothing to say is None, and what is filled with it is left out. Text is made
valid Unicode here, once: a command line or a name may hold bytes that are none.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from operator import attrgetter
from typing import Any

import cronwrap
from cronwrap.event import DEFAULTS, FAIL, Event

Value = Any  # what JSON can hold, or a UnixTime


class UnixTime(float):
    """Seconds since the epoch; in text and JSON an ISO-8601 time in UTC unless filtered."""

    __slots__ = ()

    def __str__(self) -> str:
        at = datetime.fromtimestamp(self, timezone.utc)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(name: str) -> Callable[[Event], Value]:
    get = attrgetter(name)
    return lambda event: None if get(event) is None else UnixTime(get(event))


def _failing_exit_status(event: Event) -> Value:
    return (event.exit_status or None) if event.phase == FAIL else None


def _error_status(event: Event) -> Value:
    return (event.exit_status or 1) if event.phase == FAIL else None


def _incident(event: Event) -> Value:
    return "/".join(filter(None, ("cronwrap", event.environment, event.slug)))


TIMES = {
    "at": _time("at_unix_s"),
    "started_at": _time("started_unix_s"),
    "finished_at": _time("finished_unix_s"),
}
# Fields of an event by their own names, and what is made of them. The output is not among
# them: how much of it there is depends on the request (Fields).
FIELDS: dict[str, Callable[[Event], Value]] = {
    **{name: attrgetter(name) for name in DEFAULTS if name != "output"},
    **TIMES,
    "slug": attrgetter("slug"),
    "summary": attrgetter("summary"),
    "failing_exit_status": _failing_exit_status,
    "error_status": _error_status,
    "incident": _incident,
    "version": lambda _event: cronwrap.__version__,
}
TEXTS = ("report", "output")  # cut to the service's limit
NEVER_MISSING = {
    "check",
    "run_id",
    "phase",
    "slug",
    "summary",
    "report",
    "at",
    "version",
    "incident",
}
TABLES = frozenset({"tags", "metrics"})
NUMBERS = {name for name in DEFAULTS if name.endswith(("_s", "_bytes", "_status"))}


def _cut(value: Value, limit_bytes: int) -> Value:
    text = as_text(value) or ""
    return text.encode()[:limit_bytes].decode("utf-8", "ignore")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str) -> str:
    """Return *text* without line breaks and other control characters."""
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()


# name -> (what it makes of a value, the fields it is for; None: any)
FILTERS: dict[str, tuple[Callable[[Value], Value], frozenset[str] | None]] = {
    "iso": (str, frozenset(TIMES)),
    "unix": (float, frozenset(TIMES)),
    "unix_ms": (lambda at: round(at * 1e3), frozenset(TIMES)),
    "unix_ns": (lambda at: round(at * 1e9), frozenset(TIMES)),
    "ms": (lambda seconds: round(seconds * 1e3), frozenset(NUMBERS)),
    "int": (int, frozenset({*NUMBERS, *TIMES})),
    "hex": (lambda value: (as_text(value) or "").replace("-", ""), None),
    "upper": (lambda value: (as_text(value) or "").upper(), None),
    "lower": (lambda value: (as_text(value) or "").lower(), None),
    "text": (lambda value: as_text(value) or "", None),
    "escape": (lambda value: _escape(as_text(value) or ""), None),
    "list": (
        lambda table: [f"{one_line(k)}:{one_line(as_text(v) or '')}" for k, v in table.items()],
        TABLES,
    ),
}
CUT = "cut"  # the one filter with a number: {summary|cut:250}


def filter_value(value: Value, name: str) -> Value:
    """Return what the filter *name* makes of *value*."""
    word, _, number = name.partition(":")
    return _cut(value, int(number)) if word == CUT else FILTERS[word][0](value)


def clean(value: Value) -> Value:
    """Return *value* with its text as valid Unicode without NUL, or None where it is empty."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value).replace("\0", "") or None
    if isinstance(value, Mapping):
        return {clean(key): clean(item) for key, item in value.items()} or None
    return value


def as_text(value: Value) -> str | None:
    """Return *value* as it is written in a URL, a header or a text; None where it says nothing.

    >>> [as_text(value) for value in (True, False, 12.5, 0, "", {"a": 1})]
    ['1', None, '12.5', '0', None, '{"a":1}']
    """
    if value is None or value is False or value == "":
        return None
    if value is True:
        return "1"
    if isinstance(value, float) and not isinstance(value, UnixTime):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


class Standby(str):
    """The value of a setting that gives way to what the event itself says."""

    __slots__ = ()


class Fields:
    """The values of one event for one endpoint: its settings first, then what the event says."""

    def __init__(
        self, event: Event, settings: Mapping[str, Value], *, verb: str, limit_bytes: int
    ) -> None:
        self._event = event
        self._settings = settings
        self._verb = verb
        self._limit_bytes = limit_bytes

    def __getitem__(self, name: str) -> Value:
        setting = self._settings.get(name)
        if isinstance(setting, Standby):
            own = clean(FIELDS[name](self._event))
            return clean(str(setting)) if own is None else own
        if (cleaned := clean(setting)) is not None:
            return cleaned
        if name == "verb":
            return self._verb or None
        if name == "report":
            return self._event.report(self._limit_bytes) or None
        if name == "output":
            return self._event.output_end(self._limit_bytes, marked=False) or None
        return clean(FIELDS[name](self._event)) if name in FIELDS else None
