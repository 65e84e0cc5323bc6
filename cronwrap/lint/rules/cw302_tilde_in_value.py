r"""A ``~`` in an assignment, where cron expands none.

The variable holds the sign itself; a shell does not expand it either when it puts the value in.
systemd-cron alone expands it, in PATH.

Bad::

    DATA=~/data

Good::

    DATA=/home/app/data
    0 3 * * * tar -cf /srv/backup.tar "$DATA"
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found
from cronwrap.lint.rule import WARNING, Rule

_TILDE = re.compile(r"(?:(?<=:)|(?<=\A)|(?<=\A[\"']))~(?=/|:|[\"']?\Z)")


def _find(assignment: Assignment) -> Iterator[Found]:
    text = assignment.value_at
    found = list(_TILDE.finditer(text.text))
    is_known = assignment.dialect.name == "systemd" and assignment.name == "PATH"
    if not found or is_known or assignment.ignored:
        return
    home = _home(assignment)
    yield assignment.found(
        text.at(*found[0].span()),
        f"{assignment.dialect.title} does not expand ~ here; {assignment.name} holds the sign",
        "write the home directory out" + (f": {home}" if home else ""),
        unsafe=[(text.at(*one.span()), home) for one in found] if home else [],
    )


def _home(assignment: Assignment) -> str:
    host, owner = assignment.file.host, assignment.file.owner
    user = host.user(owner) if host is not None and owner else None
    return user.home if user is not None else ""


RULE = Rule("CW302", "tilde-in-value", WARNING, "assignment", _find, only_with=("~",))
