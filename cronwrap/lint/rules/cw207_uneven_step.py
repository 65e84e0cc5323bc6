r"""A step that does not divide its field.

``*/7`` counts from 0 anew in every hour: 0, 7, ... 56, and then 0 again, four minutes later. So
with ``*/2`` in the day of the month: on the 31st, and on the 1st again.

Bad::

    */45 * * * * /usr/local/bin/poll

Good::

    */30 * * * * /usr/local/bin/poll
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.timing import field, place

_SIZES = {"minute": 60, "hour": 24, "day": 31, "month": 12, "weekday": 7}
_BEGINS = {"day": "month", "month": "year", "weekday": "week"}
_STEP = re.compile(r"\*/([0-9]{1,3})")
_MUCH = 2
_SURE = {"minutes", "hours"}


def _find(job: Job) -> Iterator[Found]:
    for name, size in _SIZES.items():
        one = field(job, name)
        match = _STEP.fullmatch(one.text) if one is not None else None
        step = int(match[1]) if match else 0
        if one is None or not 1 < step < size:
            continue
        first, last = min(one.values), max(one.values)
        rest = size - last + first
        if rest == step:
            continue
        unit = "days" if name == "weekday" else f"{name}s"
        later = f"{rest} {unit if rest > 1 else unit[:-1]} later"
        begins = f"it begins anew with each {_BEGINS[name]}: " if name in _BEGINS else ""
        yield job.found(
            place(job, one),
            f"{one.text} does not divide {size} {unit}: {begins}after {last} comes {first}, {later}"
            if name != "day"
            else f"{one.text} begins anew with each month: after {last} comes {first}, {later} in "
            "a month of 31 days",
            "write a step that divides it, or a list",
            severity=WARNING if unit in _SURE and step >= _MUCH * rest and rest * 4 > step else "",
        )


RULE = Rule("CW207", "uneven-step", INFO, "job", _find, only_with=("*/",))
