r"""A script that run-parts leaves out because of its name.

The ``run-parts`` of Debian and BusyBox runs files whose names have only letters, digits, ``_`` and
``-``; ``backup.sh`` in /etc/cron.daily is never run, without a word. That of Red Hat takes dots.
``run-parts --test DIR`` lists what it would run.

Bad::

    25 6 * * * run-parts /etc/cron.daily

Good::

    25 6 * * * cd / && run-parts --report /etc/cron.daily
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.host import Host
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command

_TAKEN = re.compile(r"[A-Za-z0-9_-]+")
# What is there for no one to run.
_LEFT = re.compile(
    r"\..*|.*~|.*\.(?:dpkg-\w+|ucf-\w+|rpm\w+|bak|disabled|example|off|old|orig|save|sw.)"
)
_PLACES = ("/usr/bin/run-parts", "/bin/run-parts", "/usr/sbin/run-parts", "/sbin/run-parts")


def _find(job: Job) -> Iterator[Found]:
    host = job.file.host
    for command in job.script.programs():
        if host is None or command.program != "run-parts" or _has_own_names(command):
            continue
        for word in command.args:
            path = word.value or ""
            if path.startswith("/") and (skipped := _skipped(host, path)):
                shown = ", ".join(skipped[:3]) + (", ..." if len(skipped) > 3 else "")  # noqa: PLR2004
                yield job.found(
                    word,
                    f"run-parts leaves out {shown} in there: it takes letters, digits, _ and - only",
                    f"rename it: mv {path.rstrip('/')}/{skipped[0]} "
                    + re.sub(r"[^\w-]+", "-", skipped[0].rpartition(".")[0] or skipped[0]),
                )


def _has_own_names(command: Command) -> bool:
    return any(value.startswith(("--regex", "--lsbsysinit", "-r")) for value in command.values)


def _skipped(host: Host, path: str) -> list[str]:
    """Return the executable files in *path* that a run-parts which is no script leaves out."""
    if any(host.head(place, 2) == b"#!" for place in _PLACES):
        return []
    return [
        name
        for name in host.names(path)
        if not _TAKEN.fullmatch(name)
        and not _LEFT.fullmatch(name)
        and host.is_executable(f"{path}/{name}")
    ]


RULE = Rule("CW412", "run-parts-skips", WARNING, "job", _find, host=True, only_with=("run-parts",))
