r"""A ``cd`` whose failure does not stop what comes after it.

When the directory is missing, not mounted or not to be entered, the rest of the line runs
elsewhere: in the home directory, where cron starts jobs. With ``rm``, ``git clean`` or
``find -delete`` after it, the wrong files are gone.

Bad::

    0 3 * * * cd /srv/app; ./cleanup

Good::

    0 3 * * * cd /srv/app && ./cleanup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command

_DESTRUCTIVE = {"rm", "find", "git", "rsync", "shred"}


def _find(job: Job) -> Iterator[Found]:
    for script in job.script.scripts():
        for item, after in zip(script.items, script.items[1:], strict=False):
            command = _alone(item)
            mark = item.terminator
            if command is None or command.name != "cd" or mark is None or mark.text != ";":
                continue
            programs = {one.program for rest in after.pipelines for one in rest.commands
                        if isinstance(one, Command)}  # fmt: skip
            yield job.found(
                command,
                "the rest runs in the wrong directory if this cd fails",
                "join them with &&",
                safe=[(mark, " &&")],
                severity=ERROR if programs & _DESTRUCTIVE else WARNING,
            )


def _alone(item: AndOr) -> Command | None:
    """Return the command that *item* consists of; None if there is more in it."""
    first = item.pipelines[0].commands[0]
    alone = len(item.pipelines) == 1 and len(item.pipelines[0].commands) == 1
    return first if alone and isinstance(first, Command) else None


RULE = Rule("CW404", "unguarded-cd", WARNING, "job", _find, only_with=("cd",))
