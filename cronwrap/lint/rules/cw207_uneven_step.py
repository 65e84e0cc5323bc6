r"""A step that does not divide its field.

``*/7`` counts from 0 anew in every hour: 0, 7, ... 56, and then 0 again, four minutes later.

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

_SIZES = {"minute": 60, "hour": 24}
_STEP = re.compile(r"\*/([0-9]{1,3})")
_MUCH = 2


def _find(job: Job) -> Iterator[Found]:
    for name, size in _SIZES.items():
        one = field(job, name)
        match = _STEP.fullmatch(one.text) if one is not None else None
        step = int(match[1]) if match else 0
        if one is None or not 1 < step < size or size % step == 0:
            continue
        last, rest = max(one.values), size - max(one.values)
        unit = "minutes" if name == "minute" else "hours"
        yield job.found(
            place(job, one),
            f"{one.text} does not divide {size} {unit}: after {last} comes 0, {rest} {unit} later",
            "write a step that divides it, or a list",
            severity=WARNING if step >= _MUCH * rest and rest * 4 > step else "",
        )


RULE = Rule("CW207", "uneven-step", INFO, "job", _find, only_with=("*/",))
