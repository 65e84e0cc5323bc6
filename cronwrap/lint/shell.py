r"""A command line of a crontab as a small tree: what runs, joined by what, into where.

tree-sitter-bash parses; rules see only the classes below. Positions are byte offsets in the raw
command as it stands in the crontab (before ``\%`` loses its backslash), also within ``sh -c '...'``
and command substitutions. A tree belongs to a command's text and not to a line, so that equal
commands are parsed once; ``Line.found`` adds where the line stands.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

POSIX = frozenset({"sh", "dash", "ash", "posh"})


class At(NamedTuple):
    """Where a node stands; see Node."""

    start: int
    end: int
    nest: str = ""


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

    def __init__(self, at: At, name: str, operator: str, *, quoted: bool) -> None:
        super().__init__(at)
        self.name = name
        self.operator = operator
        self.quoted = quoted


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

    text: str
    value: str | None
    literal: str
    offsets: Sequence[int]
    variables: tuple[Variable, ...]
    scripts: "tuple[Script, ...]"
    glob: bool
    quotes: str


class Redirect(Node):
    """``2>&1``: operator ">&", fd 2, target "1". ``> f``: operator ">", fd 1."""

    __slots__ = ("fd", "operator", "target")

    def __init__(self, at: At, operator: str, fd: int, target: Word | None) -> None:
        super().__init__(at)
        self.operator = operator
        self.fd = fd
        self.target = target


class Assign(Node):
    """``NAME=value`` before a command or on its own."""

    __slots__ = ("name", "value")

    def __init__(self, at: At, name: str, value: Word | None) -> None:
        super().__init__(at)
        self.name = name
        self.value = value


class Command(Node):
    """A simple command; also ``[ ... ]`` and ``[[ ... ]]``, whose first word is the bracket.

    Attributes:
        words: its name and arguments; none if there are only assignments or redirections.
        assigns: the assignments before it.
        redirects: in their order.
        wrapped: what it runs, if it is a prefix (``nice x``: a Command; ``sh -c 'x'``: a Script).
        wrapper: the prefix that runs it.
    """

    __slots__ = ("assigns", "redirects", "words", "wrapped", "wrapper")

    def __init__(
        self,
        at: At,
        words: tuple[Word, ...],
        assigns: tuple[Assign, ...] = (),
        redirects: tuple[Redirect, ...] = (),
    ) -> None:
        super().__init__(at)
        self.words = words
        self.assigns = assigns
        self.redirects = redirects
        self.wrapped: Command | Script | None = None
        self.wrapper: Command | None = None

    @property
    def name(self) -> str:
        """The program as it is written, a path or a word; "" if an expansion decides."""
        return (self.words[0].value or "") if self.words else ""

    @property
    def program(self) -> str:
        """The last part of ``name``: ``curl`` for /usr/bin/curl."""
        return self.name.rpartition("/")[2]

    @property
    def args(self) -> tuple[Word, ...]:
        """The words after the name."""
        return self.words[1:]

    @property
    def values(self) -> list[str]:
        """The arguments as text, expansions as they are written."""
        return [word.literal for word in self.words[1:]]

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
        super().__init__(at)
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
        super().__init__(at)
        self.commands = commands
        self.negated = negated
        self.stderr = stderr


class Operator(Node):
    """What stands between: ``&&``, ``||``, ``;``, ``&``."""

    __slots__ = ("text",)

    def __init__(self, at: At, text: str) -> None:
        super().__init__(at)
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
        super().__init__(At(pipelines[0].start, pipelines[-1].end, nest))
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
    """

    __slots__ = ("_kept", "comments", "errors", "items", "shell")

    def __init__(self, at: At, shell: str) -> None:
        super().__init__(at)
        self.shell = shell
        self._kept: dict[type[Node], tuple[Any, ...]] = {}
        self.items: tuple[AndOr, ...] = ()
        self.errors: tuple[Node, ...] = ()
        self.comments: tuple[Node, ...] = ()

    @property
    def is_posix(self) -> bool:
        """Whether the shell is one that knows no more than POSIX, as dash."""
        return self.shell in POSIX

    def nodes(self) -> "tuple[Node, ...]":
        """Return everything in it, outer before inner; also what prefixes wrap."""
        return self._of(Node)

    def scripts(self) -> "tuple[Script, ...]":
        """Return it and each script in it: groups, substitutions, ``sh -c``."""
        return self._of(Script)

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
        """Return the nodes of a kind; kept, as a hundred rules ask."""
        if not self._kept:
            self._kept[Node] = tuple(_nodes(self))
        if kind not in self._kept:
            found = self._kept[Node]
            self._kept[kind] = tuple(node for node in found if isinstance(node, kind))
        return self._kept[kind]


def _nodes(script: Script) -> Iterator[Node]:
    yield script
    for item in script.items:
        yield item
        for pipeline in item.pipelines:
            yield pipeline
            for command in pipeline.commands:
                yield from _within(command)


def _within(node: Command | Compound) -> Iterator[Node]:
    yield node
    if isinstance(node, Compound):
        yield from _words(node.words)
        for script in node.scripts:
            yield from _nodes(script)
    else:
        for assign in node.assigns:
            yield assign
            if assign.value is not None:
                yield from _words((assign.value,))
        # A prefix shares its last words with what it wraps.
        wrapped = node.wrapped if isinstance(node.wrapped, Command) else None
        yield from _words(
            word for word in node.words if wrapped is None or word not in wrapped.words
        )
    for redirect in node.redirects:
        yield redirect
        if redirect.target is not None:
            yield from _words((redirect.target,))
    if isinstance(node, Command) and node.wrapped is not None:
        yield from (
            _within(node.wrapped) if isinstance(node.wrapped, Command) else _nodes(node.wrapped)
        )


def _words(words: "Iterator[Word] | tuple[Word, ...]") -> Iterator[Node]:
    for word in words:
        yield word
        for script in word.scripts:
            yield from _nodes(script)


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
    if offsets is None:
        return _parse_whole(data, shell)
    return parse_text(Text(data, offsets), shell, "")


@lru_cache(maxsize=4096)
def _parse_whole(data: bytes, shell: str) -> Script:
    return parse_text(whole(data), shell, "")


def parse_text(text: Text, shell: str, nest: str) -> Script:
    """Return the tree of *text*, which stands within the quotes *nest*."""
    from cronwrap.lint.shell_build import Builder

    try:
        script = Builder(text, shell, nest).script()
        script.nodes()  # so that it can be walked, too
    except RecursionError:  # a thousand brackets: nothing that a person wrote
        at = At(text.offsets[0], text.offsets[-1], nest)
        script = Script(at, shell)
        script.errors = (Node(at),)
    return script
