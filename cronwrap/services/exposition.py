"""A run as gauges in Prometheus' text format, for Pushgateway and textfile collector.

Names, HELP and TYPE never change with a check or a version: where two disagree, node_exporter
drops series without an error. No sample has a timestamp, for both refuse it; times are values.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from cronwrap.event import LOG, START, SUCCESS, Event
from cronwrap.services.fields import clean
from cronwrap.services.table import Table

PREFIX = "cronwrap"
_FINISH = "last_finish_timestamp_seconds"
_METRIC = "last_metric"  # with its name as a label


class Gauge(NamedTuple):
    """One gauge; its value is None where the event does not say."""

    name: str
    help: str
    value: Callable[[Event], float | None]


def _cpu_s(event: Event) -> float | None:
    if event.cpu_user_s is None:
        return None
    return event.cpu_user_s + (event.cpu_system_s or 0.0)


def _success(event: Event) -> float | None:
    return event.finished_unix_s if event.phase == SUCCESS else None


GAUGES = (
    Gauge(
        "last_start_timestamp_seconds",
        "When the last run started, Unix time.",
        lambda event: event.started_unix_s or None,
    ),
    Gauge(
        _FINISH,
        "When the last run ended, Unix time.",
        lambda event: event.finished_unix_s,
    ),
    Gauge(
        "last_success_timestamp_seconds",
        "When the last run that succeeded ended, Unix time.",
        _success,
    ),
    Gauge(
        "last_duration_seconds",
        "How long the last run took.",
        lambda event: event.duration_s,
    ),
    Gauge(
        "last_exit_code",
        "Exit status of the last run, as a shell shows it.",
        lambda event: event.exit_status,
    ),
    Gauge(
        "last_max_rss_bytes",
        "The most memory that the last run had, of all its processes.",
        lambda event: event.tree_max_rss_bytes or event.max_rss_bytes,
    ),
    Gauge("last_cpu_seconds", "CPU time that the last run took.", _cpu_s),
    Gauge(
        "running",
        "Whether the job is running.",
        lambda event: int(event.phase == START),
    ),
    Gauge(
        "last_warning",
        "Whether the last run, although it may have succeeded, is one to look at.",
        lambda event: None if event.phase == START else int(bool(event.warning)),
    ),
    Gauge(
        _METRIC,
        "A number that the last run which reported it did report.",
        lambda _event: None,  # one for each name; see text
    ),
)


def checked_prefix(prefix: str, table: Table) -> str:
    """Return *prefix*, which begins the names of all gauges.

    Raises:
        CronwrapError: it cannot.
    """
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,60}", prefix):
        raise table.wrong("prefix", "letters, digits and _, and begin with no digit")
    return prefix


def text(event: Event, labels: Mapping[str, str], prefix: str = PREFIX) -> bytes:
    """Return what *event* says, each gauge with *labels*; b"" where it says nothing."""
    if event.phase == LOG and not event.reason:  # not the end of a run
        return b""
    said = {gauge.name: gauge.value(event) for gauge in GAUGES}
    shown = _labels(labels)
    samples = {name: f"{shown} {value!r}" for name, value in said.items() if value is not None}
    for name, value in event.metrics.items():
        samples[f"{_METRIC} {name}"] = f"{_labels({**labels, 'metric': name})} {value!r}"
    return _written(samples, prefix)


def _written(samples: Mapping[str, str], prefix: str) -> bytes:
    lines = []
    for gauge in GAUGES:
        name = f"{prefix}_{gauge.name}"
        found = [f"{name}{samples[key]}" for key in samples if key.split(" ")[0] == gauge.name]
        if found:
            lines += [f"# HELP {name} {gauge.help}", f"# TYPE {name} gauge", *found]
    return "".join(f"{line}\n" for line in lines).encode()


def _labels(labels: Mapping[str, str]) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items() if value)
    joined = ",".join(pairs)
    return f"{{{joined}}}" if joined else ""


def _escaped(value: str) -> str:
    plain: str = clean(value) or ""
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def merged(older: bytes, newer: bytes) -> bytes:
    """Return *newer*, and of *older* the gauges that newer does not have.

    So the last success survives a failure, as it does in a Pushgateway. What was written of a
    run that ended later stays as it is, for *newer* has been late. Of *older* only what has
    been written here counts: the same names and labels.
    """
    prefix, labels, said = _parsed(newer)
    before = _parsed(older, prefix, labels)[2]
    if _value(before.get(_FINISH)) > _value(said.get(_FINISH)) > 0:
        return older
    return _written({**before, **said}, prefix)


_NAMES = "|".join(gauge.name for gauge in GAUGES)
_SAMPLE = re.compile(rf"([a-zA-Z_][a-zA-Z0-9_]*?)_({_NAMES})(\{{.*\}})? ([0-9.e+-]+)")


def _parsed(
    content: bytes, prefix: str = "", labels: str | None = None
) -> tuple[str, str, dict[str, str]]:
    """Return prefix, labels and samples of what ``text`` has written."""
    samples = {}
    for line in content.decode("utf-8", "replace").split("\n"):
        match = _SAMPLE.fullmatch(line)
        if match is None:
            continue
        prefix = prefix or match[1]
        own, metric = _without_metric(match[3] or "")
        labels = own if labels is None else labels
        if (match[1], own) == (prefix, labels):
            key = f"{_METRIC} {metric}" if metric else match[2]
            samples[key] = f"{match[3] or ''} {match[4]}"
    return prefix, labels or "", samples


def _without_metric(labels: str) -> tuple[str, str]:
    """Return *labels* but for the last one, if that names a metric, and the name or "".

    >>> _without_metric('{check="a",metric="rows"}'), _without_metric('{check="a"}')
    (('{check="a"}', 'rows'), ('{check="a"}', ''))
    """
    match = re.fullmatch(r'\{(.*?),?metric="([A-Za-z0-9_.-]+)"\}', labels)
    if match is None:
        return labels, ""
    return f"{{{match[1]}}}" if match[1] else "", match[2]


def _value(sample: str | None) -> float:
    try:
        return float(sample.rpartition(" ")[2]) if sample else 0.0
    except ValueError:
        return 0.0
