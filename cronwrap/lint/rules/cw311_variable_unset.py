r"""A variable that nothing sets.

Cron does not read your shell's files: a job has HOME, LOGNAME, PATH, SHELL and what the crontab
sets above it (Debian's cron; cronie and BusyBox set USER too, BusyBox and supercronic hand on
their own environment). Any other variable is empty, and the command goes on without it.

Bad::

    0 3 * * * pg_dump "$DB_URL" > /srv/dump

Good::

    DB_URL=postgres://db/app
    0 3 * * * pg_dump "$DB_URL" > /srv/dump
    0 4 * * * . /etc/app.env && pg_dump "$DB_NAME" > /srv/dump4
    0 5 * * * D=/srv/dump5; pg_dump "${NAME:-app}" > "$D"
    0 6 * * * cronwrap --check rows -- sh -c 'psql -f rows.sql >>"$CRONWRAP_REPORT"'
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.shell import Compound, Variable
from cronwrap.lint.surroundings import is_assigned, is_elsewhere, sets_more

# Set by shells, by PAM, by what runs the command, or told by another rule (RANDOM, USER).
_KNOWN = re.compile(
    r"[^A-Za-z_].*|_|\W?|IFS|OPT(?:ARG|IND|ERR)|PPID|PWD|OLDPWD|PS[1-4]|LINENO|RANDOM|USER|HOME"
    r"|LOGNAME|PATH|SHELL|MAILTO|LANG(?:UAGE)?|LC_\w+|TZ|SUDO_\w+"
)
_KNOWN_TO_BASH = re.compile(
    r"BASH\w*|E?UID|GROUPS|HOST(?:NAME|TYPE)|MACHTYPE|OSTYPE|SECONDS|SHLVL|SRANDOM|EPOCH\w+"
    r"|PIPESTATUS|REPLY|FUNCNAME|DIRSTACK|SHELLOPTS"
)
_SET_BY_CRONWRAP = re.compile(r"CRONWRAP_(?:REPORT|RUN_(?:ID|CHECK|ATTEMPT))")
_NAMERS = frozenset({
    "declare", "export", "for", "getopts", "local", "mapfile", "printf", "read", "readarray",
    "readonly", "typeset", "unset",
})  # fmt: skip


def _find(job: Job) -> Iterator[Found]:
    told = set()
    for variable in job.script.variables():
        name = variable.name
        if name in told or not _is_unset(job, variable):
            continue
        told.add(name)
        few = ", ".join(job.dialect.variables)
        yield job.found(
            variable,
            f"{name} is set nowhere here, and is empty in the job unless {job.dialect.title} itself "
            "was started with it"
            if job.dialect.inherits
            else f"{name} is set nowhere here, and is empty in the job, which has only {few} and "
            "what the crontab sets above it",
            f"put {name}=... on a line above the job, or read it from a file first: . /etc/app.env",
        )


def _is_unset(job: Job, variable: Variable) -> bool:
    name = variable.name
    if _KNOWN.fullmatch(name) or variable.operator in (":-", "-", ":=", "=", ":+", "+", ":?", "?"):
        return False
    if name in job.dialect.variables or job.value(name) is not None:
        return False
    is_bash = "bash" in job.shell_name or bool(variable.nest)  # as good as
    if is_bash and _KNOWN_TO_BASH.fullmatch(name):
        return False
    return not (
        _is_set_in_line(job, variable)
        or sets_more(job, variable)
        or (bool(variable.nest) and is_elsewhere(job, variable))
        # A line below, or one that the daemon drops, is told by other rules.
        or job.file.next_named(name, 0) <= len(job.file.lines)
        or _is_of_cronwrap(job, variable)
        or _is_in_environment(job, name)
    )


def _is_set_in_line(job: Job, variable: Variable) -> bool:
    name = variable.name
    if is_assigned(job, name, variable):
        return True
    for node in job.script.nodes():
        if isinstance(node, Compound) and (node.name == name or node.kind == "function"):
            return True
    for command in job.script.commands():
        words = [value.partition("=")[0].partition("[")[0] for value in command.values]
        if name in words and command.program in _NAMERS:
            return True
        # What is asked for by [ -n "$A" ].
        if command.program in ("[", "test", "[[") and (
            {"-z", "-n", "-v"} & set(command.values)
            and any(one.name == name for word in command.words for one in word.variables)
        ):
            return True
    return False


def _is_of_cronwrap(job: Job, variable: Variable) -> bool:
    """Tell whether the shell that reads it is run by cronwrap, which sets it for its jobs."""
    return (
        bool(variable.nest)
        and _SET_BY_CRONWRAP.fullmatch(variable.name) is not None
        and any(one.program == "cronwrap" for one in job.script.commands())
    )


def _is_in_environment(job: Job, name: str) -> bool:
    """Tell whether PAM sets it for all sessions."""
    host = job.file.host
    if host is None:
        return False
    lines = host.head("/etc/environment", 100_000).decode(errors="replace")
    return re.search(rf"(?m)^\s*(?:export\s+)?{re.escape(name)}=", lines) is not None


RULE = Rule(
    "CW311",
    "variable-unset",
    WARNING,
    "job",
    _find,
    severities={"busybox": INFO, "supercronic": INFO},
    only_with=("$",),
)
