"""A unified diff of a crontab and what fixes make of it, secrets starred out.

difflib looks for each change through all rows: a minute for a hundred changes in a hundred thousand
rows. So it is asked only about what is between rows that stand once in both (a patience diff);
where that is long, each row is compared with the one in its place.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import count, takewhile
from operator import eq

from cronwrap.lint import mask
from cronwrap.lint.crontab import Crontab

_SHORT_ROWS = 200
_CONTEXT_ROWS = 3

_Rows = Sequence[bytes]
_Pairs = Iterator[tuple[int, int]]  # where rows that are the same stand in both


def unified(before: Crontab, after: Crontab, short_rows: int = _SHORT_ROWS) -> Iterator[str]:
    """Yield the lines of the diff; none if both are the same."""
    old, new = _rows(before.data), _rows(after.data)
    path = mask.printable(before.path)
    hunks = _Matcher(old, new, short_rows).get_grouped_opcodes(_CONTEXT_ROWS)
    for number, hunk in enumerate(hunks):
        if number == 0:
            yield from (f"--- {path}\n", f"+++ {path}\n")
        first, last = hunk[0], hunk[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for tag, start, end, new_start, new_end in hunk:
            mark = " " if tag == "equal" else "-"
            yield from (mark + _shown(before, place, old[place]) for place in range(start, end))
            if tag != "equal":
                gone = [before.lines[place] for place in range(start, end)]
                for place in range(new_start, new_end):
                    # A repaired line may not look as if there were a secret in it any more.
                    row = _shown(after, place, new[place])
                    yield "+" + reduce(mask.starred, gone, row)


def _rows(data: bytes) -> list[bytes]:
    r"""Return what stands between newlines, each with its own.

    >>> _rows(b"a\r\n\nb")
    [b'a\r\n', b'\n', b'b']
    """
    *rows, last = data.split(b"\n")
    return [*(row + b"\n" for row in rows), *([last] if last else [])]


def _range(start: int, end: int) -> str:
    """Return what a diff calls the rows from *start* to before *end*."""
    size = end - start
    return f"{end}" if size == 1 else f"{start + bool(size)},{size}"


def _shown(file: Crontab, place: int, row: bytes) -> str:
    """Return what is shown of the *row* at *place*: a line, or a part of one that goes on."""
    line = file.lines[place]
    while line.kind == "continued":
        line = file.lines[line.number - 2]
    texts = mask.line(line).split("\n")
    text = texts[min(place + 1 - line.number, len(texts) - 1)].rstrip("\r")
    end = row[len(row.rstrip(b"\r\n")) :].decode()
    return f"{text}{end}" if end.endswith("\n") else f"{text}{end}\n\\ No newline at end of file\n"


class _Matcher(difflib.SequenceMatcher[bytes]):
    """Finds the rows that are the same."""

    def __init__(self, old: _Rows, new: _Rows, short_rows: int) -> None:
        super().__init__(None, [], [])
        self.a, self.b = old, new
        self.short_rows = short_rows

    def get_matching_blocks(self) -> list[difflib.Match]:
        """Return where there are runs of such rows, and an empty one at the end."""
        blocks: list[difflib.Match] = []
        for pair in self._pairs():
            last = blocks[-1] if blocks else difflib.Match(-1, -1, 0)
            if pair == (last.a + last.size, last.b + last.size):
                blocks[-1] = last._replace(size=last.size + 1)
            else:
                blocks.append(difflib.Match(*pair, 1))
        return [*blocks, difflib.Match(len(self.a), len(self.b), 0)]

    def _pairs(self) -> _Pairs:
        old, new = self.a, self.b
        is_short = max(len(old), len(new)) <= self.short_rows
        start = new_start = 0
        for place, new_place in (*(() if is_short else _anchors(old, new)), (len(old), len(new))):
            for one, other in self._between(old[start:place], new[new_start:new_place]):
                yield start + one, new_start + other
            if place < len(old):
                yield place, new_place
            start, new_start = place + 1, new_place + 1

    def _between(self, old: _Rows, new: _Rows) -> _Pairs:
        if not old or not new:
            return
        if max(len(old), len(new)) <= self.short_rows:
            matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
            for place, new_place, size in matcher.get_matching_blocks():
                yield from zip(range(place, place + size), count(new_place))
            return
        # Those that both begin with stand in the same place; what both end with, too, from behind.
        head = len(old) if len(old) == len(new) else sum(takewhile(bool, map(eq, old, new)))
        tail = sum(takewhile(bool, map(eq, reversed(old[head:]), reversed(new[head:]))))
        yield from ((place, place) for place in range(head) if old[place] == new[place])
        yield from zip(range(len(old) - tail, len(old)), count(len(new) - tail))


def _anchors(old: _Rows, new: _Rows) -> list[tuple[int, int]]:
    """Return where rows that stand once in both do: of those that changed places, some are out."""
    new_places = _once(new)
    pairs = [(place, new_places[row]) for row, place in _once(old).items() if row in new_places]
    # The longest chain that goes down in both, by patience sorting: of the chains of each length
    # the one that ends first, and of each pair the one before it.
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, new_place) in enumerate(pairs):
        length = bisect_left(ends, new_place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [new_place]
        last[length : length + 1] = [number]
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _once(rows: _Rows) -> dict[bytes, int]:
    """Return where each row stands that stands there once."""
    counts = Counter(rows)
    return {row: place for place, row in enumerate(rows) if counts[row] == 1}
