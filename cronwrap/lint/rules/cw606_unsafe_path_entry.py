r"""A PATH in which others may put programs.

``.`` and an empty entry are the directory that the job is in; in /tmp all users may write. Whoever
puts an ``ls`` there has it run by the job, with the rights of the job's user.

Bad::

    PATH=.:/usr/bin:/bin
    0 3 * * * backup

Good::

    PATH=/usr/local/bin:/usr/bin:/bin
    0 3 * * * backup
"""

import stat
from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import runs_as

_FOR_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/var/lock", "/run/lock")  # noqa: S108 - the very point


def _find(assignment: Assignment) -> Iterator[Found]:
    if assignment.name != "PATH" or not assignment.value.strip():
        return
    quote, entries = assignment.quote, assignment.value.split(":")
    unsafe = {entry: reason for entry in entries if (reason := _reason(assignment, entry))}
    if unsafe:
        kept = ":".join(entry for entry in entries if entry not in unsafe)
        entry, reason = next(iter(unsafe.items()))
        yield assignment.found(
            assignment.value_at,
            f"{reason}: whoever puts a program there can have the jobs below run it as"
            f" {_victim(assignment)}",
            f"leave {entry or 'the empty entry'} out",
            safe=[(assignment.value_at, f"{quote}{kept}{quote}")] if kept else [],
        )


def _victim(assignment: Assignment) -> str:
    """Return the user whom it is worst for."""
    users = {runs_as(job) for job in assignment.jobs} - {""}
    return "root" if "root" in users else min(users, default="the owner of this crontab")


def _reason(assignment: Assignment, entry: str) -> str:
    if entry in ("", ".", "./"):
        return f"{entry or 'an empty entry'} in PATH is whatever directory the job is in"
    path = "/" + entry.strip("/")
    if path in _FOR_ALL or any(path.startswith(f"{place}/") for place in _FOR_ALL[:3]):
        return f"all users may write in {entry}"
    host = assignment.file.host
    found = host.stat(entry) if host is not None and entry.startswith("/") else None
    if found is not None and stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_IWOTH:
        return f"all users may write in {entry}"
    return ""


RULE = Rule("CW606", "unsafe-path-entry", ERROR, "assignment", _find, only_with=("PATH",))
