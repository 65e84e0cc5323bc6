r"""A blank, dash or mark that is not the one of the keyboard.

Copied from a web page or a mail: a no-break space is no blank for cron, an en dash is no minus, and
what comes before the first character of a file saved with a byte order mark is a bad minute.

Bad::

    0<NBSP>3 * * * /usr/local/bin/backup

Bad::

    0 3 * * 1<DASH>5 /usr/local/bin/backup

Good::

    0 3 * * 1-5 /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Assignment, Bad, Found, Job, Line, Span
from cronwrap.lint.rule import ERROR, Rule

_PLAIN = {
    "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\xa0": " ", "\u2007": " ", "\u202f": " ", "\u3000": " ",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2217": "*", "\uff0a": "*",
}  # fmt: skip
_NAMES = {"": "an invisible character", " ": "a blank that is none", "-": "a dash that is no minus"}


def _find(line: Line) -> Iterator[Found]:
    if line.file.is_ascii or line.data.isascii():
        return
    end = _end(line)
    text = line.file.data[line.start : end].decode(errors="surrogateescape")
    at = line.start
    for char in text:
        size = len(char.encode(errors="surrogateescape"))
        if char in _PLAIN:
            plain = _PLAIN[char]
            where = Span(at, at + size)
            edits = [(where, plain)]
            yield line.found(
                where,
                f"{_NAMES.get(plain, 'a typographic mark')} (U+{ord(char):04X}); "
                f"{costs(line.dialect)}",
                f"write {plain!r}" if plain.strip() else "write a plain blank, or nothing",
                safe=() if plain.strip() else edits,
                unsafe=edits if plain.strip() else (),
            )
        at += size


def _end(line: Line) -> int:
    """Return where the part of *line* ends that must be plain: schedule, or name of a variable."""
    if isinstance(line, Job):
        return line.command.start
    if isinstance(line, Assignment):
        return line.value_at.start
    return line.end if isinstance(line, Bad) else min(line.end, line.start + len("\ufeff".encode()))


RULE = Rule("CW103", "odd-character", ERROR, "line", _find)
