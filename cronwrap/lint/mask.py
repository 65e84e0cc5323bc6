"""Secrets in what the linter shows: starred out, so that columns stay where they are."""

import re
from functools import lru_cache

from cronwrap import redact
from cronwrap.lint import secret
from cronwrap.lint.crontab import Crontab, Line

_ESCAPE = re.compile(r"\\(.)")
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
    """Return where in *line* secrets stand, in order and apart."""
    spans: list[tuple[int, int]] = []
    for one in sorted(secret.hidden(line)):
        start, end = max(0, one.start - line.start), min(line.end, one.end) - line.start
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        elif start < end:
            spans.append((start, end))
    return spans


def expression(text: str, about: str = "") -> str:
    """Return *text* as a line is shown; or *about*, which says something of it."""
    (first, *_) = Crontab(text.encode(errors="surrogateescape") or b"\n", form="user").lines
    return words(about, first) if about else line(first)


def words(text: str, line: Line) -> str:
    """Return *text*, which is about *line*, without secrets."""
    return _redacted(starred(text, line))


def starred(text: str, line: Line) -> str:
    """Return *text* with stars for the secrets of *line*."""
    for start, end in _spans(line):
        written = line.data[start:end].decode(errors="replace")
        for value in {written, _ESCAPE.sub(r"\1", written)}:
            if len(value) >= redact.MIN_VALUE_CHARACTERS:
                text = text.replace(value, "*" * len(value))
            elif value:  # so short a one may well be a part of harmless words
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "*" * len(value), text)
    return text


@lru_cache(maxsize=4096)
def _redacted(text: str) -> str:
    if not secret.may_be_in(text) and "PRIVATE KEY" not in text:
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
