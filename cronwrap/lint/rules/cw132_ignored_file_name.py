r"""A file in cron.d whose name the daemon passes over.

Debian's cron reads only names of letters, digits, ``_`` and ``-``: ``backup.sh`` or ``my.cron`` is
never looked at. cronie passes over names that begin with ``.`` or ``#``, or end in ``~`` or
``.rpmsave`` and their like.

Bad (/etc/cron.d/backup.cron)::

    0 3 * * * root /usr/local/bin/backup

Good (/etc/cron.d/backup)::

    0 3 * * * root /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found, Span
from cronwrap.lint.rule import ERROR, Rule

_READ = {
    "debian": re.compile(r"[A-Za-z0-9_-]+"),
    "portable": re.compile(r"[A-Za-z0-9_-]+"),
    "cronie": re.compile(r"(?![.#]).*(?<!~)(?<!\.rpmsave)(?<!\.rpmorig)(?<!\.rpmnew)"),
    "systemd": re.compile(r"(?!\.)(?!.*(?:\.dpkg-|\.rpm)).*(?<!~)"),
}


def _find(file: Crontab) -> Iterator[Found]:
    directory, _, name = file.path.rpartition("/")
    read = _READ.get(file.dialect.name)
    if not directory.endswith("cron.d") or read is None or read.fullmatch(name) or not file.jobs:
        return
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")
    yield file.lines[0].found(
        Span(0, 0),
        f"{file.dialect.title} does not read a file named {name}: none of its jobs run",
        f"name it {plain}",
    )


RULE = Rule("CW132", "ignored-file-name", ERROR, "file", _find)
