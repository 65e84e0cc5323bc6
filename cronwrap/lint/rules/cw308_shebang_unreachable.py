r"""A script whose first line names an interpreter that cron does not find.

``#!/usr/bin/env node`` looks in the job's PATH, not in that of your shell, which nvm, pyenv or
/usr/local/bin made longer. A carriage return at the end of the line is part of the name. Asked only
where the host is looked at.

Bad::

    0 3 * * * /srv/app/env-node.js

Good::

    0 3 * * * /usr/bin/node /srv/app/env-node.js
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import Ran, files, has_own_path


def _find(job: Job) -> Iterator[Found]:
    for ran in files(job):
        host = job.file.host
        if host is None or ran.how != "program" or not host.is_executable(ran.path):
            continue
        head = host.head(ran.path, 256)
        if not head.startswith(b"#!"):
            continue
        line = head.partition(b"\n")[0][2:].decode(errors="replace")
        problem = _problem(job, ran, line)
        if problem:
            yield job.found(
                ran.word,
                f"{ran.path} begins with #!{line.strip()}: {problem}",
                "save it with Unix line ends: sed -i 's/\\r$//' " + ran.path
                if line.endswith("\r")
                else "write the interpreter's full path there, or PATH=... above the job",
            )


def _problem(job: Job, ran: Ran, line: str) -> str:
    host, words = job.file.host, line.split()
    if host is None or not words:
        return ""
    if line.endswith("\r"):
        return "there is a carriage return behind it, which the kernel takes for a part of the name"
    if words[0].startswith("/") and not host.exists(words[0]):
        return "" if host.is_hidden(words[0]) else f"{words[0]} is not there"
    wanted = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
    if not words[0].endswith("/env") or not wanted or "/" in wanted or not job.path:
        return ""
    if host.which(wanted, job.path) or has_own_path(job, ran.command):
        return ""
    return f"{wanted} is not in the job's PATH, {job.path}"


RULE = Rule("CW308", "shebang-unreachable", ERROR, "job", _find, host=True, only_with=("/",))
