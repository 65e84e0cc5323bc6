"""Fixes: edits of bytes, and nothing else changed.

Fixes of which one would change what another is about wait for the next round: each round reads
the result as a crontab of its own, until nothing is left to do.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cronwrap.lint.crontab import Crontab, Edit
from cronwrap.lint.linter import Finding

MOST_ROUNDS = 20  # each takes at least one fix; a file with more on one line is odd


class Fixed(NamedTuple):
    """What a file becomes.

    Attributes:
        data: its bytes.
        done: what was fixed.
    """

    data: bytes
    done: tuple[Finding, ...]


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    r"""Return *data* with *edits*, which do not overlap.

    >>> apply(b"a;b\n", [Edit(1, 2, b" && "), Edit(4, 4, b"#\n")])
    b'a && b\n#\n'
    """
    parts: list[bytes] = []
    place = 0
    for edit in sorted(edits):
        parts += (data[place : edit.start], edit.new)
        place = edit.end
    return b"".join((*parts, data[place:]))


def compatible(findings: Sequence[Finding], *, unsafe: bool) -> list[Finding]:
    """Return the findings that have a fix, first come first served where edits touch."""
    chosen = []
    taken = bytearray()  # a 1 for each byte that an edit is about, and for the one behind it
    for finding in findings:
        fix = finding.found.fix
        if fix is None or not (fix.safe or unsafe):
            continue
        taken = taken or bytearray(len(finding.found.file.data) + 1)
        spans = [(edit.start, edit.end + 1) for edit in fix.edits]
        if all(taken.find(1, start, end) < 0 for start, end in spans):
            for start, end in spans:
                taken[start:end] = b"\1" * (end - start)
            chosen.append(finding)
    return chosen


def fix(
    file: Crontab, findings_of: Callable[[Crontab], Sequence[Finding]], *, unsafe: bool = False
) -> Fixed:
    """Fix *file* until *findings_of* it has no more that can be fixed."""
    done: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        chosen = compatible(findings_of(file), unsafe=unsafe)
        edits = [
            edit for one in chosen if one.found.fix is not None for edit in one.found.fix.edits
        ]
        data = apply(file.data, edits)
        if data == file.data:
            break
        done += chosen
        file = file.with_data(data)
    return Fixed(file.data, tuple(done))
