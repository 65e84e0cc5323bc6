r"""A time limit that is longer than the time to the next run.

Every five minutes a job that may take ten: two of them may be running, or one waits for the other.

Bad::

    */5 * * * * timeout 600 /usr/local/bin/poll

Good::

    */5 * * * * timeout 240 flock -n /run/lock/poll /usr/local/bin/poll
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command, Word
from cronwrap.schedule import normal_period_s
from cronwrap.units import format_duration, parse_duration

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")  # as timeout(1) takes it


def _find(job: Job) -> Iterator[Found]:
    gaps = normal_period_s(job.schedule) if job.schedule is not None else None
    if gaps is None or not job.dialect.overlaps:
        return
    for command in job.script.commands():
        for word, limit_s in _limits(command):
            if limit_s > gaps.shortest_s:
                yield job.found(
                    word,
                    f"may take {format_duration(limit_s)}, and the next run is due after "
                    f"{format_duration(gaps.shortest_s)}",
                    "take a limit that is shorter, or run it less often",
                )


def _limits(command: Command) -> Iterator[tuple[Word, float]]:
    words = command.words
    if command.program == "timeout":
        for word in words[1:]:
            match = _DURATION.fullmatch(word.value or "")
            if match:
                yield word, float(match[1]) * _UNITS[match[2]]
                return
    elif command.program == "cronwrap":
        for before, word in pairwise(words):
            text = word.value or ""
            if before.value in ("-t", "--timeout"):
                yield from _own(word, text)
            elif text.startswith("--timeout="):
                yield from _own(word, text.partition("=")[2])
            elif text == "--":
                return


def _own(word: Word, text: str) -> Iterator[tuple[Word, float]]:
    try:
        yield word, parse_duration(text)
    except ValueError:
        return  # CW521 tells of it


RULE = Rule(
    "CW217", "limit-beyond-period", WARNING, "job", _find, only_with=("timeout", "cronwrap")
)
