r"""A crontab that others may write.

Who may write it may run commands as its users. Debian's cron and cronie take no crontab that its
group or all may write: none of its jobs run. Asked only where the host is looked at, and of
crontabs in the places where a daemon reads them.

Bad (/etc/cron.d/mode-0664)::

    0 3 * * * root /usr/local/bin/backup

Good (/etc/cron.d/mode-0644)::

    0 3 * * * root /usr/local/bin/backup
"""

import os
import stat
from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found, Span
from cronwrap.lint.rule import ERROR, Rule

_GROUP_AND_ALL = stat.S_IWGRP | stat.S_IWOTH
_REFUSE = ("debian", "cronie", "portable")


def _find(file: Crontab) -> Iterator[Found]:
    found = _status(file)
    if found is None or not found.st_mode & _GROUP_AND_ALL or not file.lines:
        return
    mode = stat.S_IMODE(found.st_mode)
    who = "all users" if mode & stat.S_IWOTH else "its group"
    refused = file.dialect.name in _REFUSE
    yield file.found(
        Span(file.lines[0].start, file.lines[0].end),
        f"the file has mode {mode:04o}: {who} may write it"
        + (f"; {file.dialect.title} runs none of its jobs" if refused else ""),
        f"chmod {'0644' if file.form == 'system' else '0600'} {file.path}",
    )


def _status(file: Crontab) -> os.stat_result | None:
    """Return the status of the file, where it is one that a daemon reads."""
    try:
        found = os.stat(file.path) if file.host is not None and file.live else None  # noqa: PTH116 - may be no path
    except (OSError, ValueError):
        return None
    return found if found is not None and stat.S_ISREG(found.st_mode) else None


RULE = Rule("CW603", "crontab-writable", ERROR, "file", _find, host=True)
