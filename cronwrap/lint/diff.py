"""A unified diff of a crontab and what fixes make of it.

difflib finds the smallest, and takes the square of what has changed: minutes for ten thousand
lines. Where so many have changed and none came or went, each is compared with the one in its place.
"""

import difflib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

_MOST_LINES = 2000
_CONTEXT_LINES = 3

# As SequenceMatcher.get_opcodes has them.
_Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


class _InPlace(difflib.SequenceMatcher[str]):
    """Compares each line with the one in its place."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self.old, self.new = old, new

    def get_opcodes(self) -> list[_Step]:
        """Return runs of lines that are the same, and of lines that are not."""
        steps: list[_Step] = []
        places = range(len(self.old))
        for same, run in groupby(places, key=lambda place: self.old[place] == self.new[place]):
            first, *rest = run
            end = rest[-1] + 1 if rest else first + 1
            steps.append(("equal" if same else "replace", first, end, first, end))
        return steps


def unified(
    old: Sequence[str], new: Sequence[str], path: str, most_lines: int = _MOST_LINES
) -> Iterator[str]:
    """Yield the lines of the diff of *old* and *new*; nothing if they are the same."""
    differing = sum(1 for one, other in zip(old, new, strict=False) if one != other)
    if len(old) != len(new) or differing <= most_lines:
        yield from difflib.unified_diff(old, new, path, path)
        return
    yield f"--- {path}\n"
    yield f"+++ {path}\n"
    for steps in _InPlace(old, new).get_grouped_opcodes(_CONTEXT_LINES):
        yield from _hunk(old, new, steps)


def _hunk(
    old: Sequence[str], new: Sequence[str], steps: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[str]:
    start, end = steps[0][1], steps[-1][2]
    size = f",{end - start}" if end - start > 1 else ""
    yield f"@@ -{start + 1}{size} +{start + 1}{size} @@\n"
    for tag, first, last, _, _ in steps:
        if tag == "equal":
            yield from (f" {line}" for line in old[first:last])
        else:
            yield from (f"-{line}" for line in old[first:last])
            yield from (f"+{line}" for line in new[first:last])
