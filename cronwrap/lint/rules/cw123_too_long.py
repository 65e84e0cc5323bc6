r"""A command that is longer than the daemon takes.

Debian's cron takes 998 bytes, and refuses the whole file for one more. (``<LONG>`` stands for a
thousand characters.)

Bad::

    0 3 * * * /usr/local/bin/backup <LONG>

Good::

    0 3 * * * /usr/local/bin/a-script-with-all-of-it
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule


def _find(job: Job) -> Iterator[Found]:
    most = job.dialect.max_command_bytes
    if 0 < most < len(job.raw):
        yield job.found(
            job.command,
            f"{len(job.raw)} bytes of command, and {job.dialect.title} takes {most}; "
            f"{costs(job.dialect)}",
            "move it into a script",
        )


RULE = Rule("CW123", "too-long", ERROR, "job", _find)
