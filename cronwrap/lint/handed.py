"""What the daemon hands to the shell of a command, and what it keeps for standard input."""

import re
from functools import lru_cache
from typing import NamedTuple

from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.shell import Script
from cronwrap.lint.shell_parse import parse

_ESCAPE = re.compile(rb"\\.|%", re.DOTALL)


class Handed(NamedTuple):
    """What the shell gets.

    Attributes:
        script: its tree.
        cut: where in the raw command the first bare ``%`` stands, which ends it; -1 for none.
    """

    script: Script
    cut: int


@lru_cache(maxsize=2048)
def handed(raw: bytes, dialect: str, shell_name: str) -> Handed:
    """Return what the daemon *dialect* makes of the command *raw* for the shell *shell_name*."""
    rules = DIALECTS[dialect]
    if rules.hash_cuts and b"#" in raw:
        raw = raw[: raw.index(b"#")]
    if not rules.percent or b"%" not in raw:
        return Handed(parse(raw, shell_name), -1)
    kept, offsets, cut = unescaped(raw, pairs=rules.double_backslash)
    return Handed(parse(kept, shell_name, offsets), cut)


def unescaped(raw: bytes, *, pairs: bool) -> tuple[bytes, list[int], int]:
    r"""Return *raw* up to its first bare ``%``, with ``\%`` as ``%``; offsets; where it was cut.

    A backslash escapes whatever is next, so that in ``\\%`` the percent sign is bare. Of *pairs*
    of backslashes, Debian's cron leaves one.

    >>> unescaped(rb"a\%b%c", pairs=True)
    (b'a%b', [0, 1, 3, 4], 4)
    """
    kept, place, cut = bytearray(), 0, -1
    offsets: list[int] = []
    for match in _ESCAPE.finditer(raw):
        start, end = match.span()
        if match[0] == b"%":
            cut = start
            break
        dropped = match[0] == rb"\%" or (pairs and match[0] == rb"\\")
        kept += raw[place:start] + raw[start + dropped : end]
        offsets += [*range(place, start + 1), *([] if dropped else [start + 1])]
        place = end
    end = len(raw) if cut < 0 else cut
    kept += raw[place:end]
    return bytes(kept), [*offsets, *range(place, end + 1)], cut
