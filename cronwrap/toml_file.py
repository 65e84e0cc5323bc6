"""A TOML file with a mistake in it: what of it can be read all the same, and what is lost.

Imported only where there is a file to read, and for a run only in a child: with tomli.
"""

import tomli

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would double the time to import tomli
    from typing import Any

    # A document, and (message, hint, table) of each mistake in it.
    Parsed = tuple[dict[str, Any], list[tuple[str, str, str]]]

MOST_BRACKETS = 64  # lines that begin with one, in a single value


def parse(path: str, data: bytes) -> "Parsed":
    """Return the document in *data*, and what of it is lost."""
    text, problems = _decode(path, data)
    try:
        return _plain(tomli.loads(text)), problems
    except tomli.TOMLDecodeError as error:
        document, lost = _salvage(path, text, error)
        return document, problems + lost
    except RecursionError:
        return {}, [(f"{path}: brackets are nested too deeply", "", "")]


def _decode(path: str, data: bytes) -> tuple[str, list[tuple[str, str, str]]]:
    """Return *data* as text; what is no UTF-8 may stand in a comment, so it costs a word at most."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode(), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: not UTF-8; the characters that are not are read as \ufffd"
        return data.decode(errors="replace"), [(message, "save the file as UTF-8", "")]


def _plain(value: "Any") -> "Any":
    """Return *value* with TOML's dates and times as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float)) else str(value)


def _salvage(path: str, text: str, error: tomli.TOMLDecodeError) -> "Parsed":
    """Parse *text*, which has *error*, table by table, and leave out those with a mistake."""
    whole: dict[str, Any] = {}
    problems = []
    lines = text.split("\n")
    starts = [0, *(number for number, line in enumerate(lines) if line.lstrip().startswith("["))]
    ends = [*starts[1:], len(lines)]
    place = 0
    while place < len(starts):
        start = starts[place]
        parsed, wrong, place = _parse_table(lines, start, ends, place)
        if wrong is None:
            _merge(whole, _plain(parsed))
        else:
            problems.append(_mistake(path, wrong, start, _table_of(lines[start])))
    if not problems:  # each table is right by itself: one stands there twice
        line = _line_of(error)
        header = max((start for start in starts if start < line), default=0)
        problems.append(_mistake(path, error, 0, _table_of(lines[header])))
    return whole, problems


def _parse_table(
    lines: list[str], start: int, ends: list[int], place: int
) -> "tuple[dict[str, Any], tomli.TOMLDecodeError | None, int]":
    """Parse the table from line *start* on; return it, or its mistake, and the place of the next.

    A line with a bracket at its front may be within an array or a string of several lines; so
    where the text ends too soon, more of it is tried.
    """
    first: tomli.TOMLDecodeError | None = None
    for last in range(place, min(place + MOST_BRACKETS, len(ends))):
        try:
            return tomli.loads("\n".join(lines[start : ends[last]])), None, last + 1
        except tomli.TOMLDecodeError as error:
            first = first or error
            if "end of document" not in str(error):
                break
    return {}, first, place + 1


def _mistake(
    path: str, error: tomli.TOMLDecodeError, lines_before: int, table: str
) -> tuple[str, str, str]:
    where = f"{path}:{lines_before + _line_of(error)}"
    what = f"[{table}] is not TOML" if table else "not TOML"
    return f"{where}: {what}: {getattr(error, 'msg', error)}", "", table


def _line_of(error: tomli.TOMLDecodeError) -> int:
    return getattr(error, "lineno", 1) or 1


def _table_of(header: str) -> str:
    """Return the name of the table of ours that a header begins: "checks.NAME", "" for none.

    >>> _table_of('  [ checks . "a.b" ]  # nightly'), _table_of("[checks.my job]")
    ('checks.a.b', 'checks.my job')
    """
    names: list[str] = []
    try:
        table: Any = tomli.loads(header)
        while isinstance(table, dict) and table:
            names, table = [*names, *table], next(iter(table.values()))
    except tomli.TOMLDecodeError:
        if header.lstrip().startswith("["):
            inside = header.strip().strip("[").partition("]")[0]
            names = [name.strip(" \t\"'") for name in inside.split(".", 1)]
    if names[:1] == ["defaults"]:
        return "defaults"
    return ".".join(names[:2]) if len(names) > 1 else ""


def _merge(into: "dict[str, Any]", more: "dict[str, Any]") -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
