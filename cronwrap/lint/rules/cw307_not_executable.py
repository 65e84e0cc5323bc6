r"""A script that cannot be run as it is.

Without the executable bit the shell says "Permission denied" and ends with status 126. A script
without ``#!`` in its first line is run by sh, whatever it is written in. Asked only where the host
is looked at.

Bad::

    0 3 * * * /srv/app/not-executable.sh

Good::

    0 3 * * * sh /srv/app/not-executable.sh
"""

import stat
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.surroundings import files, is_guarded

_OTHER = (".py", ".rb", ".pl", ".php", ".js")


def _find(job: Job) -> Iterator[Found]:
    host = job.file.host
    for ran in files(job):
        found = host.stat(ran.path) if host is not None and ran.how == "program" else None
        if host is None or found is None or host.is_hidden(ran.path):
            continue
        if stat.S_ISDIR(found.st_mode):
            message = f"{ran.path} is a directory; the job fails with status 126"
            yield job.found(ran.word, message, "write the program's own path")
        elif not stat.S_ISREG(found.st_mode):
            continue
        elif not host.is_executable(ran.path):
            if not is_guarded(job, ran.path):
                yield job.found(
                    ran.word,
                    f"{ran.path} is not executable; the job fails with status 126",
                    f"chmod +x {ran.path}"
                    + ("" if _has_mark(host, ran.path) else f", or sh {ran.path}"),
                )
        elif _is_text(host, ran.path) and not _has_mark(host, ran.path):
            yield job.found(
                ran.word,
                f"{ran.path} does not begin with #!: sh runs it, whatever it is written in",
                "write #!/bin/sh, or what it is, into its first line",
                severity=ERROR if ran.path.endswith(_OTHER) else WARNING,
            )


def _has_mark(host: Host, path: str) -> bool:
    return host.head(path, 2) == b"#!"


def _is_text(host: Host, path: str) -> bool:
    head = host.head(path, 512)
    return bool(head) and b"\0" not in head and not head.startswith(b"\x7fELF")


RULE = Rule("CW307", "not-executable", ERROR, "job", _find, host=True, only_with=("/",))
