r"""A ``cd`` to a directory that is not there, or that the user may not enter.

Asked only where the host is looked at.

Bad::

    0 3 * * * cd /srv/gone && /usr/local/bin/backup

Good::

    0 3 * * * cd / && /usr/local/bin/backup
"""

import stat
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host, User
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import is_elsewhere, is_guarded, resolved, runs_as


def _find(job: Job) -> Iterator[Found]:
    host = job.file.host
    for command in job.script.commands():
        if host is None or command.name not in ("cd", "pushd") or len(command.args) != 1:
            continue
        word = command.args[0]
        path = resolved(job, command, word.literal)
        if not path or word.glob or is_elsewhere(job, command) or _is_expected(job, path):
            continue
        problem = _problem(host, path, host.user(runs_as(job)))
        if problem and not host.is_hidden(path):
            yield job.found(word, problem, "make the directory, or correct the path")


def _is_expected(job: Job, path: str) -> bool:
    """Tell whether the line looks first, or makes it."""
    made = any(
        path in command.values or path in [resolved(job, command, one) for one in command.values]
        for command in job.script.commands()
        if command.program in ("mkdir", "install", "mount", "git")
    )
    return made or is_guarded(job, path)


def _problem(host: Host, path: str, user: User | None) -> str:
    found = host.stat(path)
    if found is None:
        return f"{path} is not there; cd fails"
    if not stat.S_ISDIR(found.st_mode):
        return f"{path} is no directory; cd fails"
    if user is None or user.uid == 0 or found.st_mode & stat.S_IXOTH:
        return ""
    system = host.stat("/")
    if system is None or system.st_uid != 0:
        return ""  # an image unpacked by a user, who owns all of it
    # Of groups we know the first only: a directory that a group may enter is left alone.
    owns = found.st_uid == user.uid and found.st_mode & stat.S_IXUSR
    if owns or found.st_mode & stat.S_IXGRP:
        return ""
    return f"{user.name} may not enter {path}; cd fails"


RULE = Rule("CW309", "cd-target", ERROR, "job", _find, host=True, only_with=("cd", "pushd"))
