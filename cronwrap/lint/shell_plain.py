r"""Reads the commands that crontabs have by itself: few need a parser of bash.

Words with their quotes and expansions, assignments, redirections, lists, ``( )``, ``{ }``, ``if``
and ``while``; where anything else stands, or what is no shell at all, shell_build reads it. Both
make the same tree, which tests/lint/test_shell_plain.py holds; this one takes a third of the time,
and is right where that parser is not: it takes ``a && b > f | c`` for one pipeline.
"""

import re

from cronwrap.lint import unwrap
from cronwrap.lint.shell import (
    POSIX,
    AndOr,
    Assign,
    Command,
    Compound,
    Node,
    Operator,
    Pipeline,
    Redirect,
    Script,
    Text,
    Word,
)
from cronwrap.lint.shell_word import Expansion, read_variable, read_word

# What may end the list of commands behind a keyword; behind an end that is none, a command ends.
_ENDS = {
    "(": (")",),
    "{": ("}",),
    "if": ("then",),
    "then": ("elif", "else", "fi"),
    "elif": ("then",),
    "else": ("fi",),
    "while": ("do",),
    "until": ("do",),
    "do": ("done",),
}
_COMPOUNDS = {"(": "subshell", "{": "group", "if": "if", "while": "while", "until": "until"}
# Words that mean something else where a command begins: the kind of token that they are there.
_KEYWORDS = {
    **dict.fromkeys(("{", "if", "while", "until"), "open"),
    **dict.fromkeys(("}", "then", "elif", "else", "fi", "do", "done"), "close"),
    "!": "not",
    **dict.fromkeys(("case", "coproc", "for", "function", "let", "select", "time", "[["), "odd"),
}
_DEEPEST = 5  # in each other: nobody writes more, and a recursion has an end

_BARE = r"\w./:,@%+^~=!{}\]\#\-"  # means itself, but for # at first
_BEHIND = r"(?= [ \t;&|)<>] | \Z )"


def _token(both: str) -> re.Pattern[str]:
    """Return what a token is; *both* sends both streams somewhere."""
    return re.compile(
        rf"""[ \t]* (?:
          (?P<redirect> \d* (?: >[>&|]? | <&? ) {both} ) (?! [ \t]* [<>&|(-] )
        | (?P<plain> (?!\#) [{_BARE}]+ ) {_BEHIND}
        | (?P<mark> && | \|\| | ; | \|(?!&) | & )
        | (?P<close> [)] | (?: \# .* )? \Z )
        | (?P<open> [(](?![(]) )
        | (?P<glob> [{_BARE}*?[]+ ) {_BEHIND}
        | (?P<word> (?= [{_BARE}*?['"$`\\] ) ) )""",
        re.VERBOSE,
    )


_TOKEN = _token("| &>>?")
_POSIX_TOKEN = _token("")  # where `a &> f` is `a & > f`
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
# What stands in a word up to an expansion, a double quote, or its end.
_UNQUOTED = re.compile(rf"(?: [{_BARE}*?[]+ | '[^']*' | \\. )*", re.VERBOSE)
_QUOTED = re.compile(r'(?: [^"$`\\]+ | \\. )*', re.VERBOSE)
_EXPANSION = re.compile(
    r"""
      (?P<script> \$[(](?![(]) )
    | (?P<variable> \$ (?: [A-Za-z_]\w* | \d (?!\w) | [?$\#!@*-]
        | [{] (?: \#\w+ | \w+ (?: (?: :?[-=?+] | %%? | \#\#? ) [\w./:,@%+^~=*-]* )? ) [}] ) )
    | (?P<sum> \$[(][(] [ ]* \w+ (?: [ ]* [-+*/%] [ ]* \w+ )* [ ]* [)][)] )
    | ` (?P<ticks> [^`\\"]+ ) `
    """,
    re.VERBOSE,
)


