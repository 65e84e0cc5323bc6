r"""What the users themselves want to be taken out: ``--redact 'customer=KD-\d+'``.

Where such an expression cannot be used, all of the text is taken out: what it was to keep back
would leave the machine.  Imported only where there is one.
"""

import re
import warnings
from collections.abc import Iterable

from cronwrap import cpu_time
from cronwrap.redact.rule import mark

CREDIT_S = 1.0
BYTES_PER_S = 2_000_000  # the usual expression takes 100 MB in a second


class Pattern:
    """A regular expression, for lines, whose first group or else the whole is taken out.

    Attributes:
        problem: why it cannot be used, or "".
    """

    __slots__ = ("_expression", "_name", "_unusable", "problem")

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._unusable = ""
        self._expression: re.Pattern[str] | None = None
        self.problem = ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of expressions that may mean something else soon
                self._expression = re.compile(text, re.MULTILINE)
        except (re.error, RecursionError, OverflowError, MemoryError) as error:
            self._unusable = "is no regular expression"
            self.problem = f"{name}='{text}' {self._unusable}: {error}"

    def cut(self, text: str) -> str:
        """Return *text* with a mark in each place of a match; only that mark where it is unknown."""
        found: list[tuple[int, int]] = []
        if self._expression is not None and not self._unusable:
            matches = self._expression.finditer(text)
            group = min(self._expression.groups, 1)
            try:
                cpu_time.within(
                    CREDIT_S + len(text) / BYTES_PER_S,
                    lambda: found.extend(match.span(group) for match in matches),
                )
            except cpu_time.TooSlowError:
                self._unusable = "takes too long"
        if self._unusable:
            return _mark(f"all, for {self._name} {self._unusable}")
        parts, position = [], 0
        for start, end in found:
            if start < end:
                parts += [text[position:start], _mark(self._name)]
                position = end
        return "".join([*parts, text[position:]])


def _mark(name: str) -> str:
    return mark(name).decode()


def without(patterns: Iterable[Pattern], data: bytes) -> bytes:
    """Return *data* without what *patterns* match."""
    text = data.decode("utf-8", "surrogateescape")
    for pattern in patterns:
        text = pattern.cut(text)
    return text.encode("utf-8", "surrogateescape")


def problems(patterns: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is wrong with *patterns*, each a name and an expression."""
    found = (Pattern(name, expression).problem for name, expression in patterns)
    return [f"{problem}; no output is kept or reported" for problem in found if problem]
