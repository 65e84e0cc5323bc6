r"""A SHELL that is not there, or no absolute path.

Cron runs SHELL as it is written and looks in no PATH for it: with ``SHELL=bash`` or
``SHELL=/bin/bash -e`` no job below runs, and only the log says so.

Bad::

    SHELL=bash
    0 3 * * * /usr/local/bin/backup

Good::

    SHELL=/bin/bash
    0 3 * * * /usr/local/bin/backup
"""

import posixpath
from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found
from cronwrap.lint.rule import ERROR, Rule

_USUAL = {"bash": "/bin/bash", "sh": "/bin/sh", "dash": "/bin/dash", "zsh": "/bin/zsh"}
_PLACES = "/bin:/usr/bin:/usr/local/bin"


def _find(assignment: Assignment) -> Iterator[Found]:
    shell, host = assignment.value, assignment.file.host
    if assignment.name != "SHELL" or not shell or "$" in shell or assignment.ignored:
        return
    name = posixpath.basename(shell.strip("\"'"))
    there = host.which(name, _PLACES) if host is not None else _USUAL.get(name, "")
    fix = [(assignment.value_at, there)] if there else []
    hint = f"write SHELL={there or '/bin/sh'}"
    if " " in shell.strip("\"'") and assignment.dialect.name != "systemd":
        yield _with_words(assignment, shell.strip("\"'").split())
    elif not shell.startswith("/"):
        yield assignment.found(
            assignment.value_at,
            f"SHELL={shell} is no absolute path; {assignment.dialect.title} looks for it in the"
            " job's directory, and no job below runs",
            hint,
            safe=fix,
        )
    elif host is not None and not host.is_executable(shell) and not host.is_hidden(shell):
        is_there = host.exists(shell)
        yield assignment.found(
            assignment.value_at,
            f"{shell} is {'no program' if is_there else 'not there'}; no job below runs",
            hint,
            unsafe=fix,
        )


def _with_words(assignment: Assignment, words: list[str]) -> Found:
    program = next((word for word in words if not word.endswith("env")), "sh")
    path = program if program.startswith("/") else _USUAL.get(program, f"/bin/{program}")
    return assignment.found(
        assignment.value_at,
        f"{assignment.dialect.title} takes all of SHELL={' '.join(words)} for the name of a program:"
        " there is none, and no job below runs",
        f"write SHELL={path}; options go into the job: set -e; ..., or {path} -l -c '...'",
        unsafe=[(assignment.value_at, path)],
    )


RULE = Rule("CW315", "shell-path", ERROR, "assignment", _find, only_with=("SHELL",))
