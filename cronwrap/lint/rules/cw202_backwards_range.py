r"""A range that runs backwards.

Debian's cron and cronie count up from the first value to the second: where the second is the
smaller one there is none, and the job never runs, without a word. BusyBox goes round, as was
meant; systemd-cron, supercronic and bcron refuse the line.

Bad::

    0 22-2 * * * /usr/local/bin/night-watch

Bad::

    0 9 * * fri-mon /usr/local/bin/weekend

Good::

    0 22-23,0-2 * * * /usr/local/bin/night-watch
    0 9 * * 5-6,0-1 /usr/local/bin/weekend
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.timing import compact
from cronwrap.schedule import ScheduleError, parse

_BACKWARDS = {"wrap_empty", "backwards"}
_RANGE = re.compile(r"([0-9A-Za-z]+)-([0-9A-Za-z]+)(?:/([0-9]+))?")


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    spans = [(one.start, one.end) for one in job.schedule_errors if one.kind in _BACKWARDS]
    if schedule is not None:
        spans += [(o.start, o.end) for o in schedule.oddities if o.kind in _BACKWARDS]
    for start, end in spans:
        text = job.schedule_at.text[start:end]
        meant = _meant(job, start, text)
        does = "is empty, so the job never runs" if schedule is not None else "is refused"
        if schedule is not None and not schedule.never:
            does = "is empty, so the job does not run then"
        where = job.schedule_at.at(start, end)
        yield job.found(
            where,
            f"the range {text} runs backwards; for {job.dialect.title} it {does}",
            f"write {meant}"
            if meant
            else "write two ranges, up to the last value and from the first",
            safe=[(where, meant)] if meant else [],
        )


def _meant(job: Job, start: int, text: str) -> str:
    """Return the ranges that go round as was meant, "" where that cannot be told."""
    match = _RANGE.fullmatch(text)
    before = job.schedule_at.text[:start]
    number = len(before.split()) - bool(before and not before[-1].isspace())
    low, all_ = (_values(number, word) for word in (match[1] if match else "", text))
    if match is None or not low or not all_:
        return ""
    later = {value for value in all_ if value >= min(low)}
    write = (lambda values: ",".join(map(str, sorted(values)))) if match[3] else compact
    return ",".join(write(values) for values in (later, all_ - later) if values)


def _values(number: int, text: str) -> frozenset[int]:
    """Return what BusyBox, which goes round, makes of *text* in the field of that number."""
    fields = ["*"] * 5
    fields[number] = text
    try:
        schedule = parse(" ".join(fields), "busybox")
    except ScheduleError:
        return frozenset()
    return (
        *(schedule.minutes, schedule.hours, schedule.days, schedule.months, schedule.weekdays),
    )[number]


RULE = Rule("CW202", "backwards-range", ERROR, "job", _find)
