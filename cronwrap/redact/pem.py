"""Private keys in a text, also when a cut took the beginning or the end of one."""

import re

from cronwrap.redact.rule import mark

_PEM = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 ]{0,40})PRIVATE KEY( BLOCK)?-----")
_LINE = re.compile(rb"[A-Za-z0-9+/=]{1,80}\s{0,2}\Z")
_MARK = mark("private key")


def without_keys(data: bytes) -> bytes:
    """Return *data* without private keys."""
    parts, position = [], 0
    begin: int | None = None
    for match in _PEM.finditer(data):
        if match[1] == b"BEGIN":
            begin = match.start() if begin is None else begin
            continue
        start = _first_key_line(data, position, match.start()) if begin is None else begin
        parts += [data[position:start], _MARK]
        position, begin = match.end(), None
    if begin is not None:
        parts += [data[position:begin], _MARK]
        position = len(data)
    return b"".join([*parts, data[position:]])


def _first_key_line(data: bytes, floor: int, end: int) -> int:
    """Return where the lines of base64 before *end* begin."""
    while end > floor:
        start = max(data.rfind(b"\n", floor, end - 1) + 1, floor)
        if not _LINE.match(data[start:end]):
            break
        end = start
    return end
