r"""Regular expressions on live output, line by line: ``--fail-if`` and its like.

Each stream is put together to lines by itself, however it was written and read. A line is looked
at without its end, so that ``^`` and ``$`` mean its ends; what is no UTF-8 is matched by the same
bytes in the expression (PEP 383). A line that is longer than a window is looked at window by
window as it comes, each overlapping the one before, so that memory is bounded.

Some expressions take longer than the universe on some lines. Each has a credit of CPU time, which
output fills up again; a timer's signal ends a search that overdraws it, for re(3) looks for
signals, and the expression is given up. So matching holds up the copy for CREDIT_S of CPU time at
the most, and for a second more where re is in one of its loops that look for no signal: these are
quadratic, and a window keeps them short.

Imported after the job has started, and only where there is such an expression.
"""

import re
import warnings

from cronwrap import cpu_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WINDOW_BYTES = 16 * 1024
OVERLAP_BYTES = 4 * 1024
CREDIT_S = 1.0
REFILL_BYTES_PER_S = 2_000_000  # the usual expression takes 100 MB in a second
SHOWN_CHARACTERS, NAME_CHARACTERS = 200, 80
BEFORE_CHARACTERS = 40  # of the line, shown before what matched
CUT = "\0"  # stands for the rest of a line, so that $ does not match where a window ends
SPECIAL = set("\\.^$*+?{}[]()")


class Pattern:
    """One expression, and what came of it.

    Attributes:
        option: which gave it, such as "fail-if".
        text: as it was given.
        origin: where it was given, for people; "" where that is not known.
        line: the first that matched, cut around the match, or None.
        problem: why it cannot be judged, or "".
    """

    def __init__(self, option: str, text: str, origin: str = "") -> None:
        self.option = option
        self.text = text
        self.origin = origin
        self.line: str | None = None
        self.problem = ""
        self._words = text.split("|") if text and not SPECIAL & set(text) else []
        self._credit_s = CREDIT_S
        self._expression: re.Pattern[str] | None = None
        self._within_credit(self._compile)

    def __str__(self) -> str:
        shown = (
            self.text if len(self.text) <= NAME_CHARACTERS else f"{self.text[:NAME_CHARACTERS]}..."
        )
        return f"{self.option} {quoted(shown)}"

    @property
    def _where(self) -> str:
        return f"{self.origin}: " if self.origin else ""

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing more to look for."""
        return self.line is not None or bool(self.problem)

    def look_at(self, lines: "Iterable[str]", size: int, *, begun: bool = False) -> None:
        """Look for a match in *lines* of *size* characters.

        Args:
            lines: without their ends.
            size: of all of them.
            begun: the first character of each only shows what stands before the second.
        """
        if self.is_settled:
            return
        self._credit_s = min(CREDIT_S, self._credit_s + size / REFILL_BYTES_PER_S)
        self._within_credit(lambda: self._look(lines, 1 if begun else 0))

    def _look(self, lines: "Iterable[str]", start: int) -> None:
        assert self._expression is not None  # noqa: S101 - else there was a problem
        search = self._expression.search
        line = next(filter((lambda one: search(one, 1)) if start else search, lines), None)
        match = search(line, start) if line is not None else None
        if line is not None and match is not None:
            first = max(0, match.start() - BEFORE_CHARACTERS)
            self.line = _shown(line[first : first + SHOWN_CHARACTERS])

    def may_match(self, text: str) -> bool:
        """Tell whether *text* has what a match cannot be without; much faster than a search."""
        return not self._words or any(word in text for word in self._words)

    def _compile(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of expressions that may mean something else soon
                self._expression = re.compile(self.text)
        except (re.error, RecursionError, OverflowError, MemoryError) as error:
            self.problem = f"{self._where}{self} is no regular expression: {error}"

    def _within_credit(self, work: "Callable[[], None]") -> None:
        """Do *work*, or give the expression up when that takes more than its credit."""
        try:
            self._credit_s = cpu_time.within(self._credit_s, work)
        except cpu_time.TooSlowError:
            self._credit_s = 0.0
            too_slow = "was given up: it takes too long on what the job writes"
            self.problem = f"{self._where}{self} {too_slow}"


class Lines:
    """One stream, put together to lines for *patterns*.

    Attributes:
        is_needed: some expression has still something to look for.
    """

    def __init__(self, patterns: "list[Pattern]") -> None:
        self._patterns = patterns
        self._rest = b""
        self._begun = False  # the rest is not the beginning of its line

    @property
    def is_needed(self) -> bool:
        """Whether some expression has still something to look for."""
        return any(not pattern.is_settled for pattern in self._patterns)

    def add(self, data: "memoryview | bytes") -> None:
        """Look at *data*, which the stream had next."""
        head, newline, rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._whole_lines(_text(head))
        if len(rest) > WINDOW_BYTES:
            self._windows(_text(rest), ended=False)
            rest = rest[-OVERLAP_BYTES:]
        self._rest = rest

    def end(self) -> None:
        """Look at what is left: a last line without an end."""
        if self._rest:
            self._whole_lines(_text(self._rest))
            self._rest = b""

    def _whole_lines(self, text: str) -> None:
        """Look at *text*, whole lines without the end of the last."""
        if self._begun:
            line, more, text = text.partition("\n")
            self._windows(line.removesuffix("\r"), ended=True)
            if not more:
                return
        asked = [one for one in self._patterns if not one.is_settled and one.may_match(text)]
        if not asked:
            return
        lines = text.replace("\r\n", "\n").removesuffix("\r").split("\n")
        if _may_have_long(text):
            for line in lines:
                if len(line) > WINDOW_BYTES:
                    self._windows(line, ended=True)
            lines = [line for line in lines if len(line) <= WINDOW_BYTES]
        for pattern in asked:
            pattern.look_at(lines, len(text))

    def _windows(self, line: str, *, ended: bool) -> None:
        """Look at a *line* that is long or has begun earlier; remember whether it goes on."""
        for window, begun in windows(line, begun=self._begun, ended=ended):
            for pattern in self._patterns:
                pattern.look_at([window], len(window), begun=begun)
        self._begun = not ended


def _may_have_long(text: str) -> bool:
    """Tell whether a line of *text* may be longer than a window: half a one has no line end."""
    half = WINDOW_BYTES // 2
    return any(text.find("\n", at, at + half) < 0 for at in range(0, len(text) - half, half))


def windows(line: str, *, begun: bool, ended: bool) -> "Iterator[tuple[str, bool]]":
    """Yield overlapping windows of *line*, and whether each begins within the line.

    Args:
        line: or what is known of it.
        begun: it begins within the line.
        ended: it goes to the line's end.
    """
    for at in range(0, max(len(line) - OVERLAP_BYTES, 1), WINDOW_BYTES - OVERLAP_BYTES):
        last = at + WINDOW_BYTES >= len(line)
        window = line[at : at + WINDOW_BYTES]
        yield window if last and ended else window + CUT, begun or at > 0


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def quoted(text: str) -> str:
    r"""Return *text* in quotes as it stands, for two backslashes are another expression.

    >>> print(quoted("a\\d"), quoted("a\x1b"))
    'a\d' 'a\x1b'
    """
    return f"'{text}'" if text.isprintable() else repr(text)


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text.replace("\t", " "))
