"""Text with fields in it: ``{name}`` and ``{name|filter|filter}``; ``{{`` is a brace.

That is the whole language: no expressions, no conditions, no loops. A text one of whose
fields has nothing to say is left out, with its key. How a value is encoded follows the place
it is put in, never the author, so that no output can break out of a header, a path or JSON.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus

from cronwrap.errors import CronwrapError, nearest
from cronwrap.services.fields import CUT, FILTERS, Fields, UnixTime, Value, as_text, filter_value

_TOKEN = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|\{|\})")
_BRACES = "{{ and }} stand for braces; json = { ... } makes JSON of a table"
SEGMENT_SAFE = ":"
_PATH_SAFE = "/:@!$&'()*+,;=~%"


class UnknownFieldError(CronwrapError):
    """A template has a field that there is not; *field* is its name."""

    field = ""


class Slot(NamedTuple):
    """A field in a template."""

    name: str
    filters: tuple[str, ...] = ()

    def value(self, fields: Fields) -> Value:
        """Return the field's value, None where it has nothing to say."""
        value = fields[self.name]
        for one in self.filters if value is not None else ():
            value = filter_value(value, one)
        return value


class Template(NamedTuple):
    """Literal text and slots, in order."""

    parts: tuple[str | Slot, ...]

    @property
    def names(self) -> set[str]:
        """The fields it needs."""
        return {part.name for part in self.parts if isinstance(part, Slot)}

    def fill(self, fields: Fields, encode: Callable[[str], str] = str) -> str | None:
        """Return the text, each value encoded; None when a field has nothing to say."""
        filled = []
        for part in self.parts:
            if isinstance(part, str):
                filled.append(part)
                continue
            text = as_text(part.value(fields))
            if text is None:
                return None
            filled.append(encode(text))
        return "".join(filled)

    def fill_all(self, fields: Fields) -> list[str]:
        """Return the text, none, or of a field that is a list and no more each of its items."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Slot):
            value = self.parts[0].value(fields)
            if isinstance(value, list):
                return [text for item in value if (text := as_text(item)) is not None]
        text = self.fill(fields)
        return [] if text is None else [text]


def parse(text: str, *, where: str, known: Collection[str]) -> Template:
    """Return *text* as a template.

    Raises:
        CronwrapError: for a stray brace, or a field or filter that does not exist.
    """
    parts: list[str | Slot] = []
    for word in filter(None, _TOKEN.split(text)):
        if word in {"{", "}"}:
            raise CronwrapError(f"{where}: a lone {word}", hint=_BRACES)
        if word.startswith("{") and word != "{{":
            parts.append(_slot(word[1:-1], where=where, known=known))
            continue
        literal = word[0] if word in {"{{", "}}"} else word
        if parts and isinstance(parts[-1], str):
            literal = parts.pop() + literal
        parts.append(literal)
    return Template(tuple(parts))


def _slot(text: str, *, where: str, known: Collection[str]) -> Slot:
    name, *filters = (word.strip() for word in text.split("|"))
    if not re.fullmatch("[A-Za-z0-9_-]+", name):
        raise CronwrapError(f"{where}: what stands in braces is no field", hint=_BRACES)
    if name not in known:
        message = f"{where}: unknown field {name!r}"
        error = UnknownFieldError(message, hint=nearest(name, sorted(known)))
        error.field = name
        raise error
    for one in filters:
        _check_filter(one, name, where)
    return Slot(name, tuple(filters))


def _check_filter(filter_name: str, name: str, where: str) -> None:
    if re.fullmatch(rf"{CUT}:[0-9]{{1,9}}", filter_name):
        return
    if filter_name not in FILTERS:
        hint = nearest(filter_name, [*FILTERS, f"{CUT}:BYTES"])
        raise CronwrapError(f"{where}: unknown filter {filter_name!r}", hint=hint)
    names = FILTERS[filter_name][1]
    if names is not None and name not in names:
        hint = f"it is for {', '.join(sorted(names))}"
        raise CronwrapError(f"{where}: {filter_name} cannot be used on {name}", hint=hint)


def parse_tree(value: object, *, where: str, known: Collection[str]) -> Any:
    """Return *value*, as TOML has it, with each string in it as a template."""
    if isinstance(value, str):
        return parse(value, where=where, known=known)
    if isinstance(value, dict):
        return {
            key: parse_tree(item, where=f"{where}.{key}", known=known)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [parse_tree(item, where=where, known=known) for item in value]
    if isinstance(value, bool | int | float):
        return value
    raise CronwrapError(f"{where}: must be text, a number, true, false, a list or a table")


def fill_tree(tree: Any, fields: Fields) -> Value:
    """Return what JSON is to hold; a string that is a slot and no more keeps its value's type."""
    if isinstance(tree, Template):
        if len(tree.parts) == 1 and isinstance(tree.parts[0], Slot):
            value = tree.parts[0].value(fields)
            return str(value) if isinstance(value, UnixTime) else value
        return tree.fill(fields) if tree.parts else ""
    if isinstance(tree, dict):
        filled = {key: fill_tree(item, fields) for key, item in tree.items()}
        return {key: item for key, item in filled.items() if item is not None} or None
    if isinstance(tree, list):
        return [item for branch in tree for item in _items(branch, fields)] or None
    return tree


def _items(branch: Any, fields: Fields) -> list[Value]:
    """Return what stands for *branch* in a list; a field that is a list itself is spread."""
    item = fill_tree(branch, fields)
    if isinstance(branch, Template) and isinstance(item, list):
        return item
    return [] if item is None else [item]


def names_in(tree: Any) -> set[str]:
    """Return the fields that *tree* needs."""
    if isinstance(tree, Template):
        return tree.names
    branches = tree.values() if isinstance(tree, dict) else tree if _is_list(tree) else ()
    return set[str]().union(*map(names_in, branches))


def _is_list(tree: Any) -> bool:
    return isinstance(tree, list | tuple) and not isinstance(tree, Template)


def segment(text: str) -> str:
    """Encode *text* as one segment of a path; ``.`` and ``..`` would move about in it.

    A colon may stand in one, and Telegram's tokens are never seen otherwise.

    >>> segment("a/b é"), segment(".."), segment("1:a")
    ('a%2Fb%20%C3%A9', '%2E%2E', '1:a')
    """
    return quote(text, safe=SEGMENT_SAFE) if text.strip(".") else text.replace(".", "%2E")


def path_literal(template: Template) -> Template:
    """Return *template* with its literal text encoded as a path."""
    return Template(
        tuple(
            quote(part, safe=_PATH_SAFE) if isinstance(part, str) else part
            for part in template.parts
        )
    )


def header(text: str) -> str:
    r"""Return *text* as a header's value: one line of ASCII.

    >>> header("a\r\nX-Evil: é")
    'a X-Evil: ?'
    """
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip().encode("ascii", "replace").decode()


def merge_query(own: str, pairs: list[tuple[str, str]]) -> str:
    """Return the query of a URL, *own* as it is written, with *pairs* set in it.

    httpx 0.28 would throw *own* away.

    >>> merge_query("create=1&rid=old", [("rid", "a b")])
    'create=1&rid=a%20b'
    """
    names = {name for name, _ in pairs}
    kept = [
        pair
        for pair in own.split("&")
        if pair and unquote_plus(pair.partition("=")[0]) not in names
    ]
    return "&".join([*kept, form(pairs)] if pairs else kept)


def form(pairs: list[tuple[str, str]]) -> str:
    """Return *pairs* as a query or a form has them, a blank as ``%20``."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
