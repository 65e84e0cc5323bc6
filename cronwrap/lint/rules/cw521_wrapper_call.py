r"""A wrapper that is called in a way that it does not take.

cronwrap refuses an option that it does not know, and what would change how the job runs but is
wrong: it ends with 125 and the job does not run. A mistake in an option about reporting is told and
the job runs. Without ``--check`` the check is called after the program, so that all jobs that
begin with ``python3`` are one check.

Bad::

    0 3 * * * cronwrap --chek nightly --timeout 90x -- /usr/local/bin/backup

Good::

    0 3 * * * cronwrap --check nightly --timeout 90m -- /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import WRAPPERS
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import Command, Word
from cronwrap.run import options

_REFUSED = "cronwrap ends with 125 and the job does not run"
_INTERPRETERS = frozenset({
    "bash", "docker", "env", "java", "make", "nice", "node", "npm", "perl", "php", "podman",
    "poetry", "python", "python2", "python3", "ruby", "sh", "timeout", "uv",
})  # fmt: skip


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.commands():
        if command.program == "cronwrap":
            yield from _of_cronwrap(job, command)
        elif command.program == "cronitor" and command.values[:1] == ["exec"]:
            words = [word for word in command.values[1:] if word != "--"]
            if len(words) < 2:  # noqa: PLR2004 - a key and a command
                yield job.found(
                    command,
                    "cronitor exec needs the key of a monitor and a command: the job does not run",
                    "write `cronitor exec KEY COMMAND`",
                )


def _of_cronwrap(job: Job, command: Command) -> Iterator[Found]:
    words = command.values
    line = options.parse(words[words[:1] == ["run"] :])
    if line.wants or _has_unknown(command, line.problem):
        return
    if line.problem:
        where = _word(command, line.problem.split())
        yield job.found(where, f"{line.problem}: {_REFUSED}", line.hint)
    for key, values in line.given.items():
        for value in values:
            yield from _of_value(job, command, options.BY_KEY[key], value)
    name = line.command[0].rpartition("/")[2] if line.command else ""
    if not line.problem and name in _INTERPRETERS and not _is_named(job, line):
        yield job.found(
            command.words[0],
            f"without --check this check is called `{name}`, as each other job that begins so",
            "name it: cronwrap --check NAME -- ...",
            severity=WARNING,
        )


def _of_value(job: Job, command: Command, option: options.Option, value: str) -> Iterator[Found]:
    try:
        if "$" not in value and "`" not in value:
            options.convert(option, value)
    except ValueError as error:
        costs = _REFUSED if option.execution else "cronwrap leaves the option out"
        yield job.found(
            _word(command, [f"--{option.name}", f"-{option.short}", value]),
            f"--{option.name} {value!r} {error}: {costs}",
            option.help,
            severity=ERROR if option.execution else WARNING,
        )


def _is_named(job: Job, line: options.Line) -> bool:
    variable = options.BY_KEY["check"].variable
    assigned = {assign.name for assign in job.script.assigns()}
    return "check" in line.given or variable in assigned or bool(job.value(variable))


def _has_unknown(command: Command, problem: str) -> bool:
    """Tell whether a mistake is about a word that the shell makes only when it runs."""
    return bool(problem) and any(
        word.value is None and word.literal[:1] in ("$", "`") for word in command.args
    )


def _word(command: Command, texts: list[str]) -> Command | Word:
    """Return the first word of *command* that is one of *texts*, or begins so."""
    for word in command.args:
        if word.literal in texts or word.literal.partition("=")[0] in texts:
            return word
    return command.words[0] if command.words else command


RULE = Rule("CW521", "wrapper-call", ERROR, "job", _find, only_with=tuple(sorted(WRAPPERS)))
