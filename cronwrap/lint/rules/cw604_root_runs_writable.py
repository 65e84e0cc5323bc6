r"""A program of root that its mode or its owner lets others change.

Whoever may write the file, or a directory on the way to it, becomes root at the next run. chown
and chmod put that right where it stands; in a user's home they do not (CW605). Asked only where
the host is looked at.

Bad (/etc/cron.d/app)::

    0 3 * * * root /srv/shared/backup.sh

Good (/etc/cron.d/app)::

    0 3 * * * root /usr/local/sbin/backup
"""

import stat
from collections.abc import Iterator
from pathlib import PurePosixPath

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import files, home_of, is_elsewhere, runs_as


def _find(job: Job) -> Iterator[Found]:
    host, told = job.file.host, set()
    if host is None or runs_as(job) != "root":
        return
    for ran in files(job):
        found = host.stat(ran.path) if ran.path and ran.path not in told else None
        if found is None or not stat.S_ISREG(found.st_mode) or is_elsewhere(job, ran.command):
            continue
        told.add(ran.path)
        if home_of(job, ran.path) is not None:
            continue  # CW605 says so
        for place in (ran.path, *map(str, PurePosixPath(ran.path).parents)):
            who = _writers(host, place)
            if who:
                yield job.found(
                    ran.word,
                    f"root runs it, and {who} may write {place}: they become root with the next run",
                    f"chown root:root {place}; chmod go-w {place}",
                )
                break


def _writers(host: Host, path: str) -> str:
    """Return who else than root may write *path*, or replace it; "" for nobody."""
    found, system = host.stat(path), host.stat("/")
    if found is None or system is None:
        return ""
    is_directory = stat.S_ISDIR(found.st_mode)
    # In /tmp everybody may write, but nobody may replace what another one has put there.
    if is_directory and found.st_mode & stat.S_ISVTX:
        return ""
    if found.st_mode & stat.S_IWOTH:
        return "all users"
    if found.st_uid not in (0, system.st_uid):  # an image may be one's own that unpacked it
        names = [user.name for user in host.users.values() if user.uid == found.st_uid]
        return f"its owner {names[0] if names else found.st_uid}"
    if found.st_mode & stat.S_IWGRP and found.st_gid in host.shared_groups - {system.st_gid}:
        return f"its group {found.st_gid}"
    return ""


RULE = Rule("CW604", "root-runs-writable", ERROR, "job", _find, host=True)
