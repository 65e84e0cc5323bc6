r"""A command that is not found in the job's PATH.

The shell says "not found" and ends with status 127; where mail goes nowhere nobody sees it. Asked
only where the host is looked at.

Bad::

    0 3 * * * nosuchcommand --all

Good::

    0 3 * * * /usr/local/bin/backup --all
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import Command, Compound
from cronwrap.lint.surroundings import BUILTINS, has_own_path, is_guarded

_USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ELSEWHERE = f"{_USUAL}:/opt/bin:/snap/bin:/usr/games:/usr/local/games"


def _find(job: Job) -> Iterator[Found]:
    host = job.file.host
    if host is None:
        return
    path = job.path or _USUAL
    for command in job.script.commands():
        name = command.name
        if not name or "/" in name or name in BUILTINS or not _is_plain(command):
            continue
        if host.which(name, path) or not _can_tell(host, path):
            continue
        if _is_function(job, name) or has_own_path(job, command) or is_guarded(job, name):
            continue
        there = host.which(name, _ELSEWHERE)
        yield job.found(
            command.words[0],
            f"{name} is not in the job's PATH, {path}" + (f"; it is {there}" if there else ""),
            f"write {there}" if there else "install it, or write its full path",
        )


def _is_plain(command: Command) -> bool:
    """Tell whether the name is one, and not something that a shell makes more of."""
    return not set("*?{}$`~=") & set(command.words[0].literal) and command.name != "busybox"


def _can_tell(host: Host, path: str) -> bool:
    """Tell whether the directories of PATH are there and may be looked into."""
    places = [place for place in path.split(":") if place.startswith("/")]
    hidden = any(host.is_hidden(place) for place in places)
    return not hidden and (not places or any(host.is_dir(place) for place in places))


def _is_function(job: Job, name: str) -> bool:
    return any(
        isinstance(node, Compound) and node.kind == "function" and node.name == name
        for node in job.script.nodes()
    )


RULE = Rule("CW303", "command-not-found", ERROR, "job", _find, host=True)
