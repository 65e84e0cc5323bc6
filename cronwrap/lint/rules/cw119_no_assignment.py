r"""A line that looks like an assignment and is none.

A crontab is no shell script: there is no ``export``, and nothing may follow the closing quote of
a value. cron takes such a line for a job with a bad schedule.

Bad::

    export BACKUP_DIR=/srv/backup

Bad::

    BACKUP_DIR="/srv"/backup

Good::

    BACKUP_DIR=/srv/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Bad, Found, Job, Line, Span
from cronwrap.lint.rule import ERROR, Rule

_LOOKS = re.compile(r"""\s*((?:export|set|declare|setenv)\s+)?([A-Za-z_]\w*)\s*=(.*)""", re.DOTALL)

_NAMES = {"PATH", "SHELL", "MAILTO", "MAILFROM", "HOME", "LANG", "LC_ALL", "CRON_TZ", "TZ"}


def _find(line: Line) -> Iterator[Found]:
    words = line.words if isinstance(line, Bad) else ()
    if len(words) == len(("NAME", "VALUE")) and words[0].text in _NAMES:
        blanks = Span(words[0].end, words[1].start)
        yield line.found(
            line.whole,
            f"there is no = behind {words[0].text}, so this is no assignment; "
            f"{costs(line.dialect)}",
            f"write {words[0].text}={words[1].text}",
            unsafe=[(blanks, "=")],
        )
        return
    is_none = isinstance(line, Bad) or (isinstance(line, Job) and line.schedule is None)
    match = _LOOKS.match(line.text) if is_none and b"=" in line.data else None
    if match is None:
        return
    word, name, value = match.groups()
    if word:
        start = line.whole.start
        yield line.found(
            line.whole,
            f"{word.strip()} is the shell's, and no assignment of a crontab; {costs(line.dialect)}",
            f"write {name}={'...' if len(value) > 40 else value}",  # noqa: PLR2004 - a message's
            safe=[(Span(start, start + len(word)), "")],
        )
    else:
        yield line.found(
            line.whole,
            f"the value of {name} goes on after its closing quote, so this is no assignment; "
            f"{costs(line.dialect)}",
            "put the quotes around all of it, or leave them out",
        )


RULE = Rule("CW119", "no-assignment", ERROR, "line", _find)
