r"""A command line of a crontab as a small tree: what runs, joined by what, into where.

tree-sitter-bash parses; rules see only the classes below. Positions are byte offsets in the raw
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
            f"{name}={getattr(self, name)!r}" for name in names if name not in ("nest", "wrapper")
        )
        return f"{type(self).__name__}({shown})"


_Kind = TypeVar("_Kind", bound=Node)


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
        offsets: for each byte of ``literal`` its byte offset in the raw command, and the end.
        variables: each expansion of a variable in it.
        scripts: each ``$(...)``, backticks and ``<(...)`` in it.
        glob: it has an unquoted ``*``, ``?`` or ``[``.
        quotes: each quote character that occurs, "" if there is none.
    """

    __slots__ = ("glob", "literal", "offsets", "quotes", "scripts", "text", "value", "variables")

    def __init__(self, at: At, text: str, offsets: Sequence[int]) -> None:
        """Make a word that means itself; ``read_word`` knows the others."""
        self.start, self.end, self.nest = at
        self.text = self.literal = text
        self.value: str | None = text
        self.offsets = offsets
        self.variables: tuple[Variable, ...] = ()
        self.scripts: tuple[Script, ...] = ()
        self.glob = False
        self.quotes = ""


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

    __slots__ = ("comments", "errors", "facts", "items", "shell")

    def __init__(self, at: At, shell: str) -> None:
        self.start, self.end, self.nest = at
        self.shell = shell
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
        return self, *self._of(Node)

    def scripts(self) -> "tuple[Script, ...]":
        """Return it and each script in it: groups, substitutions, ``sh -c``."""
        return self, *self._of(Script)

    def commands(self) -> tuple[Command, ...]:
        """Return each simple command in it, prefixes and what they wrap too."""
        return self._of(Command)

    def programs(self) -> tuple[Command, ...]:
        """Return each simple command that is no prefix of another."""
        return tuple(command for command in self.commands() if command.wrapped is None)

    def words(self) -> tuple[Word, ...]:
        """Return each word in it, those of assignments and redirections too, each once."""
        return self._of(Word)

    def variables(self) -> tuple[Variable, ...]:
        """Return each use of a variable in it."""
        return tuple(variable for word in self.words() for variable in word.variables)

    def assigns(self) -> tuple[Assign, ...]:
        """Return each ``NAME=value`` in it."""
        return self._of(Assign)

    def redirects(self) -> tuple[Redirect, ...]:
        """Return each redirection in it."""
        return self._of(Redirect)

    def _of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        found: tuple[_Kind, ...] = _by_kind(self)[kind]
        return found


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


@kept
def _by_kind(script: Script) -> dict[type[Node], tuple[Any, ...]]:
    """Return the nodes in *script* of each kind that is asked for; those of all under ``Node``.

    Not *script* itself: it could only be freed by the garbage collector.
    """
    nodes: list[Node] = []
    _collect(script, nodes)
    del nodes[0]
    kinds: dict[type[Node], list[Node]] = {
        Script: [],
        Assign: [],
        Command: [],
        Redirect: [],
        Word: [],
    }
    for node in nodes:
        kinds.setdefault(type(node), []).append(node)
    return {Node: tuple(nodes)} | {kind: tuple(found) for kind, found in kinds.items()}


def _collect(script: Script, nodes: list[Node]) -> None:
    """Append *script* and all that is in it to *nodes*."""
    nodes.append(script)
    for item in script.items:
        nodes.append(item)
        for pipeline in item.pipelines:
            nodes.append(pipeline)
            for command in pipeline.commands:
                _collect_command(command, nodes)


def _collect_command(node: Command | Compound, nodes: list[Node]) -> None:
    nodes.append(node)
    if isinstance(node, Compound):
        _collect_words(node.words, nodes)
        for script in node.scripts:
            _collect(script, nodes)
    else:
        for assign in node.assigns:
            nodes.append(assign)
            if assign.value is not None:
                _collect_words((assign.value,), nodes)
        # A prefix shares its last words with what it wraps.
        shared = len(node.wrapped.words) if isinstance(node.wrapped, Command) else 0
        _collect_words(node.words[: len(node.words) - shared], nodes)
    for redirect in node.redirects:
        nodes.append(redirect)
        if redirect.target is not None:
            _collect_words((redirect.target,), nodes)
    if isinstance(node, Command) and node.wrapped is not None:
        if isinstance(node.wrapped, Command):
            _collect_command(node.wrapped, nodes)
        else:
            _collect(node.wrapped, nodes)


def _collect_words(words: tuple[Word, ...], nodes: list[Node]) -> None:
    for word in words:
        nodes.append(word)
        for script in word.scripts:
            _collect(script, nodes)


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


def parse(data: bytes, shell: str = "sh", offsets: Sequence[int] | None = None) -> Script:
    """Return the tree of the command line *data* as *shell* reads it; never fails."""
    return parse_text(whole(data) if offsets is None else Text(data, offsets), shell, "")


def parse_text(text: Text, shell: str, nest: str) -> Script:
    """Return the tree of *text*, which stands within the quotes *nest*."""
    from cronwrap.lint.shell_plain import plain

    script = plain(text, shell, nest)
    if script is not None:
        return script
    from cronwrap.lint.shell_build import Builder

    try:
        script = Builder(text, shell, nest).script()
        script.nodes()  # so that it can be walked, too
    except RecursionError:  # a thousand brackets: nothing that a person wrote
        at = (text.offsets[0], text.offsets[-1], nest)
        script = Script(at, shell)
        script.errors = (Node(at),)
    return script
