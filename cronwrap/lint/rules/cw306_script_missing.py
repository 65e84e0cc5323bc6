r"""A program or script that is not there.

Silent where the line asks first (``[ -x /usr/sbin/x ] && /usr/sbin/x``). Asked only where the host
is looked at.

Bad::

    0 3 * * * /srv/gone/backup

Good::

    0 3 * * * [ ! -x /srv/gone/backup ] || /srv/gone/backup
"""

from collections.abc import Iterator

from cronwrap.errors import similar
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import Ran, environment_of, files, is_missing


def _find(job: Job) -> Iterator[Found]:
    host = job.file.host
    if host is None:
        return
    told = set()
    for ran in files(job):
        if ran.path in told or environment_of(job, ran.path) or not is_missing(job, ran):
            continue
        told.add(ran.path)
        yield job.found(ran.word, _message(host, ran), _hint(host, ran.path))


def _message(host: Host, ran: Ran) -> str:
    parent = ran.path.rpartition("/")[0]
    missing = parent if parent and not host.exists(parent) else ran.path
    how = " with status 127" if ran.how == "program" else ""
    return f"{missing} is not there; the job fails{how}"


def _hint(host: Host, path: str) -> str:
    parent, _, name = path.rpartition("/")
    return similar(name, host.names(parent or "/")) or "put it there, or take the job out"


RULE = Rule("CW306", "script-missing", ERROR, "job", _find, host=True)
