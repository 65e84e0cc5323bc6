r"""What only bash knows, in a line that ``sh`` reads.

cron hands its lines to ``/bin/sh``, which is dash on Debian and Ubuntu and BusyBox's ash on Alpine.
dash takes ``|&``, ``<<<``, ``<(...)`` and arrays for syntax errors, so that nothing of the line
runs; it finds no program ``[[`` or ``source``; ``$RANDOM`` is empty. ash knows some of them. On
Red Hat ``/bin/sh`` is bash. ``SHELL=/bin/bash`` above the line makes all of them right.

Bad::

    0 3 * * * source /etc/backup.env && [[ -d /backup ]] && /usr/local/bin/backup

Good::

    0 3 * * * . /etc/backup.env && [ -d /backup ] && /usr/local/bin/backup
    SHELL=/bin/bash
    0 4 * * * [[ -d /backup ]] && /usr/local/bin/report
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import Command, Compound, Node, Pipeline, Redirect, Word

_TITLES = {"busybox": "BusyBox's sh", "cronie": "sh, where it is not bash as on Red Hat,"}
_SYNTAX = "calls this a syntax error: nothing of the line runs"
_COMMANDS = {
    name: f"finds no program `{name}`"
    for name in ("[[", "source", "let", "declare", "typeset", "pushd", "popd", "shopt", "mapfile",
                 "readarray", "disown", "coproc")
}  # fmt: skip
_ASH_COMMANDS = {"[[", "source", "let"}
_VARIABLES = {"RANDOM", "SECONDS", "EUID", "UID", "EPOCHSECONDS", "BASH_SOURCE", "FUNCNAME"}
_ASH_VARIABLES = {"RANDOM", "EPOCHSECONDS"}
_ASH_OPERATORS = {"/", "//", ":"}
_BASH_OPERATORS = _ASH_OPERATORS | {"^", "^^", ",", ",,", "@", "!", "/#", "/%", "["}
_BRACES = re.compile(r"(?<![$\\'\"{])\{(?:[\w./-]+\.\.[\w./-]+|[^{}\s'\"]*,[^{}\s'\"]*)\}")


_ARITHMETIC = re.compile(r"\$\(\([^$]*\b(RANDOM|SECONDS|EPOCHSECONDS)\b")
_ODD = re.compile(r"[$({]")  # other words are the same for every shell


class _Bashism(NamedTuple):
    """Something that sh does not know.

    Attributes:
        where: the node or span.
        does: what sh does with it.
        ash: whether BusyBox's knows it.
        edits: a fix that means the same.
        write: the same in words; "" if there is none.
    """

    where: Node | Span
    does: str
    ash: bool = False
    edits: tuple[tuple[Node | Span, str], ...] = ()
    write: str = ""


def _find(job: Job) -> Iterator[Found]:
    for one in _bashisms(job):
        if not one.ash or job.dialect.name != "busybox":
            sh = _TITLES.get(job.dialect.name, "sh (dash)")
            yield job.found(
                one.where,
                f"only bash knows this; {sh} {one.does}",
                one.write or "set SHELL=/bin/bash above this line, or write it as sh does",
                safe=one.edits,
            )


def _bashisms(job: Job) -> Iterator[_Bashism]:
    """Yield what sh does not know, of the scripts that it reads."""
    script = job.script
    scripts = script.scripts()
    if len(scripts) == 1 and not script.is_posix:
        return
    others = {id(node) for one in scripts if not one.is_posix for node in one.nodes()}
    # Of a plain line, only commands and redirections may be what sh does not know.
    odd = _ODD.search(job.command.text) or "|&" in job.command.text
    for node in script.nodes() if odd else (*script.commands(), *script.redirects()):
        ask = _ASK.get(type(node))
        if ask is None or id(node) in others or (type(node) is Word and not _ODD.search(node.text)):
            continue
        yield from ask(job, node)


def _of_compound(job: Job, compound: Compound) -> Iterator[_Bashism]:
    text = job.raw[compound.start : compound.end]
    if compound.kind == "function" and text.startswith(b"function"):
        yield _Bashism(compound, _SYNTAX, ash=True)
    elif compound.kind == "for" and not compound.name:
        yield _Bashism(compound, _SYNTAX)
    elif compound.kind == "group" and text.startswith(b"(("):
        yield _Bashism(compound, "takes this for a program in two subshells")


def _of_command(_: Job, command: Command) -> Iterator[_Bashism]:
    name, values = command.name, command.values
    if name in _COMMANDS and command.words:
        edits = _dot(command) if name == "source" else ()
        write = "write `.` in place of source" if edits else ""
        yield _Bashism(command.words[0], _COMMANDS[name], name in _ASH_COMMANDS, edits, write)
    elif name in ("[", "test") and "==" in values:
        word = command.args[values.index("==")]
        does = "says `unexpected operator`: this is never true"
        yield _Bashism(word, does, ash=True, edits=((word, "="),), write="write = in place of ==")
    elif name == "set" and "pipefail" in values:
        does = "of Debian 12 refuses this option and ends: nothing of the line runs"
        yield _Bashism(command, does, ash=True)
    for assign in command.assigns:
        if assign.value is not None and assign.value.text.startswith("("):
            yield _Bashism(assign, _SYNTAX)


def _dot(command: Command) -> tuple[tuple[Node, str], ...]:
    """Return the edits from ``source x`` to ``. ./x``: sh looks for a bare name in PATH only."""
    if not command.args:
        return ()
    file = command.args[0]
    bare = file.value is not None and "/" not in file.value and not file.quotes
    return ((command.words[0], "."), *([(file, f"./{file.text}")] if bare else []))


def _of_word(_: Job, word: Word) -> Iterator[_Bashism]:
    for variable in word.variables:
        if variable.name in _VARIABLES and not variable.operator:
            does = f"leaves ${variable.name} empty"
            yield _Bashism(variable, does, variable.name in _ASH_VARIABLES)
        elif variable.operator in _BASH_OPERATORS or (variable.name == "!" and variable.operator):
            does = "says `Bad substitution`: nothing more of the line runs"
            yield _Bashism(variable, does, variable.operator in _ASH_OPERATORS)
    if word.text.startswith(("<(", ">(")):
        yield _Bashism(word, _SYNTAX, ash=True)
    elif (name := _ARITHMETIC.search(word.text)) and not word.variables:
        yield _Bashism(word, f"takes {name[1]} for 0", ash=name[1] in _ASH_VARIABLES)
    elif word.text.startswith("$["):
        yield _Bashism(word, "does no arithmetic here; write $(( ))")
    elif not word.quotes and "://" not in word.text and _BRACES.search(word.text):
        yield _Bashism(word, "takes the braces as they are")


def _of_redirect(job: Job, redirect: Redirect) -> Iterator[_Bashism]:
    target = redirect.target.literal if redirect.target is not None else ""
    if redirect.operator == "<<<":
        yield _Bashism(redirect, _SYNTAX)
    elif redirect.operator == ">&" and redirect.fd == 1 and target[:1] not in tuple("0123456789-$"):
        start, end = job.spot(redirect).end - len(target), job.spot(redirect).end
        simple = redirect.target is not None and redirect.target.text == target
        at = job.spot(redirect)
        edits = ((Span(at.start, start), "> "), (Span(end, end), " 2>&1")) if simple else ()
        yield _Bashism(redirect, _SYNTAX, ash=True, edits=edits, write="write > FILE 2>&1")


def _of_bars(job: Job, pipeline: Pipeline) -> Iterator[_Bashism]:
    for command, both in zip(pipeline.commands, pipeline.stderr, strict=False):
        place = job.raw.find(b"|&", command.end) if both else -1
        if place >= 0:
            at = Span(job.base + place, job.base + place + 2)
            edits = () if pipeline.nest else ((at, "2>&1 |"),)
            yield _Bashism(at, _SYNTAX, edits=edits, write="write 2>&1 | in place of |&")


# What knows the bashisms of each kind of node.
_ASK: dict[type[Node], Callable[[Job, Any], Iterator[_Bashism]]] = {
    Command: _of_command,
    Compound: _of_compound,
    Pipeline: _of_bars,
    Redirect: _of_redirect,
    Word: _of_word,
}


RULE = Rule(
    "CW401",
    "bash-under-sh",
    ERROR,
    "job",
    _find,
    severities={"cronie": WARNING},
    only_with=("[[", "source", "==", "|&", "<<<", "(", "{", "$[", ">&", "let", "declare", "typeset",
               "push", "pop", "shopt", "mapfile", "readarray", "disown", "coproc", "pipefail", "RANDOM",
               "SECONDS", "UID", "BASH", "function"),
)  # fmt: skip
