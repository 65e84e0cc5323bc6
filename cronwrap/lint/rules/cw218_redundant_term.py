r"""A term that changes nothing.

``*/1`` is ``*``, a list with ``*`` in it is all of the field, and ``1-10,5`` is ``1-10``.

Bad::

    */1 5,5 * * * flock -n /run/lock/poll /usr/local/bin/poll

Good::

    */5 5-9 * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

from collections.abc import Iterator
from operator import attrgetter

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, Rule
from cronwrap.lint.timing import is_whole, place
from cronwrap.schedule import Field, ScheduleError, parse

_TIMES = attrgetter("minutes", "hours", "days", "months", "weekdays", "days_match")


def _find(job: Job) -> Iterator[Found]:
    for one in job.schedule.fields if job.schedule is not None else ():
        terms = one.text.split(",")
        if not all(terms):
            continue  # another rule's
        if one.text == "*/1" or (one.star and len(terms) > 1 and is_whole(one)):
            simple = "*"
        elif len(terms) > 1 and (len(set(terms)) < len(terms) or _overlaps(one)):
            simple = _shortest(job, one, list(dict.fromkeys(terms)))
        else:
            continue
        if simple == one.text or not _is_same(job, one, simple):
            continue
        where = place(job, one)
        yield job.found(
            where, f"{one.text} is the same as {simple}", f"write {simple}", safe=[(where, simple)]
        )


def _overlaps(one: Field) -> bool:
    """Tell whether a term may hold another: ranges do, and 0 and 7 are both Sunday."""
    return any(mark in one.text for mark in "-/*") or (one.name == "weekday" and "7" in one.text)


def _shortest(job: Job, one: Field, terms: list[str]) -> str:
    """Return the list without the terms that others hold."""
    for term in reversed(terms):
        rest = [other for other in terms if other != term]
        if rest and _is_same(job, one, ",".join(rest)):
            terms = rest
    return ",".join(terms)


def _is_same(job: Job, one: Field, simple: str) -> bool:
    """Return whether the job runs at the same times; supercronic counts */1 as a limit."""
    text = job.schedule_at.text
    before = job.schedule
    try:
        after = parse(text[: one.start] + simple + text[one.end :], job.dialect.name)
    except ScheduleError:
        return False
    return before is not None and _TIMES(before) == _TIMES(after)


RULE = Rule("CW218", "redundant-term", INFO, "job", _find, only_with=("*/1", ","))
