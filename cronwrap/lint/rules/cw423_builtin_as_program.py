r"""A word of the shell itself, such as ``cd``, behind a prefix that runs programs.

``timeout``, ``nice``, ``flock``, ``sudo`` or a wrapper start programs, and there is none called
``cd``: they fail, and what stands behind ``&&`` does not run. Where there is such a program, as on
Red Hat, it changes its own directory and ends, and the rest runs in the old one.

Bad::

    0 3 * * * timeout 5m cd /srv/app && /srv/app/bin/backup

Good::

    0 3 * * * cd /srv/app && timeout 5m /srv/app/bin/backup
    0 4 * * * timeout 5m sh -c 'cd /srv/app && bin/report'
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_BUILTINS = ("cd", "eval", "export", "popd", "pushd", "set", "shopt", "source", "ulimit", "umask",
             "unset")  # fmt: skip
# Of the shell themselves, or given to one.
_KNOW_THEM = {"builtin", "command", "cronitor", "time"}
_BEHIND_A_WORD = re.compile(rf"(?<=[^\s;&|({{!`])\s+(?:{'|'.join(_BUILTINS)})\s".encode())


def _find(job: Job) -> Iterator[Found]:
    if not _BEHIND_A_WORD.search(job.raw):
        return
    for command in job.script.programs():
        wrapper = command.wrapper
        if wrapper is None or command.name not in _BUILTINS or wrapper.program in _KNOW_THEM:
            continue
        yield job.found(
            command.words[0],
            f"{wrapper.program} runs programs, and {command.name} is the shell's own: it fails, "
            "or changes nothing for what follows",
            f"write `{wrapper.program} ... {job.shell_name} -c '{command.name} ...'` around all of"
            " it, or put it first",
        )


RULE = Rule("CW423", "builtin-as-program", ERROR, "job", _find, only_with=_BUILTINS)
