r"""A crontab that others may write, or with a mode or an owner that its daemon refuses.

Who may write it may run commands as its users. Debian's cron and cronie take no crontab that its
group or all may write, or that in /etc does not belong to root: none of its jobs run. A user's own
must have mode 0600 for Debian's, and none may be executable for cronie. Asked only where the host
is looked at, and of crontabs in the places where a daemon reads them.

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
_OWNER_ONLY = 0o600
_CRONIE_LOOKS_AT, _CRONIE_WANTS = 0o7533, 0o400
_REFUSE = ("debian", "cronie", "portable")


def _find(file: Crontab) -> Iterator[Found]:
    found = _status(file)
    if found is None or not file.lines:
        return
    mode, first = stat.S_IMODE(found.st_mode), Span(file.lines[0].start, file.lines[0].end)
    costs, refused = f"; {file.dialect.title} runs none of its jobs", _refused(file, mode)
    if mode & _GROUP_AND_ALL or refused:
        who = "all users" if mode & stat.S_IWOTH else "its group"
        yield file.found(
            first,
            f"the file has mode {mode:04o}"
            + (f": {who} may write it" if mode & _GROUP_AND_ALL else "")
            + (costs if refused else ""),
            f"chmod {'0644' if file.form == 'system' else '0600'} {file.path}",
        )
    if found.st_uid and _is_for_root(file):
        yield file.found(
            first,
            f"the file belongs to user {found.st_uid} and not to root{costs}",
            f"chown root:root {file.path}",
        )


def _refused(file: Crontab, mode: int) -> bool:
    is_users = file.form == "user"
    by_debian = mode != _OWNER_ONLY if is_users else bool(mode & _GROUP_AND_ALL)
    by_cronie = mode & _CRONIE_LOOKS_AT != _CRONIE_WANTS
    by = {"debian": by_debian, "cronie": by_cronie, "portable": by_debian or by_cronie}
    return by.get(file.dialect.name, False)


def _is_for_root(file: Crontab) -> bool:
    """Tell whether it must be root's; an image that somebody unpacked is theirs as a whole."""
    if file.form != "system" or file.dialect.name not in _REFUSE or file.host is None:
        return False
    return file.host.root.stat().st_uid == 0


def _status(file: Crontab) -> os.stat_result | None:
    """Return the status of the file, where it is one that a daemon reads."""
    try:
        found = os.stat(file.path) if file.host is not None and file.live else None  # noqa: PTH116 - may be no path
    except (OSError, ValueError):
        return None
    return found if found is not None and stat.S_ISREG(found.st_mode) else None


RULE = Rule("CW603", "crontab-writable", ERROR, "file", _find, host=True)
