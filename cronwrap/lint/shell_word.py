"""A word of a shell command: what quoting and expansions leave of it, byte by byte."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cronwrap.lint.shell import Script, Text, Variable, Word

if TYPE_CHECKING:
    import tree_sitter

_SUBSTITUTIONS = {"command_substitution", "process_substitution"}
_EXPANSIONS = {"simple_expansion", "expansion", "arithmetic_expansion", *_SUBSTITUTIONS}
_SINGLE, _DOUBLE, _BACKSLASH, _NEWLINE = b"'\"\\\n"
_IN_DOUBLE = b'$`"\\\n'  # what a backslash escapes within double quotes


_PLAIN = re.compile(rb"[\w./:=,@%+^~-]+")  # means itself: most words do

_RUN = re.compile(rb"[\w./:=,@%+^~ -]+")  # means itself within quotes and without


class _Reader:
    """Reads one word: what the program gets, and where each byte of that was written."""

    def __init__(
        self,
        text: Text,
        nest: str,
        nodes: "Sequence[tree_sitter.Node]",
        substitution: "Callable[[tree_sitter.Node], list[Script]]",
    ) -> None:
        self.text = text
        self.nest = nest
        self.substitution = substitution
        self.expansions = {one.start_byte: one for node in nodes for one in _expansions(node)}
        self.data = bytearray()
        self.offsets: list[int] = []
        self.variables: list[Variable] = []
        self.scripts: list[Script] = []
        self.quotes = ""
        self.glob = False

    def read(self, start: int, end: int) -> None:
        """Go through the word once."""
        text = self.text.data
        quote = 0
        place = start
        while place < end:
            byte = text[place]
            if (run := _RUN.match(text, place, end)) is not None:
                place = self._take(place, run.end() - place)
            elif quote != _SINGLE and place in self.expansions:
                place = self._expansion(self.expansions[place], quoted=quote == _DOUBLE)
            elif quote == _SINGLE and byte != _SINGLE:
                place = self._take(place, 1)
            elif byte in b"'\"" and quote in (0, byte):
                quote = 0 if quote else byte
                self.quotes += chr(byte)
                place += 1
            elif (
                byte == _BACKSLASH
                and place + 1 < end
                and (not quote or text[place + 1] in _IN_DOUBLE)
            ):
                place = self._take(place + 1, 1) if text[place + 1] != _NEWLINE else place + 2
                self.quotes += "" if quote else "\\"
            else:
                self.glob |= not quote and byte in b"*?["
                place = self._take(place, 1)

    def _take(self, place: int, size: int) -> int:
        self.data += self.text.data[place : place + size]
        self.offsets += self.text.offsets[place : place + size]
        return place + size

    def _expansion(self, node: "tree_sitter.Node", *, quoted: bool) -> int:
        if node.type in _SUBSTITUTIONS:
            self.scripts += self.substitution(node)
        elif node.type != "arithmetic_expansion":
            self.variables.append(self._variable(node, quoted=quoted))
        for inner in _inner_expansions(node):
            if inner.type in _SUBSTITUTIONS:
                self.scripts += self.substitution(inner)
            elif inner.type != "arithmetic_expansion":
                self.variables.append(self._variable(inner, quoted=quoted))
        return self._take(node.start_byte, node.end_byte - node.start_byte)

    def _variable(self, node: "tree_sitter.Node", *, quoted: bool) -> Variable:
        source = self.text.data[node.start_byte : node.end_byte]
        text = source.decode(errors="surrogateescape")
        body = text[2:-1] if text.startswith("${") else text[1:]
        length = body.startswith("#") and len(body) > 1
        body = body[1:] if length else body
        size = (
            next(
                (at for at, one in enumerate(body) if not (one.isalnum() or one == "_")), len(body)
            )
            or 1
        )
        offsets = self.text.offsets
        return Variable(
            (offsets[node.start_byte], offsets[node.end_byte], self.nest),
            body[:size], "#" if length else _operator(body[size:]), quoted=quoted,
        )  # fmt: skip


def _operator(text: str) -> str:
    """Return the operator that *text*, the rest of an expansion, begins with.

    >>> [_operator(text) for text in (":-x", "%%.gz", "", "/a/b")]
    [':-', '%%', '', '/']
    """
    size = 2 if text[:2] in (":-", ":=", ":?", ":+", "%%", "##", "//") else 1
    return text[:size]


def _expansions(node: "tree_sitter.Node") -> "list[tree_sitter.Node]":
    """Return the outermost expansions in *node*."""
    if node.type in _EXPANSIONS:
        return [node]
    return [one for child in node.children for one in _expansions(child)]


def _inner_expansions(node: "tree_sitter.Node") -> "list[tree_sitter.Node]":
    """Return the expansions within ``${a:-$b}`` and ``$((a + $b))``."""
    if node.type in _SUBSTITUTIONS:
        return []
    found = [one for child in node.children for one in _expansions(child)]
    return [*found, *(one for each in found for one in _inner_expansions(each))]


def _nothing(node: "tree_sitter.Node") -> list[Script]:  # noqa: ARG001 - for a word without
    return []


def read_word(
    text: Text,
    nest: str,
    span: tuple[int, int],
    nodes: "Sequence[tree_sitter.Node]" = (),
    substitution: "Callable[[tree_sitter.Node], list[Script]]" = _nothing,
) -> Word:
    """Return the word in *span* of *text*.

    *nodes* are its parts, if there may be expansions in it; *substitution* reads one of these.
    """
    (data, offsets), (start, end) = text, span
    at = (offsets[start], offsets[end], nest)
    word = Word(at, data[start:end].decode(errors="surrogateescape"), offsets[start : end + 1])
    if _PLAIN.fullmatch(data, start, end):
        return word
    reader = _Reader(text, nest, nodes, substitution)
    reader.read(start, end)
    word.literal = reader.data.decode(errors="surrogateescape")
    word.value = None if reader.expansions else word.literal
    last = reader.offsets[-1] + 1 if reader.offsets else word.end
    word.offsets = [*reader.offsets, last]
    word.variables = tuple(reader.variables)
    word.scripts = tuple(reader.scripts)
    word.glob, word.quotes = reader.glob, reader.quotes
    return word
