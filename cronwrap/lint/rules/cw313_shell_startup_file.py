r"""A ``.bashrc`` read for its variables.

The one that Debian and Ubuntu give returns in its first lines where the shell is not interactive,
and a job's is not: nothing below is set, without a word. A ``.profile`` goes on, but whatever it
takes from ``.bashrc`` is missing too.

Bad::

    0 3 * * * . $HOME/.bashrc; /usr/local/bin/backup

Good::

    0 3 * * * . /etc/app.env; /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.surroundings import Ran, files

_GUARD = re.compile(rb"\$-|\$\{?PS1|\btty\b|-t [012]\b|^\s*return\b", re.MULTILINE)


def _find(job: Job) -> Iterator[Found]:
    for ran in files(job):
        name = ran.word.literal.rpartition("/")[2]
        if ran.how != "sourced" or name not in (".bashrc", ".zshrc", ".profile", ".bash_profile"):
            continue
        if name.endswith("rc"):
            if _goes_on(job, ran):
                continue
            yield job.found(
                ran.word,
                f"{name} is for interactive shells: that of Debian returns in its first lines here,"
                " and sets nothing",
                "put what the job needs into a file of its own: . /etc/app.env",
            )
        else:
            yield job.found(
                ran.word,
                f"what {name} takes from a file for interactive shells is not set here",
                "put what the job needs into a file of its own: . /etc/app.env",
                severity=INFO,
            )


def _goes_on(job: Job, ran: Ran) -> bool:
    """Tell whether the file is there and returns nowhere."""
    data = job.file.host.head(ran.path) if job.file.host is not None and ran.path else b""
    return bool(data) and not _GUARD.search(data)


RULE = Rule("CW313", "shell-startup-file", WARNING, "job", _find, only_with=("shrc", "profile"))
