"""A word of a shell command: what quoting and expansions leave of it, byte by byte."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cronwrap.lint.shell import Script, Text, Variable, Word

_SINGLE, _DOUBLE, _BACKSLASH = b"'\"\\"
_IN_DOUBLE = b'$`"\\\n'  # what a backslash escapes within double quotes
_PLAIN = re.compile(rb"[\w./:=,@%+^~-]+")  # means itself: most words do
# Up to what may mean something else without quotes, and within double ones.
_BARE_RUN = re.compile(rb"[^'\"\\$`<>*?[]+")
_QUOTED_RUN = re.compile(rb"[^\"\\$`]+")
# Of what stands behind the dollar sign and in braces: a # for its length, its name, its operator.
_VARIABLE = re.compile(r"(#(?=.))?(\w+|.?)(:[-=?+]|%%|##|//|.?)", re.DOTALL)


class Expansion(NamedTuple):
    """What the shell replaces in a word: ``$NAME``, ``$(...)``, ``$((1 + 2))``.

    Attributes:
        end: where in the text it ends.
        variables, scripts: what stands in it, and in what stands in it.
    """

    end: int
    variables: tuple[Variable, ...] = ()
    scripts: tuple[Script, ...] = ()


class _Reader:
    """Reads one word: what the program gets, and where each byte of that was written."""

    def __init__(self, text: Text, expansions: Mapping[int, Expansion]) -> None:
        self.text = text
        self.expansions = expansions
        self.data = bytearray()
        self.offsets: list[int] = []
        self.variables: list[Variable] = []
        self.scripts: list[Script] = []
        self.quotes = ""
        self.glob = False

    def read(self, place: int, end: int) -> None:
        """Go through the word once."""
        text = self.text.data
        quoted = False
        while place < end:
            run = (_QUOTED_RUN if quoted else _BARE_RUN).match(text, place, end)
            if run is not None:
                place = self._take(place, run.end())
            elif place in self.expansions:
                place = self._expansion(place, quoted=quoted)
            elif text[place] == _DOUBLE:
                quoted = not quoted
                self.quotes += '"'
                place += 1
            elif text[place] == _SINGLE:
                place = self._single(place + 1, end)
            elif text[place] == _BACKSLASH:
                place = self._escaped(place, end, quoted=quoted)
            else:
                self.glob |= text[place] in b"*?["
                place = self._take(place, place + 1)

    def _single(self, start: int, end: int) -> int:
        close = self.text.data.find(b"'", start, end)
        self.quotes += "''"
        return self._take(start, end if close < 0 else close) + 1

    def _escaped(self, place: int, end: int, *, quoted: bool) -> int:
        behind = self.text.data[place + 1 : min(place + 2, end)]
        if not behind or (quoted and behind not in _IN_DOUBLE):
            return self._take(place, place + 1)
        self.quotes += "" if quoted else "\\"
        return place + 2 if behind == b"\n" else self._take(place + 1, place + 2)

    def _take(self, start: int, end: int) -> int:
        self.data += self.text.data[start:end]
        self.offsets += self.text.offsets[start:end]
        return end

    def _expansion(self, start: int, *, quoted: bool) -> int:
        end, variables, scripts = self.expansions[start]
        for variable in variables:
            variable.quoted = quoted
        self.variables += variables
        self.scripts += scripts
        return self._take(start, end)


def read_variable(text: Text, nest: str, span: tuple[int, int]) -> Variable:
    """Return the variable that *span* of *text* expands: ``$NAME``, ``${NAME:-x}``, ``$?``."""
    start, end = span
    written = text.data[start:end].decode(errors="surrogateescape")
    body = written[2:-1] if written.startswith("${") else written[1:]
    at = (text.offsets[start], text.offsets[end], nest)
    length, name, operator = _VARIABLE.findall(body)[0]
    return Variable(at, name, length or operator)


def read_word(
    text: Text,
    nest: str,
    span: tuple[int, int],
    expansions: Mapping[int, Expansion],
) -> Word:
    """Return the word in *span* of *text*; *expansions* are those in it, by where they begin."""
    (data, offsets), (start, end) = text, span
    at = (offsets[start], offsets[end], nest)
    word = Word(at, data[start:end].decode(errors="surrogateescape"), offsets, start)
    if _PLAIN.fullmatch(data, start, end):
        return word
    reader = _Reader(text, expansions)
    reader.read(start, end)
    reader.offsets.append(reader.offsets[-1] + 1 if reader.offsets else word.end)
    word.set_literal(reader.data.decode(errors="surrogateescape"), reader.offsets)
    word.value = None if expansions else word.literal
    word.variables = tuple(reader.variables)
    word.scripts = tuple(reader.scripts)
    word.glob, word.quotes = reader.glob, reader.quotes
    return word
