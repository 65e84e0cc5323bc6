"""Reads a command of plain words by itself: most lines of a crontab need no parser of bash.

Words, quotes that hold nothing to expand, redirections behind the words, and ``&&``, ``||``, ``|``,
``;``, ``&`` between commands; where anything else stands, shell_build reads it all. Both make the
same tree, which tests/lint/test_shell_plain.py holds; this one takes a third of the time, and is
right where that parser is not: it takes ``a && b > f | c`` for one pipeline.
"""

import re

from cronwrap.lint import unwrap
from cronwrap.lint.shell import (
    AndOr,
    At,
    Command,
    Operator,
    Pipeline,
    Redirect,
    Script,
    Text,
    Word,
)
from cronwrap.lint.shell_word import read_word

# ASCII alone, in quotes too: a byte is a character.
_WORD = rb"""(?:[\w./:,@%+^~=-]+|'[ -&(-~\t]*'|"[ !#%-[\]-_a-~\t]*")+"""
_TOKEN = re.compile(
    rb"[ \t]+(?P<fd>\d*)(?P<redirect>>>|>&|<&|>\||[<>])[ \t]*(?P<target>(?!-)" + _WORD + rb")"
    rb"|[ \t]*(?P<word>" + _WORD + rb"|(?<![^ \t])[\[\]](?![^ \t;&|]))"
    rb"|[ \t]*(?P<mark>&&|\|\||[;|]|&(?!>))"
)
_NAME = re.compile(r"[A-Za-z./~_][\w./~+-]*")
_TEST = re.compile(r"\[ -[a-zA-Z] [^\]]+ \]")
# What begins a command that is not simple, or that bash reads in a way of its own.
_RESERVED = frozenset({
    "case", "coproc", "declare", "do", "done", "elif", "else", "esac", "export", "fi", "for",
    "function", "if", "in", "let", "local", "readonly", "select", "then", "time", "typeset",
    "unset", "unsetenv", "until", "while",
})  # fmt: skip
_ODD = frozenset({"[", "]", "==", "=~"})  # an expression, for tree-sitter


class _NotPlainError(Exception):
    """Something that only bash's parser can read."""


def plain(text: Text, shell: str, nest: str) -> Script | None:
    """Return the tree of *text*, as ``shell_build`` would; None if it is not plain."""
    tokens, place = [], 0
    while (token := _TOKEN.match(text.data, place)) is not None:
        tokens.append(token)
        place = token.end()
    if not tokens or place < len(text.data.rstrip(b" \t")):
        return None
    reader = _Reader(text, shell, nest)
    try:
        reader.read(tokens)
    except _NotPlainError:
        return None
    script = Script((text.offsets[0], text.offsets[-1], nest), shell)
    script.items = tuple(reader.items)
    return script


class _Reader:
    """Reads a command line from left to right; the lists are what is not at its end yet."""

    def __init__(self, text: Text, shell: str, nest: str) -> None:
        self.text = text
        self.shell = shell
        self.nest = nest
        self.items: list[AndOr] = []
        self.pipelines: list[Pipeline] = []
        self.operators: list[Operator] = []
        self.commands: list[Command] = []
        self.words: list[Word] = []
        self.redirects: list[Redirect] = []

    def read(self, tokens: "list[re.Match[bytes]]") -> None:
        """Go through the line once.

        Raises:
            _NotPlainError: it is not plain.
        """
        for token in tokens:
            kind = token.lastgroup
            if kind == "word":
                if self.redirects:
                    raise _NotPlainError
                self.words.append(read_word(self.text, self.nest, token.span(kind)))
            elif kind == "target":
                self._redirect(token)
            else:
                self._mark(*token.span("mark"))
        if tokens[-1].lastgroup != "mark" or tokens[-1]["mark"] not in (b";", b"&"):
            self._end_item(None)

    def _at(self, start: int, end: int) -> At:
        return self.text.offsets[start], self.text.offsets[end], self.nest

    def _redirect(self, token: re.Match[bytes]) -> None:
        operator = token["redirect"].decode()
        fd = int(token["fd"]) if token["fd"] else 0 if operator[0] == "<" else 1
        target = read_word(self.text, self.nest, token.span("target"))
        at = self._at(token.start("fd"), token.end("target"))
        self.redirects.append(Redirect(at, operator, fd, target))

    def _mark(self, start: int, end: int) -> None:
        mark = Operator(self._at(start, end), self.text.data[start:end].decode())
        if mark.text == "|":
            self._end_command()
        elif mark.text in ("&&", "||"):
            self._end_pipeline()
            self.operators.append(mark)
        else:
            self._end_item(mark)

    def _end_item(self, mark: Operator | None) -> None:
        self._end_pipeline()
        self.items.append(AndOr(self.nest, tuple(self.pipelines), tuple(self.operators), mark))
        self.pipelines, self.operators = [], []

    def _end_pipeline(self) -> None:
        self._end_command()
        first, last = self.commands[0], self.commands[-1]
        at = (first.start, last.end, self.nest)
        bars = (False,) * (len(self.commands) - 1)
        self.pipelines.append(Pipeline(at, tuple(self.commands), stderr=bars))
        self.commands = []

    def _end_command(self) -> None:
        words = self.words
        if not words or not _is_simple(words):
            raise _NotPlainError
        end = self.redirects[-1].end if self.redirects else words[-1].end
        at = (words[0].start, end, self.nest)
        command = Command(at, tuple(words), (), tuple(self.redirects))
        unwrap.unwrap(command, self.shell)
        self.commands.append(command)
        self.words, self.redirects = [], []


def _is_simple(words: list[Word]) -> bool:
    texts = [word.text for word in words]
    if texts[0] == "[":
        return _TEST.fullmatch(" ".join(texts)) is not None
    return (
        texts[0] not in _RESERVED
        and _NAME.fullmatch(texts[0]) is not None
        and _ODD.isdisjoint(texts)
    )
