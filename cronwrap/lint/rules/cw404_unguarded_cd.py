r"""A ``cd`` whose failure does not stop what comes after it.

When the directory is missing, not mounted or not to be entered, the rest of the line runs
elsewhere: in the home directory, where cron starts jobs. With ``rm``, ``git clean`` or
``find -delete`` after it, the wrong files are gone: in ``cd x && y; rm -rf z``, too.

Bad::

    0 3 * * * cd /srv/app; ./cleanup

Good::

    0 3 * * * cd /srv/app && ./cleanup
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import flow_of, programs
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command, Script

_START = {"supercronic": "the directory of supercronic"}
_SURE: tuple[list[str], ...] = ([], ["/"])  # to HOME or /: it does not fail
# What removes or overwrites files where it stands, and with which words.
_DESTRUCTIVE = {
    "rm": (),
    "shred": (),
    "find": ("-delete", "-exec", "-execdir"),
    "git": ("clean", "reset", "checkout"),
    "rsync": ("--delete", "--remove-source-files"),
}


def _find(job: Job) -> Iterator[Found]:
    destroys = any(map(_destroys, job.script.commands()))
    for script in job.script.scripts():
        if len(script.items) > 1 and not flow_of(job).ends_at_failure(script):
            yield from _unguarded(job, script)
        if destroys:
            yield from _half_guarded(job, script)


def _unguarded(job: Job, script: Script) -> Iterator[Found]:
    for place, item in enumerate(script.items[:-1]):
        command, mark = _alone(item), item.terminator
        if command is None or command.name != "cd" or mark is None or mark.text != ";":
            continue
        if command.values in _SURE or "$?" in job.command.text:  # asked for: guarded
            continue
        following = script.items[place + 1]
        may_join = place + 2 == len(script.items) and _or_in(following) is None
        gap = "" if job.raw[mark.end : mark.end + 1].isspace() else " "
        destroys = any(map(_destroys, _later(script, place)))
        yield job.found(
            command,
            f"if this cd fails the rest runs in {_start(job)}"
            + (", and removes files there" if destroys else ""),
            "join them with &&" if may_join else "write `|| exit 1;` behind it",
            safe=[(mark, f" &&{gap}" if may_join else f" || exit 1;{gap}")],
            severity=ERROR if destroys else WARNING,
        )


def _half_guarded(job: Job, script: Script) -> Iterator[Found]:
    """Yield ``cd`` where && guards what is next, but not what removes files behind that."""
    for place, item in enumerate(script.items):
        first = item.pipelines[0].commands[0]
        if not isinstance(first, Command) or first.name != "cd" or first.values in _SURE:
            continue
        if not item.operators or item.operators[0].text != "&&":
            continue
        behind = item.pipelines[(_or_in(item) or len(item.operators)) + 1 :]
        rest = [one for pipeline in behind for one in programs(pipeline)]
        for later in script.items[place + 1 :]:
            if _begins_with_cd(later):
                break
            rest += programs(later)
        if any(map(_destroys, rest)):
            yield job.found(
                first,
                f"if this cd fails what && does not guard runs in {_start(job)}, and removes files"
                " there",
                "write `|| exit 1;` in place of the &&",
                safe=[(item.operators[0], "|| exit 1;")],
                severity=ERROR,
            )


def _start(job: Job) -> str:
    return f"{_START.get(job.dialect.name, 'HOME')}, where jobs start"


def _begins_with_cd(item: AndOr) -> bool:
    first = item.pipelines[0].commands[0]
    return isinstance(first, Command) and first.name == "cd"


def _or_in(item: AndOr) -> int | None:
    """Return the place of the first || in it: what stands behind runs when a cd before fails."""
    return next((at for at, one in enumerate(item.operators) if one.text == "||"), None)


def _later(script: Script, place: int) -> Iterator[Command]:
    for item in script.items[place + 1 :]:
        yield from programs(item)


def _destroys(command: Command) -> bool:
    """Tell whether it removes files below the directory that it runs in."""
    needs = _DESTRUCTIVE.get(command.program)
    if needs is None or (needs and not any(value.startswith(needs) for value in command.values)):
        return False
    values: Iterable[str] = command.values
    if command.program == "find":  # whose tests follow its paths: -mtime +3
        values = takewhile(lambda value: not value.startswith("-"), values)
    paths = [value for value in values if not value.startswith("-")]
    return not paths or any(not path.startswith(("/", "$", "~")) for path in paths)


def _alone(item: AndOr) -> Command | None:
    """Return the command that *item* consists of; None if there is more in it."""
    first = item.pipelines[0].commands[0]
    alone = len(item.pipelines) == 1 and len(item.pipelines[0].commands) == 1
    return first if alone and isinstance(first, Command) else None


RULE = Rule("CW404", "unguarded-cd", WARNING, "job", _find, only_with=("cd",))
