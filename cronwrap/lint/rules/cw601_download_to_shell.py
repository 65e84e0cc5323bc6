r"""A download that is run as it comes.

Whoever owns the server, its name or the way to it runs commands here, each time anew; and a
download that breaks off is run up to where it broke.

Bad::

    0 3 * * * curl -fsS https://example.com/update.sh | sh

Good::

    0 3 * * * /usr/local/sbin/update
    0 4 * * * curl -fsS -m 60 https://example.com/list | /usr/bin/sort > /srv/list
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import programs
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import Command, Node, Pipeline, Script
from cronwrap.lint.surroundings import is_interpreter, script_of
from cronwrap.lint.unwrap import SHELLS

_LOADERS = frozenset({"aria2c", "curl", "fetch", "ftp", "http", "https", "lynx", "wget"})
_WAYS = ("|", "(", "`")  # without one nothing gets from a loader to a shell
_OWN_SCRIPT = ("-c", "-e", "-m", "-n", "-p", "-r", "-f", "-E")


def _find(job: Job) -> Iterator[Found]:
    if not any(mark in job.command.text for mark in _WAYS):
        return
    for node in job.script.nodes():
        if isinstance(node, Pipeline) and len(node.commands) > 1:
            yield from _piped(job, node)
        elif isinstance(node, Command):
            yield from _handed(job, node)


def _piped(job: Job, pipeline: Pipeline) -> Iterator[Found]:
    loader = ""
    for part in pipeline.commands:
        inner = part.innermost if isinstance(part, Command) else None
        if inner is not None and loader and _runs_input(inner):
            yield _found(job, pipeline, loader, inner.program)
        loader = loader or _loader(part)


def _handed(job: Job, command: Command) -> Iterator[Found]:
    """``sh -c "$(curl U)"``, ``eval "$(curl U)"``, ``. <(curl U)``, ``bash <(curl U)``."""
    if not is_interpreter(command) and command.program not in ("eval", "source", "."):
        return
    for word in command.args:
        for script in word.scripts:
            # All of the script that is run is what comes; not only a value in it.
            whole = script.end - script.start >= len(word.text.strip("\"'")) - len("<() ")
            if whole and (loader := _loader(script)):
                yield _found(job, word, loader, command.program)


def _found(job: Job, where: Node, loader: str, runner: str) -> Found:
    return job.found(
        where,
        f"{runner} runs whatever {loader} gets, as {_who(job)}, each time anew",
        "download it once, read it, install it, and run that: /usr/local/sbin/NAME",
    )


def _who(job: Job) -> str:
    return (job.user.text if job.user is not None else job.file.owner) or "this user"


def _loader(node: Node) -> str:
    return next((one.program for one in programs(node) if one.program in _LOADERS), "")


def _runs_input(command: Command) -> bool:
    """Tell whether it is an interpreter that reads its script from standard input."""
    if command.program in (".", "source") or not is_interpreter(command):
        return False
    if isinstance(command.wrapped, Script) or any(
        value.startswith(_OWN_SCRIPT) and command.program not in SHELLS for value in command.values
    ):
        return False
    script = script_of(command)
    stdin = "-s" in command.values and command.program in SHELLS
    return script is None or stdin or script.literal in ("-", "/dev/stdin")


RULE = Rule("CW601", "download-to-shell", ERROR, "job", _find, only_with=tuple(sorted(_LOADERS)))
