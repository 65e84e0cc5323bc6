r"""A variable in an assignment, where cron expands none.

``PATH=$PATH:/opt/bin`` sets PATH to just that text: there is no directory of the name ``$PATH``, so
that jobs no longer find ``ls`` (Debian's cron, cronie, BusyBox, systemd-cron, supercronic and
bcron; only cronie expands, and only MAILTO and MAILFROM).

Bad::

    PATH=$PATH:/opt/bin

Good::

    PATH=/usr/bin:/bin:/opt/bin
    0 3 * * * backup
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from cronwrap.lint.crontab import Assignment, Crontab, Found
from cronwrap.lint.rule import ERROR, WARNING, Rule

_VARIABLE = re.compile(r"(?:(?<![^\s/:=,\"])\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|\$\([A-Za-z].*?\))")
_IN_PATH = re.compile(r"\$\w+|\$\{\w+\}|\$\(.*?\)|`")
_GIVEN = re.compile(r"(?:\s-[a-z]*c|\beval)\s+[\"']?\$\{?(\w+)")  # to a shell, which expands it
_PATH = re.compile(r"\$PATH\b|\$\{PATH\}")
_USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _find(assignment: Assignment) -> Iterator[Found]:
    name, text = assignment.name, assignment.value_at
    if assignment.ignored or assignment.quote == "'":
        return
    if assignment.dialect.name == "cronie" and name in ("MAILTO", "MAILFROM"):
        return
    match = (_IN_PATH if name == "PATH" else _VARIABLE).search(text.text)
    if match is None or (name != "PATH" and _is_evaluated(assignment)):
        return
    yield assignment.found(
        text.at(*match.span()),
        f"{assignment.dialect.title} expands nothing here; {_outcome(name, match[0])}",
        "write the value out" + (f": {name}={_expanded(assignment)}" if name == "PATH" else ""),
        unsafe=[(text, _expanded(assignment))] if _can_expand(assignment) else [],
        severity=ERROR if name == "PATH" else WARNING,
    )


def _outcome(name: str, written: str) -> str:
    if name == "PATH":
        return f"the jobs look for programs in a directory called {written}"
    return f"{name} holds the text {written}"


def _can_expand(assignment: Assignment) -> bool:
    rest = _PATH.sub("", assignment.value_at.text)
    return assignment.name == "PATH" and "$" not in rest and "`" not in rest


def _expanded(assignment: Assignment) -> str:
    """Return the value with the PATH that is in force before it."""
    before = assignment.file.assignment("PATH", assignment.number - 1)
    path = before.value if before is not None and before is not assignment else ""
    if not path or "$" in path:
        path = assignment.dialect.path or _USUAL
    return _PATH.sub(lambda _: path, assignment.value_at.text)


def _is_evaluated(assignment: Assignment) -> bool:
    """Tell whether a job gives the value to a shell, which expands it then."""
    own = assignment.file
    numbers = _evaluated(own).get(assignment.name, [])
    place = bisect_right(numbers, assignment.number)
    return place < len(numbers) and numbers[place] < own.next_named(
        assignment.name, assignment.number
    )


@lru_cache(maxsize=1)
def _evaluated(file: Crontab) -> dict[str, list[int]]:
    """Return the names that jobs give to a shell to expand, and the numbers of their lines."""
    names: dict[str, list[int]] = {}
    for job in file.jobs:
        for match in _GIVEN.finditer(job.command.text):
            names.setdefault(match[1], []).append(job.number)
    return names


RULE = Rule("CW301", "variable-in-value", ERROR, "assignment", _find, only_with=("$", "`"))
