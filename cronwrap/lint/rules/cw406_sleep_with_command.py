r"""A command behind ``sleep`` with nothing between the two.

``sleep 15 /usr/local/bin/report`` takes the command for a second duration, says ``invalid time
interval`` and ends; nothing is run.

Bad::

    0 3 * * * sleep 15 /usr/local/bin/report

Good::

    0 3 * * * sleep 15; /usr/local/bin/report
    0 4 * * * sleep 1m 30s && /usr/local/bin/report
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_DURATION = re.compile(r"-.*|[\d.]+[smhd]?|\d+e\d+|inf(?:inity)?", re.IGNORECASE)


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.commands():
        if command.program != "sleep":
            continue
        for before, word in zip(command.words, command.args, strict=False):
            if word.value is None or _DURATION.fullmatch(word.value):
                continue
            is_program = before is not command.words[0]
            yield job.found(
                word,
                "sleep takes this for a duration and ends with `invalid time interval`: it is not"
                " run",
                "write a ; behind the duration",
                unsafe=[(Span(job.spot(before).end, job.spot(before).end), ";")]
                if is_program
                else (),
            )
            break


RULE = Rule("CW406", "sleep-with-command", ERROR, "job", _find, only_with=("sleep",))
