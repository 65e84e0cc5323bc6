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
from cronwrap.lint.flow import flow_of, programs
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Script

_START = {"supercronic": "the directory of supercronic"}
# What removes or overwrites files where it stands, and with which words.
_DESTRUCTIVE = {
    "rm": (),
    "shred": (),
    "find": ("-delete", "-exec", "-execdir"),
    "git": ("clean", "reset", "checkout"),
    "rsync": ("--delete", "--remove-source-files"),
}


def _find(job: Job) -> Iterator[Found]:
    for script in job.script.scripts():
        if len(script.items) > 1 and not flow_of(job).ends_at_failure(script):
            yield from _unguarded(job, script)


def _unguarded(job: Job, script: Script) -> Iterator[Found]:
    for place, item in enumerate(script.items[:-1]):
        command, mark = _alone(item), item.terminator
        if command is None or command.name != "cd" or mark is None or mark.text != ";":
            continue
        # A cd to / or HOME does not fail; one whose $? is asked for is guarded.
        if command.values in ([], ["/"]) or "$?" in job.command.text:
            continue
        is_next_last = place + 2 == len(script.items)
        gap = "" if job.raw[mark.end : mark.end + 1].isspace() else " "
        destroys = any(map(_destroys, _later(script, place)))
        yield job.found(
            command,
            f"if this cd fails the rest runs in {_START.get(job.dialect.name, 'HOME')}, where jobs"
            " start" + (", and removes files there" if destroys else ""),
            "join them with &&" if is_next_last else "write `|| exit 1;` behind it",
            safe=[(mark, f" &&{gap}" if is_next_last else f" || exit 1;{gap}")],
            severity=ERROR if destroys else WARNING,
        )


def _later(script: Script, place: int) -> Iterator[Command]:
    for item in script.items[place + 1 :]:
        yield from programs(item)


def _destroys(command: Command) -> bool:
    """Tell whether it removes files below the directory that it runs in."""
    needs = _DESTRUCTIVE.get(command.program)
    if needs is None or (needs and not any(value.startswith(needs) for value in command.values)):
        return False
    paths = [value for value in command.values if not value.startswith("-")]
    return not paths or any(not path.startswith(("/", "$", "~")) for path in paths)


def _alone(item: AndOr) -> Command | None:
    """Return the command that *item* consists of; None if there is more in it."""
    first = item.pipelines[0].commands[0]
    alone = len(item.pipelines) == 1 and len(item.pipelines[0].commands) == 1
    return first if alone and isinstance(first, Command) else None


RULE = Rule("CW404", "unguarded-cd", WARNING, "job", _find, only_with=("cd",))
