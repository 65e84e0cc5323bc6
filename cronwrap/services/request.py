"""One request of a service: read from its table, then built for each event.

A key of a phase's table wins over the same key of the service; ``query`` and ``headers`` are
merged key by key, and of the bodies the phase's own replaces the service's.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from cronwrap.services.base import Http
from cronwrap.services.fields import NEVER_MISSING, Fields, Value
from cronwrap.services.table import Table
from cronwrap.services.template import (
    Slot,
    Template,
    fill_tree,
    form,
    header,
    merge_query,
    names_in,
    parse,
    parse_tree,
    path_literal,
    segment,
)
from cronwrap.units import parse_duration

BODIES = ("text", "form", "json", "json_lines")
KEYS = ("when", "method", "url", "path", "query", "headers", "auth", "sign", "max_age", *BODIES)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What the sender alone may say.
_RESERVED = {"content-length", "transfer-encoding", "connection", "host"}
_TYPES = {
    "text": "text/plain; charset=utf-8",
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "json_lines": "application/x-ndjson",
}


class Sign(NamedTuple):
    """An HMAC-SHA256 of the body, in a header."""

    header: str
    key: Template
    prefix: str


class Request(NamedTuple):
    """A request as templates; url, path and text are alternatives, the first that fills counts.

    Attributes:
        when: it is made only where this has something to say.
        many: the settings that hold several URLs, which are tried in turn.
        max_age_s: an older event is not to be sent any more; None when any may be.
    """

    method: str
    url: tuple[Template, ...]
    path: tuple[Template, ...]
    query: Mapping[str, tuple[Template, ...]]
    headers: Mapping[str, Template]
    auth: tuple[Template, Template] | None
    body: str
    content: Any
    sign: Sign | None
    when: Template | None = None
    many: frozenset[str] = frozenset()
    max_age_s: float | None = None

    @property
    def names(self) -> set[str]:
        """The fields that it needs."""
        lists = (self.url, self.path, *self.query.values())
        single = [*self.headers.values(), *(self.auth or ()), *([self.when] if self.when else [])]
        return names_in([*lists, *single, self.content])

    def build(self, fields: Fields) -> Http | None:
        """Return the request that carries *fields*; None when no URL can be filled."""
        if self.when is not None and self.when.fill(fields) is None:
            return None
        urls = self._urls(fields)
        if not urls:
            return None
        body = self._body(fields)
        headers = {name: header(text) for name, text in _filled(self.headers, fields)}
        names = {name.lower() for name in headers}
        if self.body and "content-type" not in names:
            headers["Content-Type"] = _TYPES[self.body]
        if self.auth and (user := self.auth[0].fill(fields)) is not None:
            pair = f"{user}:{self.auth[1].fill(fields) or ''}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if self.sign and (key := self.sign.key.fill(fields)) is not None:
            digest = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
            headers[self.sign.header] = self.sign.prefix + digest
        return Http(
            method=self.method,
            url=urls[0],
            headers=tuple(headers.items()),
            body=body,
            others=tuple(urls[1:]),
            max_age_s=self.max_age_s,
        )

    def _urls(self, fields: Fields) -> list[str]:
        for template in self.url:
            filled = _fill_urls(template, fields, self.many)
            if filled:
                return [self._whole(url, own_query, fields) for url, own_query in filled]
        return []

    def _whole(self, url: str, own_query: str, fields: Fields) -> str:
        """Return *url* with path and query."""
        path = _first(self.path, fields, encode_path=True)
        if path is not None:
            url = url.rstrip("/") + path
        pairs = [
            (name, text)
            for name, templates in self.query.items()
            for template in templates
            for text in template.fill_all(fields)
        ]
        query = merge_query(own_query, pairs)
        return f"{url}?{query}" if query else url

    def _body(self, fields: Fields) -> bytes:
        if self.body == "text":
            return (_first(self.content, fields) or "").encode()
        if self.body == "form":
            return form(_filled(self.content, fields)).encode()
        if self.body == "json":
            return _json(self.content, fields)
        if self.body == "json_lines":
            return b"".join(_json(line, fields) + b"\n" for line in self.content)
        return b""


def _json(tree: Any, fields: Fields) -> bytes:
    filled = fill_tree(tree, fields)
    return json.dumps({} if filled is None else filled, ensure_ascii=False).encode()


def _filled(templates: Mapping[str, Template], fields: Fields) -> list[tuple[str, str]]:
    filled = ((name, template.fill(fields)) for name, template in templates.items())
    return [(name, text) for name, text in filled if text is not None]


def _first(
    templates: tuple[Template, ...], fields: Fields, *, encode_path: bool = False
) -> str | None:
    for template in templates:
        text = template.fill(fields, segment) if encode_path else template.fill(fields)
        if text is not None:
            return text
    return None


def _fill_urls(template: Template, fields: Fields, many: Collection[str]) -> list[tuple[str, str]]:
    """Return URLs without their query, and the query that a URL given as a setting has."""
    bases, parts = [""], template.parts
    if isinstance(parts[0], Slot):
        given = parts[0].value(fields)
        bases = [] if given is None else list(given) if parts[0].name in many else [str(given)]
        parts = parts[1:]
    rest = Template(parts).fill(fields, segment)
    if rest is None:
        return []
    split = (base.partition("#")[0].partition("?") for base in bases)
    return [
        ((url.rstrip("/") if rest.startswith("/") else url) + rest, query)
        for url, _, query in split
    ]


def read(
    table: Table, defaults: Table, kinds: Mapping[str, str], known: Collection[str]
) -> Request:
    """Return the request that *table* describes, with what the service says for all requests.

    Args:
        table: of one phase.
        defaults: the service's own table.
        kinds: the kind of each setting.
        known: the fields that templates may use.

    Raises:
        CronwrapError: for anything that could not be rendered later.
    """
    reader = _Reader(table, defaults, known)
    of_method = table if "method" in table else defaults
    method = of_method.text("method", "POST")
    if method not in METHODS:
        raise of_method.wrong("method", f"one of {', '.join(sorted(METHODS))}")
    body, content = reader.body()
    return Request(
        method=method,
        url=tuple(_checked_url(template, table, kinds) for template in reader.alternatives("url")),
        path=_checked_path(reader.alternatives("path"), table),
        query=reader.query(),
        headers=reader.headers(),
        auth=reader.auth(),
        body=body,
        content=content,
        sign=reader.sign(),
        when=reader.when(),
        many=frozenset(name for name, kind in kinds.items() if kind == "urls"),
        max_age_s=reader.max_age_s(),
    )


def _checked_url(template: Template, table: Table, kinds: Mapping[str, str]) -> Template:
    """Return *template* when it surely gives a URL, and nothing can change its host."""
    first = template.parts[0] if template.parts else ""
    if isinstance(first, Slot):
        if kinds.get(first.name) not in {"url", "urls"}:
            raise table.wrong("url", 'begun by http://, https:// or a setting of kind "url"')
    elif not re.match(r"https?://(?!/)", first):
        raise table.wrong("url", 'begun by http://, https:// or a setting of kind "url"')
    elif "/" not in first.partition("://")[2] and len(template.parts) > 1:
        _check_host(template, table, kinds)
    if any("?" in part or "#" in part for part in template.parts if isinstance(part, str)):
        raise table.wrong("url", "without ? and #; the query has a table of its own")
    return path_literal(template)


def _check_host(template: Template, table: Table, kinds: Mapping[str, str]) -> None:
    for part in template.parts[1:]:
        if isinstance(part, str):
            if "/" in part:
                return
        elif kinds.get(part.name) != "host":
            raise table.error(f'url: {part.name} is within the host, so must be of kind "host"')


def _checked_path(templates: tuple[Template, ...], table: Table) -> tuple[Template, ...]:
    """Return *templates* when the last of them can always be filled."""
    if templates and not templates[-1].names <= NEVER_MISSING:
        raise table.wrong("path", "a list that ends in a path without fields that may be missing")
    return tuple(path_literal(template) for template in templates)


class _Reader:
    """The keys of a request's table, else of its service's."""

    def __init__(self, table: Table, defaults: Table, known: Collection[str]) -> None:
        self._table = table
        self._defaults = defaults
        self._known = known

    def _of(self, key: str) -> Table:
        return self._table if key in self._table else self._defaults

    def _parse(self, text: str, table: Table, key: str) -> Template:
        return parse(text, where=f"{table.where}: {key}", known=self._known)

    def alternatives(self, key: str) -> tuple[Template, ...]:
        table = self._of(key)
        return tuple(self._parse(text, table, key) for text in table.texts(key))

    def query(self) -> dict[str, tuple[Template, ...]]:
        tables = (self._defaults.table("query"), self._table.table("query"))
        return {
            name: tuple(self._parse(text, table, name) for text in table.texts(name))
            for table in tables
            for name in table.data
        }

    def headers(self) -> dict[str, Template]:
        headers: dict[str, Template] = {}
        for table in (self._defaults.table("headers"), self._table.table("headers")):
            for name in table.data:
                if not _HEADER_NAME.fullmatch(name) or name.lower() in _RESERVED:
                    raise table.error(f"{name!r} cannot be the name of a header here")
                headers[name] = self._parse(table.text(name), table, name)
        return headers

    def auth(self) -> tuple[Template, Template] | None:
        table = self._of("auth").table("auth", ("user", "password"))
        if not table.data:
            return None
        user, password = (self._parse(table.text(key), table, key) for key in ("user", "password"))
        return user, password

    def sign(self) -> Sign | None:
        table = self._of("sign").table("sign", ("header", "key", "prefix"))
        if not table.data:
            return None
        name = table.text("header")
        if not _HEADER_NAME.fullmatch(name):
            raise table.wrong("header", "the name of a header")
        if not table.text("key"):
            raise table.wrong("key", "a text, such as a secret setting in braces")
        return Sign(
            header=name,
            key=self._parse(table.text("key"), table, "key"),
            prefix=table.text("prefix"),
        )

    def when(self) -> Template | None:
        text = self._of("when").text("when")
        return self._parse(text, self._of("when"), "when") if text else None

    def max_age_s(self) -> float | None:
        table = self._of("max_age")
        text = table.text("max_age")
        try:
            return parse_duration(text) if text else None
        except ValueError as error:
            raise table.error(f"max_age {error}") from error

    def body(self) -> tuple[str, Value]:
        own = [key for key in BODIES if key in self._table]
        table = self._table if own else self._defaults
        kinds = own or [key for key in BODIES if key in self._defaults]
        if len(kinds) > 1:
            raise table.error(f"{' and '.join(kinds)}: a request has one body")
        if not kinds:
            return "", None
        kind = kinds[0]
        if kind in {"json", "json_lines"}:
            tree = table.data[kind]
            if kind == "json_lines" and not isinstance(tree, list):
                raise table.wrong(kind, "a list")
            return kind, parse_tree(tree, where=f"{table.where}: {kind}", known=self._known)
        if kind == "text":
            return kind, self.alternatives("text")
        inner = table.table("form")
        return kind, {name: self._parse(inner.text(name), inner, name) for name in inner.data}
