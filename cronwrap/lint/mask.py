"""Secrets in what the linter shows: starred out, so that columns stay where they are."""

import re
from functools import cache, lru_cache

from cronwrap import redact
from cronwrap.lint.crontab import Line
from cronwrap.lint.rule import Rule, catalogue

# The rule that finds secrets; what it points at is masked even where it is not asked.
SECRETS = "CW602"
_TRIGGERS = tuple(sorted(one.decode() for one in redact.triggers()))
_ACTING = re.compile("[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@lru_cache(maxsize=256)
def line(line: Line) -> str:
    """Return the text of *line*, each character of a secret as a star."""
    if not _spans(line):
        return line.data.replace(b"\0", b"").decode(errors="replace")
    data = bytearray(line.data)
    for start, end in _spans(line):
        # Characters, not bytes: a mark below the line must stay below what it marks.
        shown = bytes(data[start:end]).decode(errors="replace")
        data[start:end] = (b"*" * len(shown)).ljust(end - start, b"\0")
    return data.replace(b"\0", b"").decode(errors="replace")


@lru_cache(maxsize=256)
def _spans(line: Line) -> list[tuple[int, int]]:
    """Return where in *line* secrets stand."""
    found = redact.spans(line.data) if _is_worth(line.text) else []
    for rule in _finders():
        wanted = not rule.only_with or any(text in line.text for text in rule.only_with)
        if wanted and rule.per in ("line", line.kind):
            found += [(one.start - line.start, one.end - line.start) for one in rule.ask(line)]
    size = line.end - line.start
    return [(max(0, start), min(end, size)) for start, end in found if start < size and end > 0]


def _is_worth(text: str) -> bool:
    """Tell whether *text* may hold a secret by its shape: most does not."""
    lower = text.lower()
    return any(map(lower.__contains__, _TRIGGERS))


@cache
def _finders() -> list[Rule]:
    return [rule for rule in catalogue() if rule.code == SECRETS]


def words(text: str, line: Line) -> str:
    """Return *text*, which is about *line*, without the secrets of that line."""
    for start, end in _spans(line):
        secret = line.data[start:end].decode(errors="replace")
        if len(secret) >= redact.MIN_VALUE_CHARACTERS:
            text = text.replace(secret, "*" * len(secret))
    return _redacted(text)


@lru_cache(maxsize=4096)
def _redacted(text: str) -> str:
    if not _is_worth(text) and "PRIVATE KEY" not in text:
        return text
    return redact.Redactor().text(text)


def printable(text: str) -> str:
    r"""Return *text* with what would act on a terminal, or turn its direction, as a sign for it.

    >>> printable("a\tb\x1b[2J\r\u202ec")
    'a b␛[2J␍\ufffdc'
    """
    text = text.replace("\t", " ").replace("\n", " ")
    return _ACTING.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    if match[0] < " ":
        return chr(0x2400 + ord(match[0]))
    return "␡" if match[0] == "\x7f" else "\ufffd"
