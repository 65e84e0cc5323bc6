r"""A program of root that stands in a user's home.

However the file itself is protected, the directory is the user's, who may rename the file and put
another in its place: root runs that. It has to move; a mode does not help. Homes that root owns are
left alone. Asked only where the host is looked at.

Bad (/etc/cron.d/app)::

    0 3 * * * root /home/bob/backup.sh

Good (/etc/cron.d/app)::

    0 3 * * * root /usr/local/sbin/backup
"""

import posixpath
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.surroundings import files, home_of, is_elsewhere, runs_as


def _find(job: Job) -> Iterator[Found]:
    host, told = job.file.host, set()
    if host is None or runs_as(job) != "root":
        return
    for ran in files(job):
        user = home_of(job, ran.path)
        if user is None or ran.path in told or is_elsewhere(job, ran.command):
            continue
        told.add(ran.path)
        name = posixpath.basename(ran.path)
        yield job.found(
            ran.word,
            f"root runs it, and {user.name}, whose home it is in, may put another file there",
            f"move it: install -o root -m 0755 {ran.path} /usr/local/sbin/{name}; or run it as"
            f" {user.name}",
        )


RULE = Rule("CW605", "root-runs-from-home", WARNING, "job", _find, host=True)