class _NotPlainError(Exception):
    """Something that only bash's parser can read."""


def plain(text: Text, shell: str, nest: str) -> Script | None:
    """Return the tree of *text*, as ``shell_build`` would; None if it is not plain."""
    try:
        return _Reader(text, shell, nest, 0).script()
    except _NotPlainError:
        return None


class _Reader:
    """Reads a command line from left to right, one token ahead.

    Each method begins at the token that is here, and goes on behind what it returns.

    Attributes:
        kind, piece: what is here; the piece of a "word" is not known before it is read.
        start, end: where it stands.
        behind: where that which was read before it ends.
    """

    def __init__(self, text: Text, shell: str, nest: str, depth: int) -> None:
        self.text = text
        self.data = text.data.decode("ascii", "replace")  # so that a byte is a character
        self.offsets = text.offsets
        self.shell = shell
        self.nest = nest
        self.depth = depth
        self.match = (_POSIX_TOKEN if shell in POSIX else _TOKEN).match
        self.kind = self.piece = ""
        self._first(0)

    def script(self) -> Script:
        """Return the tree of the whole text.

        Raises:
            _NotPlainError: it is not plain.
        """
        script = Script((self.offsets[0], self.offsets[-1], self.nest), self.shell)
        script.items = self._items()
        if self.piece.startswith("#"):
            at = (self.offsets[self.start], self.offsets[self.end], self.nest)
            script.comments = (Node(at),)
        elif self.piece:
            raise _NotPlainError
        return script

    def _first(self, place: int) -> None:
        """Go on to what stands at *place*, where a command begins."""
        self._next(place)
        self.kind = _KEYWORDS.get(self.piece, self.kind)

    def _next(self, place: int) -> None:
        token = self.match(self.data, place)
        if token is None:
            raise _NotPlainError
        self.behind = place
        self.kind = kind = token.lastgroup or ""
        self.start, self.end = token.span(kind)
        self.piece = token[kind]

    # Lists

    def _items(self) -> tuple[AndOr, ...]:
        """Return what stands here; what closes it is for the caller."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NotPlainError
        items = [self._item()]
        while self.kind != "close":
            items.append(self._item())
        self.depth -= 1
        return tuple(items)

    def _item(self) -> AndOr:
        pipelines, operators = [self._pipeline()], []
        while self.piece in ("&&", "||"):
            operators.append(self._operator())
            pipelines.append(self._pipeline())
        terminator = self._operator() if self.kind == "mark" else None
        return AndOr(self.nest, tuple(pipelines), tuple(operators), terminator)

    def _operator(self) -> Operator:
        operator = Operator(
            (self.offsets[self.start], self.offsets[self.end], self.nest), self.piece
        )
        self._first(self.end)
        return operator

    def _pipeline(self) -> Pipeline:
        start, negated = self.offsets[self.start], self.kind == "not"
        if negated:
            self._first(self.end)
        commands = [self._command()]
        while self.piece == "|":
            self._first(self.end)
            commands.append(self._command())
        at = (start, commands[-1].end, self.nest)
        bars = (False,) * (len(commands) - 1)
        return Pipeline(at, tuple(commands), negated=negated, stderr=bars)

    def _command(self) -> Command | Compound:
        return self._compound() if self.kind == "open" else self._simple()

    # Commands

    def _compound(self) -> Compound:
        start, keyword = self.offsets[self.start], self.piece
        compound = Compound((start, start, self.nest), _COMPOUNDS[keyword])
        scripts, redirects = [], []
        while keyword in _ENDS:
            self._first(self.end)
            scripts.append(self._list())
            if self.piece not in _ENDS[keyword]:
                raise _NotPlainError
            keyword = self.piece
        self._next(self.end)
        while self.kind == "redirect":
            redirects.append(self._redirect())
        if self.kind not in ("mark", "close"):
            raise _NotPlainError
        compound.end = self.offsets[self.behind]
        compound.scripts, compound.redirects = tuple(scripts), tuple(redirects)
        return compound

    def _list(self) -> Script:
        start, items = self.offsets[self.start], self._items()
        script = Script((start, self.offsets[self.behind], self.nest), self.shell)
        script.items = items
        return script

    def _simple(self) -> Command:
        start = self.offsets[self.start]
        words: list[Word] = []
        assigns: list[Assign] = []
        redirects: list[Redirect] = []
        while self.kind not in ("mark", "close"):
            if self.kind == "redirect":
                redirects.append(self._redirect())
            elif not words and (name := _ASSIGNED.match(self.data, self.start)) is not None:
                assigns.append(self._assign(name.end()))
            else:
                words.append(self._word(self.start))
        is_test = words and words[0].text == "["
        if not (words or assigns or redirects) or (is_test and words[-1].text != "]"):
            raise _NotPlainError
        at = (start, self.offsets[self.behind], self.nest)
        command = Command(at, tuple(words), tuple(assigns), tuple(redirects))
        unwrap.unwrap(command, self.shell)
        return command

    def _assign(self, value_at: int) -> Assign:
        start, name = self.start, self.data[self.start : value_at - 1]
        has_value = self.kind == "word" or self.end > value_at
        value = self._word(value_at) if has_value else None
        if value is None:
            self._next(value_at)
        at = (self.offsets[start], self.offsets[self.behind], self.nest)
        return Assign(at, name, value)

    def _redirect(self) -> Redirect:
        start, operator = self.offsets[self.start], self.piece.lstrip("0123456789")
        fd = self.piece[: -len(operator)] or ("0" if operator[0] == "<" else "1")
        self._next(self.end)
        target = self._word(self.start)
        return Redirect((start, target.end, self.nest), operator, int(fd), target)

    # Words

    def _word(self, start: int) -> Word:
        """Return the word that begins at *start*."""
        kind = self.kind
        if kind in ("plain", "glob"):
            end, offsets = self.end, self.offsets
            at = (offsets[start], offsets[end], self.nest)
            word = Word(at, self.data[start:end], offsets, start)
            word.glob = kind == "glob"
        elif kind == "word":
            expansions, end = self._expansions(start)
            word = read_word(self.text, self.nest, (start, end), expansions)
        else:
            raise _NotPlainError
        self._next(end)
        return word

    def _expansions(self, place: int) -> tuple[dict[int, Expansion], int]:
        """Return the expansions in the word that begins at *place*, and where it ends."""
        found: dict[int, Expansion] = {}
        quoted = False
        while True:
            run = (_QUOTED if quoted else _UNQUOTED).match(self.data, place)
            place = run.end() if run is not None else place
            mark = self.data[place : place + 1]
            if mark == '"':
                quoted = not quoted
                place += 1
            elif mark in ("$", "`"):
                found[place] = self._expansion(place)
                place = found[place].end
            elif not quoted and mark in " \t;&|)<>":
                return found, place
            else:
                raise _NotPlainError

    def _expansion(self, start: int) -> Expansion:
        found = _EXPANSION.match(self.data, start)
        if found is None:
            raise _NotPlainError
        kind, end = found.lastgroup, found.end()
        if kind == "sum":
            return Expansion(end)
        if kind == "variable":
            return Expansion(end, (read_variable(self.text, self.nest, (start, end)),))
        if kind == "ticks":
            start, end = found.span("ticks")
            inner = Text(self.text.data[start:end], self.offsets[start : end + 1])
            script = _Reader(inner, self.shell, f"{self.nest}`", self.depth).script()
            return Expansion(end + 1, (), (script,))
        self._first(end)
        items = self._items()
        if self.piece != ")":
            raise _NotPlainError
        script = Script((self.offsets[end], self.offsets[self.start], self.nest), self.shell)
        script.items = items
        return Expansion(self.end, (), (script,))
