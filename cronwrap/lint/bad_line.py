"""What a line that is bad costs, in words: for the rules about lines that a daemon refuses."""

import re

from cronwrap.lint.dialects import Dialect

_COMMAND = re.compile(r"(\.{0,2}|~|\$\w+|\$\{\w+\}|\w[\w.-]*)/\D|.*\.(sh|py|pl|rb|php)$")

_COSTS = {
    "file": "{title} refuses the whole file: none of its jobs run",
    "line": "{title} drops this line",
    "either": "Debian's cron refuses the whole file, cronie drops this line",
    "exit": "{title} refuses the file and exits",
    "odd": "{title} runs the job at odd times, or drops it",
}


def costs(dialect: Dialect) -> str:
    """Return what this daemon does about a line that it cannot read."""
    return _COSTS[dialect.bad_line].format(title=dialect.title)


def looks_like_command(word: str) -> bool:
    """Tell whether a word in a schedule's place is a path, and so a field is missing.

    >>> [looks_like_command(word) for word in ("/bin/x", "./x", "run.sh", "*/5", "1/2", "mon")]
    [True, True, True, False, False, False]
    """
    return bool(_COMMAND.match(word))
