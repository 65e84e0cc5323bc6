r"""A command line of a crontab as a small tree: what runs, joined by what, into where.

shell_parse makes it; rules see only the classes below. Positions are byte offsets in the raw
command as it stands in the crontab (before ``\%`` loses its backslash), also within ``sh -c '...'``
and command substitutions. A tree belongs to a command's text and not to a line, so that equal
commands are parsed once; ``Line.found`` adds where the line stands.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, TypeVar

POSIX = frozenset({"sh", "dash", "ash", "posh"})


# Where a node stands: its start, end and nest; a bare tuple, as a large file has millions.
At = tuple[int, int, str]


class Node:
    """Something in a command.

    Attributes:
        start, end: byte offsets in the raw command.
        nest: the quotes it stands in, outermost first: "'" within sh -c '...'; "" for none.
    """

    __slots__ = ("end", "nest", "start")

    def __init__(self, at: At) -> None:
        self.start, self.end, self.nest = at

    def __repr__(self) -> str:
        names = [name for kind in type(self).__mro__ for name in getattr(kind, "__slots__", ())]
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name in names
            if name not in ("nest", "wrapper") and not name.startswith("_")
        )
        return f"{type(self).__name__}({shown})"


class Variable(Node):
    """``$NAME``, ``${NAME:-x}``, ``$?``.

    Attributes:
        name: without the dollar sign.
        quoted: it stands within double quotes.
        operator: what follows the name within braces: ":-", ":?", "%%", "/"; "" for none.
    """

    __slots__ = ("name", "operator", "quoted")

    def __init__(self, at: At, name: str, operator: str) -> None:
        self.start, self.end, self.nest = at
        self.name = name
        self.operator = operator
        self.quoted = False


class Word(Node):
    """A word of a command.

    Attributes:
        text: as it is written.
        value: what the program gets, quotes removed; None if an expansion decides.
        literal: as value, with expansions as they are written ("/home/$USER/x").
        variables: each expansion of a variable in it.
        scripts: each ``$(...)``, backticks and ``<(...)`` in it.
        glob: it has an unquoted ``*``, ``?`` or ``[``.
        quotes: each quote character that occurs, "" if there is none.
    """

    __slots__ = (
        "_offsets", "_place", "glob", "literal", "quotes", "scripts", "text", "value", "variables",
    )  # fmt: skip

    def __init__(self, at: At, text: str, offsets: Sequence[int], place: int) -> None:
        """Make a word that means itself, and stands at *place* of the text with *offsets*."""
        self.start, self.end, self.nest = at
        self.text = self.literal = text
        self.value: str | None = text
        self._offsets = offsets
        self._place = place
        self.variables: tuple[Variable, ...] = ()
        self.scripts: tuple[Script, ...] = ()
        self.glob = False
        self.quotes = ""

    @property
    def offsets(self) -> Sequence[int]:
        """For each byte of ``literal`` its byte offset in the raw command, and the end."""
        size = len(self.literal.encode(errors="surrogateescape"))
        return self._offsets[self._place : self._place + size + 1]

    def set_literal(self, literal: str, offsets: Sequence[int]) -> None:
        """Let it be *literal* without its quotes, of which each byte has one of *offsets*."""
        self.literal, self._offsets, self._place = literal, offsets, 0


class Redirect(Node):
    """``2>&1``: operator ">&", fd 2, target "1". ``> f``: operator ">", fd 1."""

    __slots__ = ("fd", "operator", "target")

    def __init__(self, at: At, operator: str, fd: int, target: Word | None) -> None:
        self.start, self.end, self.nest = at
        self.operator = operator
        self.fd = fd
        self.target = target


class Assign(Node):
    """``NAME=value`` before a command or on its own."""

    __slots__ = ("name", "value")

    def __init__(self, at: At, name: str, value: Word | None) -> None:
        self.start, self.end, self.nest = at
        self.name = name
        self.value = value


class Command(Node):
    """A simple command; also ``[ ... ]`` and ``[[ ... ]]``, whose first word is the bracket.

    Attributes:
        words: its name and arguments; none if there are only assignments or redirections.
        name: the program as it is written, a path or a word; "" if an expansion decides.
        program: the last part of ``name``: ``curl`` for /usr/bin/curl.
        values: the arguments as text, expansions as they are written.
        assigns: the assignments before it.
        redirects: in their order.
        wrapped: what it runs, if it is a prefix (``nice x``: a Command; ``sh -c 'x'``: a Script).
        wrapper: the prefix that runs it.
    """

    __slots__ = (
        "assigns", "name", "program", "redirects", "values", "words", "wrapped", "wrapper",
    )  # fmt: skip

    def __init__(
        self,
        at: At,
        words: tuple[Word, ...],
        assigns: tuple[Assign, ...] = (),
        redirects: tuple[Redirect, ...] = (),
    ) -> None:
        self.start, self.end, self.nest = at
        self.assigns = assigns
        self.redirects = redirects
        self.wrapped: Command | Script | None = None
        self.wrapper: Command | None = None
        self.set_words(words)

    def set_words(self, words: tuple[Word, ...]) -> None:
        """Let it have *words*; what rules ask for again and again is told at once."""
        self.words = words
        self.name = (words[0].value or "") if words else ""
        self.program = self.name.rpartition("/")[2]
        self.values = [word.literal for word in words[1:]]

    @property
    def args(self) -> tuple[Word, ...]:
        """The words after the name."""
        return self.words[1:]

    @property
    def innermost(self) -> "Command":
        """What runs at last behind prefixes (``nice timeout 5 x``: x); a Script ends the way."""
        command = self
        while isinstance(command.wrapped, Command):
            command = command.wrapped
        return command


class Compound(Node):
    """``( )``, ``{ }``, ``if``, ``while``, ``until``, ``for``, ``case``, a function.

    Attributes:
        kind: "subshell", "group", "if", "while", "until", "for", "case", "function".
        scripts: what is within, conditions first.
        words: the words of a ``for`` or ``case``.
        name: the variable of a ``for``, the name of a function.
    """

    __slots__ = ("kind", "name", "redirects", "scripts", "words")

    def __init__(self, at: At, kind: str) -> None:
        self.start, self.end, self.nest = at
        self.kind = kind
        self.name = ""
        self.scripts: tuple[Script, ...] = ()
        self.words: tuple[Word, ...] = ()
        self.redirects: tuple[Redirect, ...] = ()


class Pipeline(Node):
    """``a | b``; also a single command.

    Attributes:
        commands: at least one.
        negated: it begins with ``!``.
        stderr: for each bar whether it is ``|&``.
    """

    __slots__ = ("commands", "negated", "stderr")

    def __init__(
        self,
        at: At,
        commands: tuple[Command | Compound, ...],
        *,
        negated: bool = False,
        stderr: tuple[bool, ...] = (),
    ) -> None:
        self.start, self.end, self.nest = at
        self.commands = commands
        self.negated = negated
        self.stderr = stderr


class Operator(Node):
    """What stands between: ``&&``, ``||``, ``;``, ``&``."""

    __slots__ = ("text",)

    def __init__(self, at: At, text: str) -> None:
        self.start, self.end, self.nest = at
        self.text = text


class AndOr(Node):
    """``a && b || c`` up to ``;`` or ``&``; also a single pipeline.

    Attributes:
        pipelines: at least one.
        operators: between them, so one fewer: each ``&&`` or ``||``.
        terminator: the ``;`` or ``&`` after it, or None.
    """

    __slots__ = ("operators", "pipelines", "terminator")

    def __init__(
        self,
        nest: str,
        pipelines: tuple[Pipeline, ...],
        operators: tuple[Operator, ...],
        terminator: Operator | None = None,
    ) -> None:
        self.start, self.end, self.nest = pipelines[0].start, pipelines[-1].end, nest
        self.pipelines = pipelines
        self.operators = operators
        self.terminator = terminator

    @property
    def background(self) -> bool:
        """Whether ``&`` ends it."""
        return self.terminator is not None and self.terminator.text == "&"


class Script(Node):
    """A whole command line, or what stands within ``( )``, ``$( )`` or ``sh -c '...'``.

    Attributes:
        shell: the name of the shell that reads it: "sh", "bash", ...
        items: what runs one after the other.
        errors: what is no shell syntax.
        comments: ``# ...``
        facts: what was found out about it, so that it is found out once; see ``kept``.
    """

    __slots__ = ("_parts", "comments", "errors", "facts", "items", "shell")

    def __init__(self, at: At, shell: str) -> None:
        self.start, self.end, self.nest = at
        self.shell = shell
        self._parts: _Parts | None = None
        self.facts: dict[object, Any] = {}
        self.items: tuple[AndOr, ...] = ()
        self.errors: tuple[Node, ...] = ()
        self.comments: tuple[Node, ...] = ()

    @property
    def is_posix(self) -> bool:
        """Whether the shell is one that knows no more than POSIX, as dash."""
        return self.shell in POSIX

    def nodes(self) -> "tuple[Node, ...]":
        """Return everything in it, outer before inner; also what prefixes wrap."""
        return self, *(self._parts or self._found()).nodes

    def scripts(self) -> "tuple[Script, ...]":
        """Return it and each script in it: groups, substitutions, ``sh -c``."""
        return self, *(self._parts or self._found()).scripts

    def commands(self) -> Sequence[Command]:
        """Return each simple command in it, prefixes and what they wrap too."""
        return (self._parts or self._found()).commands

    def programs(self) -> Sequence[Command]:
        """Return each simple command that is no prefix of another."""
        return (self._parts or self._found()).programs

    def words(self) -> Sequence[Word]:
        """Return each word in it, those of assignments and redirections too, each once."""
        return (self._parts or self._found()).words

    def variables(self) -> Sequence[Variable]:
        """Return each use of a variable in it."""
        return (self._parts or self._found()).variables

    def assigns(self) -> Sequence[Assign]:
        """Return each ``NAME=value`` in it."""
        return (self._parts or self._found()).assigns

    def redirects(self) -> Sequence[Redirect]:
        """Return each redirection in it."""
        return (self._parts or self._found()).redirects

    def _found(self) -> "_Parts":
        self._parts = parts = _Parts(self)
        return parts


class _Parts:
    """What is in a script, outer before inner: all, and that of each kind.

    Not the script itself: it could only be freed by the garbage collector.
    """

    def __init__(self, script: Script) -> None:
        self.nodes: list[Node] = []
        self.scripts: list[Script] = []
        self.commands: list[Command] = []
        self.programs: list[Command] = []
        self.words: list[Word] = []
        self.variables: list[Variable] = []
        self.assigns: list[Assign] = []
        self.redirects: list[Redirect] = []
        self._add_items(script)

    def _add_script(self, script: Script) -> None:
        self.nodes.append(script)
        self.scripts.append(script)
        self._add_items(script)

    def _add_items(self, script: Script) -> None:
        for item in script.items:
            self.nodes.append(item)
            for pipeline in item.pipelines:
                self.nodes.append(pipeline)
                for command in pipeline.commands:
                    if isinstance(command, Command):
                        self._add_command(command)
                    else:
                        self._add_compound(command)

    def _add_compound(self, compound: Compound) -> None:
        self.nodes.append(compound)
        self._add_words(compound.words)
        for script in compound.scripts:
            self._add_script(script)
        self._add_redirects(compound.redirects)

    def _add_command(self, command: Command) -> None:
        self.nodes.append(command)
        self.commands.append(command)
        wrapped = command.wrapped
        if wrapped is None:
            self.programs.append(command)
        for assign in command.assigns:
            self.nodes.append(assign)
            self.assigns.append(assign)
            if assign.value is not None:
                self._add_words((assign.value,))
        # A prefix shares its last words with what it wraps.
        shared = len(wrapped.words) if isinstance(wrapped, Command) else 0
        self._add_words(command.words[: len(command.words) - shared])
        self._add_redirects(command.redirects)
        if isinstance(wrapped, Command):
            self._add_command(wrapped)
        elif wrapped is not None:
            self._add_script(wrapped)

    def _add_redirects(self, redirects: tuple[Redirect, ...]) -> None:
        for redirect in redirects:
            self.nodes.append(redirect)
            self.redirects.append(redirect)
            if redirect.target is not None:
                self._add_words((redirect.target,))

    def _add_words(self, words: tuple[Word, ...]) -> None:
        for word in words:
            self.nodes.append(word)
            self.words.append(word)
            self.variables += word.variables
            for script in word.scripts:
                self._add_script(script)


_Fact = TypeVar("_Fact")


def kept(find: Callable[[Script], _Fact]) -> Callable[[Script], _Fact]:
    """Let a script keep what *find* returns of it, as long as it is there: a hundred rules ask."""

    @wraps(find)
    def find_once(script: Script) -> _Fact:
        if find not in script.facts:
            script.facts[find] = find(script)
        fact: _Fact = script.facts[find]
        return fact

    return find_once


class Text(NamedTuple):
    """What a shell reads, and where each byte of it stands in the raw command.

    Attributes:
        data: what the shell reads.
        offsets: for each byte of it, and for its end, the offset in the raw command.
    """

    data: bytes
    offsets: Sequence[int]


def whole(data: bytes) -> Text:
    """Return *data* as a text that stands as it is."""
    return Text(data, range(len(data) + 1))
