r"""``NAME=value`` before the first of several commands that need it.

Such an assignment is for that one command. The next commands of the line, and the ``$NAME`` in the
arguments of the command itself, which the shell expands before, get what NAME was until then: in
cron, mostly nothing.

Bad::

    0 3 * * * TARGET=/backup /usr/local/bin/dump && rsync -a /srv/ $TARGET

Good::

    0 3 * * * export TARGET=/backup; /usr/local/bin/dump && rsync -a /srv/ "$TARGET"
    0 4 * * * LC_ALL=C sort /etc/hosts && LC_ALL=C sort /etc/services
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Assign, Command, Node

_NOT_EMPTY = {"HOME", "PATH", "SHELL", "LOGNAME", "PWD", "IFS"}
_SETTERS = {"export", "read", "unset", "readonly", "local"}
_LOCALE = ("LC_", "LANG", "TZ")


def _find(job: Job) -> Iterator[Found]:
    commands = [one for one in job.script.commands() if one.wrapper is None]
    for place, command in enumerate(commands):
        for assign in command.assigns if command.words else ():
            if assign.name in _NOT_EMPTY or job.value(assign.name) is not None:
                continue
            own = _use(assign.name, command)
            user = own or _later_use(assign.name, command, _behind(commands, place))
            if user is not None:
                why = f"the assignment is for {command.name} alone"
                yield job.found(
                    user,
                    f"this does not get {assign.name}: "
                    + ("the shell puts its value in before it assigns it" if own else why),
                    f"write `export {assign.name}=...;` before the command",
                    unsafe=_export(job, assign, command),
                )
                break


def _behind(commands: list[Command], place: int) -> list[Command]:
    """Return the commands that run after one, without those that it wraps."""
    return [one for one in commands[place + 1 :] if one.start >= commands[place].end]


def _use(name: str, command: Command) -> Node | None:
    """Return ``$name`` in the arguments of *command*, or in a file that it reads or writes."""
    targets = [one.target for one in command.redirects if one.target is not None]
    for word in [*command.args, *targets]:
        for variable in word.variables:
            if variable.name == name and not variable.operator:
                return variable
    return None


def _later_use(name: str, command: Command, later: list[Command]) -> Node | None:
    """Return what comes behind *command* and was to get the variable, too."""
    for other in later:
        sets = other.program in _SETTERS and any(name in value for value in other.values)
        if sets or any(one.name == name for one in other.assigns):
            return None
        if (use := _use(name, other)) is not None:
            return use
        if command.name and other.name == command.name and not name.startswith(_LOCALE):
            return other.words[0]
    return None


def _export(job: Job, assign: Assign, command: Command) -> list[tuple[Span, str]]:
    """Return the edits to ``export NAME=value; command``, where it begins the line."""
    start, end = job.spot(assign)
    is_first = job.script.items[0].start == command.start and not command.nest
    if not is_first or len(command.assigns) > 1:
        return []
    gap = Span(end, job.spot(command.words[0]).start)
    return [(Span(start, start), "export "), (gap, "; ")]


RULE = Rule("CW420", "assignment-of-one-command", WARNING, "job", _find, only_with=("=",))
