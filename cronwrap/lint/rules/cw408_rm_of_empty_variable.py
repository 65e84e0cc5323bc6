r"""An ``rm -r`` of everything, or below a directory that is a variable, which may be empty.

With ``D`` unset, as cron sets hardly any variables, ``rm -rf $D/*`` is ``rm -rf /*``. ``${D:?}``
ends the line with a word instead.

Bad::

    0 3 * * * . /etc/cleanup.env; rm -rf $CACHE/*

Good::

    0 3 * * * . /etc/cleanup.env; rm -rf "${CACHE:?}"/*
    0 4 * * * rm -rf "$HOME/cache"
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import Command, Variable, Word

_START = re.compile(r"\$(?:(\w+)|\{(\w+)\})(/.*)?", re.DOTALL)
_SYSTEM = {"bin", "boot", "dev", "etc", "home", "lib", "mnt", "opt", "root", "run", "sbin", "srv",
           "usr", "var"}  # fmt: skip
_ALL = {"/", "/*"}
# What a crontab's jobs always have.
_SET = {"HOME", "LOGNAME", "PATH", "SHELL"}


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.programs():
        if command.program == "rm" and _is_recursive(command):
            for word in command.args:
                if word.literal in _ALL:
                    yield job.found(word, "this removes all that is on the machine", "name less")
                variable, rest = _empty(job, word)
                if variable is not None:
                    yield job.found(
                        word,
                        f"if {variable.name} is empty this removes {rest}",
                        f"write ${{{variable.name}:?}}, which ends the line then",
                        safe=[(variable, f"${{{variable.name}:?}}")],
                        severity=_severity(job, rest),
                    )


def _severity(job: Job, rest: str) -> str:
    is_fatal = rest.strip("*./") == "" or rest.split("/")[1] in _SYSTEM
    return ERROR if is_fatal and not job.dialect.inherits else WARNING


def _is_recursive(command: Command) -> bool:
    return any(
        value == "--recursive"
        or (value[:1] == "-" and value[:2] != "--" and ("r" in value or "R" in value))
        for value in command.values
    )


def _empty(job: Job, word: Word) -> tuple[Variable | None, str]:
    """Return the variable at the start of *word* that may be empty, and what is then removed."""
    found = _START.fullmatch(word.literal)
    if found is None or not word.variables:
        return None, ""
    first, name, rest = word.variables[0], found[1] or found[2], found[3] or ""
    if first.name != name or first.operator or not rest or name in _SET or job.value(name):
        return None, ""
    given = [one for one in job.script.assigns() if one.name == name and one.start < word.start]
    is_set = any(one.value is not None and one.value.value for one in given)
    is_loop = any(getattr(node, "name", "") == name for node in job.script.nodes())
    return (None, "") if is_set or is_loop else (first, rest)


RULE = Rule("CW408", "rm-of-empty-variable", ERROR, "job", _find, only_with=("rm ",))
