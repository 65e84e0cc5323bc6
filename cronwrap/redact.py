"""Take secrets out of what leaves the machine: output, command lines, errors, URLs.

Each secret becomes a mark that names the rule that found it, ``[redacted: password]``. What is
known exactly (settings, values of secret-looking environment variables) goes first; then what
looks like a secret. Each pattern begins with literal text, which re looks for at memory speed,
and refuses a near-hit by itself, so that Python sees only secrets; it is for text in lower case,
as re.IGNORECASE has no such speed. All repeats are bounded: tests/bench/test_redact.py.

Not imported before the job starts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

MIN_VALUE_CHARACTERS = 6  # a shorter value would take harmless words with it

# Patterns are compiled at their first use: most runs need few of them, or none.
_compiled = cache(re.compile)
_I = re.IGNORECASE
_SENSITIVE = (
    r"pass(word|wd|phrase|code)?$|pwd$|secret|token|credential|(api|access|private|secret|ping|auth"
    r"|license|account|encryption|signing|routing|master)_?key|_dsn$|cookie"
)
_NOT_SENSITIVE = r"(_file|_path|_dir|_name|_sock|_url|_id|_type|_expiry)$|^(old)?pwd$"
_URL_LOGIN = r"://[^\s/@:]{0,200}:([^\s/@]{1,200})@"

# What may stand for a secret without being one; and the rest of an escaped quote.
_NO_VALUE = (
    rb"(?!\[redacted|\$|%|\*{3}|<|\{|\\[\"']|[0-9]{1,5}\b"
    rb"|(?:null|none|true|false|yes|no|nil|undefined|n/a)\b)"
)
_VALUE = (
    rb"(?:\"" + _NO_VALUE + rb"([^\"\r\n]{1,400})"
    rb"|'" + _NO_VALUE + rb"([^'\r\n]{1,400})"
    rb"|" + _NO_VALUE + rb"([^\s\"'&;,)}\]]{1,400}))"
)  # fmt: skip
# No repeat gives back a character that the next could take: near-hits would take 40 times as long.
# And a word that is too long is refused before it is taken: it would be given back bit by bit.
_ASSIGN = (
    rb"(?![\w-]{41})[\w-]{0,40}(?![\w-])\\?[\"']?\s{0,4}(?:=>|:=|=(?!>)|:(?!=))\s{0,4}\\?" + _VALUE
)
_KEY_OWNER = (
    rb"(?<=[eghinrst_-]key)"  # most near-hits end here
    rb"(?:(?<=api[_-]key|ssh[_-]key)|(?<=apikey|sshkey)|(?<=ping[_-]key|auth[_-]key)|(?<=pingkey|authkey)|(?<=access[_-]key|master[_-]key)|(?<=accesskey|masterkey)"
    rb"|(?<=(?:private|license|account|signing|routing|service)[_-]key)"
    rb"|(?<=(?:private|license|account|signing|routing|service)key)"
    rb"|(?<=encryption[_-]key)|(?<=encryptionkey))"
)


def _is_login(value: bytes) -> bool:
    """Return whether *value* is base64 of user:password, and not a word after "basic"."""
    import base64

    try:
        return b":" in base64.b64decode(value, validate=True)
    except ValueError:
        return False


class _Rule(NamedTuple):
    """What looks like a secret.

    Attributes:
        name: in the mark.
        triggers: in lower case; each secret has one of them before it or at its beginning.
        prefix: what the pattern begins with, which is looked for first.
        pattern: the first group that matched is the secret, else the whole match.
        lower: whether the pattern is for text in lower case; else case counts.
        accept: whether the secret is one after all, where a pattern cannot tell.
        needs: what each match has in it, where most texts with the prefix have it nowhere.
    """

    name: str
    triggers: tuple[bytes, ...]
    prefix: bytes
    pattern: bytes
    lower: bool = True
    accept: Callable[[bytes], bool] | None = None
    needs: bytes = b""


def _rule(name: str, triggers: str, pattern: bytes) -> _Rule:
    words = triggers.encode().split()
    return _Rule(name, tuple(words), _common_prefix(words), pattern)


def _token(name: str, triggers: str, rest: bytes) -> _Rule:
    """Return the rule for a token whose shape gives it away: exact in case, not within a word."""
    words = triggers.encode().split()
    prefix = _common_prefix(words)
    ends = b"|".join(re.escape(word[len(prefix) :]) for word in words)
    literal = re.escape(prefix)
    pattern = literal + rb"(?<![A-Za-z0-9_-]" + literal + rb")(?:" + ends + rb")" + rest
    return _Rule(name, tuple(word.lower() for word in words), prefix, pattern, lower=False)


def _common_prefix(words: list[bytes]) -> bytes:
    first, last = min(words), max(words)
    sizes = range(len(first) + 1)
    return first[: max(size for size in sizes if last.startswith(first[:size]))]


_RULES = (
    _rule("url password", "://",
          rb"://[^\s/@:\"'<>]{0,200}:" + _NO_VALUE + rb"([^\s/@\"'<>]{1,200})@"),
    _rule("authorization", "authorization", rb"authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?"
          rb"(?:(?:bearer|basic|digest|token|negotiate|geniekey|apikey)\s{1,4})?"
          rb"(?!(?:bearer|basic|digest|token|negotiate|geniekey|apikey)\s)"
          + _NO_VALUE + rb"([^\s\"',]{1,2000})"),
    _rule("bearer", "bearer", rb"bearer\s{1,4}" + _NO_VALUE + rb"([a-z0-9._~+/=-]{8,2000})"),
    # A look-ahead: after a word that is no login, the search goes on with the word.
    _rule("basic", "basic", rb"basic\s{1,4}(?=((?:[a-z0-9+/]{4}){1,250}"
          rb"(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?)(?![a-z0-9+/]))")._replace(accept=_is_login),
    _rule("cookie", "cookie:", rb"cookie:\s{0,4}(?!\s)" + _NO_VALUE + rb"([^\r\n]{1,4000})"),
    _rule("password", "passw",  # cat: /etc/passwd: Permission denied
          rb"passw(?<!/etc/passw)(?:or)?d" + _ASSIGN),
    _rule("password", "passphrase", rb"passphrase" + _ASSIGN),
    _rule("password", "pwd",  # not $PWD
          rb"pwd(?:(?<=[a-z0-9][_-]pwd)|(?<=[;&?-]pwd)|(?<=[;&?-]\spwd))" + _ASSIGN),
    _rule("secret", "secret", rb"secret(?!ar)" + _ASSIGN),
    _rule("token", "token", rb"token" + _ASSIGN),
    _rule("credential", "credential", rb"credential" + _ASSIGN),
    _rule("key", "key", rb"key" + _KEY_OWNER + _ASSIGN),
    _rule("option", "--pass --token --secret --api --access --auth",
          rb"--(?=pass|token|secret|api|access|auth)(?=[a-z-]{0,20}(?:pass|token|secret|key))"
          rb"(?![\w-]{61})[\w-]{1,60}(?![\w-])\s{1,4}(?!--)" + _VALUE),
    _rule("curl user", "curl", rb"curl(?:[ \t](?!curl\s|-u|--user[ =])[^\s]{0,200}){0,20}"
          rb"[ \t]-(?:u|-user)[ =]{0,2}[^\s:]{1,100}:" + _NO_VALUE + rb"([^\s\"']{1,200})")._replace(needs=b"-u"),
    _token("aws key", "AKIA ASIA", rb"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _token("github token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9_]{20,255}"),
    _token("github token", "github_pat_", rb"[A-Za-z0-9_]{20,255}"),
    _token("gitlab token", "glpat- gldt- glrt- glcbt-", rb"[A-Za-z0-9_.-]{16,300}"),
    _token("slack token", "xoxa- xoxb- xoxp- xoxr- xoxs-", rb"[A-Za-z0-9-]{10,250}"),
    _token("slack token", "xapp-", rb"[A-Za-z0-9-]{10,250}"),
    _token("stripe key", "sk_live_ sk_test_", rb"[A-Za-z0-9]{10,250}"),
    _token("stripe key", "rk_live_ rk_test_", rb"[A-Za-z0-9]{10,250}"),
    _token("stripe key", "whsec_", rb"[A-Za-z0-9]{10,250}"),
    _token("google key", "AIza", rb"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _token("ai key", "sk-ant- sk-proj-", rb"[A-Za-z0-9_-]{20,250}"),
    _token("package token", "npm_", rb"[A-Za-z0-9_-]{30,300}"),
    _token("package token", "pypi-", rb"[A-Za-z0-9_-]{30,300}"),
    _token("sendgrid key", "SG.", rb"[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    _token("healthchecks key", "hcw_ hcr_", rb"[A-Za-z0-9]{20,64}"),
    _token("jwt", "eyJ", rb"[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}"),
    *(_rule("webhook path", start, re.escape(start.encode()) + _NO_VALUE + rb"([^\s\"'<>?]{6,200})")
      for start in ("hooks.slack.com/services/", "hc-ping.com/", "api.telegram.org/bot")),
)  # fmt: skip

_WORTH_COMPILING_BYTES = 1 << 18
_LONG_BYTES = 9  # of which bytes.find passes over most places

_PEM = rb"-----(BEGIN|END) ([A-Z0-9 ]{0,40})PRIVATE KEY( BLOCK)?-----"
_PEM_LINE = rb"[A-Za-z0-9+/=]{1,80}\s{0,2}\Z"


class Redactor:
    """Takes out exact values that are known, and what looks like a secret.

    Args:
        environ: of the job; the values of its secret-looking variables are taken out.
        secrets: (name, value) of settings; the name is in the mark.
    """

    def __init__(
        self, environ: Mapping[str, str] | None = None, secrets: Iterable[tuple[str, str]] = ()
    ) -> None:
        known = [*secrets, *_environment_secrets(environ or {})]
        values = {
            value.encode("utf-8", "surrogateescape"): name
            for name, value in reversed(known)
            if len(value) >= MIN_VALUE_CHARACTERS
        }
        longest_first = sorted(values.items(), key=lambda item: -len(item[0]))
        self._values = [(value, _mark(name)) for value, name in longest_first]

    def __call__(self, data: bytes) -> bytes:
        """Return *data* without secrets."""
        for value, mark in self._values:
            if value in data:
                data = data.replace(value, mark)
        return _without_shapes(_without_pem(data))

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        return self(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _environment_secrets(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        named = _compiled(_SENSITIVE, _I).search(name)
        if named and not _compiled(_NOT_SENSITIVE, _I).search(name):
            yield name, value
        if "://" in value:
            for match in _compiled(_URL_LOGIN).finditer(value):
                yield name, match[1]


def _mark(name: str) -> bytes:
    return f"[redacted: {name}]".encode("utf-8", "replace")


def _without_shapes(data: bytes) -> bytes:
    lower = data.lower()  # of the same length, for bytes
    spans = sorted(span for rule in _RULES for span in _spans(rule, data, lower))
    parts: list[bytes] = []
    position = 0
    for start, end, mark in spans:
        if start >= position:
            parts += (data[position:start], mark)
        position = max(position, end)
    return b"".join([*parts, data[position:]]) if parts else data


def triggers() -> frozenset[bytes]:
    """Return what a line has one of, in lower case, if something in it looks like a secret."""
    return frozenset(trigger for rule in _RULES for trigger in rule.triggers)


def spans(data: bytes) -> list[tuple[int, int]]:
    """Return where in *data*, a line, something stands that looks like a secret.

    >>> spans(b"x --password=hunter22 y")
    [(13, 21)]
    """
    lower = data.lower()
    return sorted({(start, end) for rule in _RULES for start, end, _ in _spans(rule, data, lower)})


def _spans(rule: _Rule, data: bytes, lower: bytes) -> Iterator[tuple[int, int, bytes]]:
    text = lower if rule.lower else data
    if not _has(text, rule.prefix) or rule.needs not in text:
        return
    mark = _mark(rule.name)
    for match in _compiled(rule.pattern).finditer(text):
        start, end = match.span(match.lastindex or 0)
        if rule.accept is None or rule.accept(data[start:end]):
            yield start, end, mark


def _has(text: bytes, literal: bytes) -> bool:
    """Return whether *literal* is in *text*; re looks twice as fast as bytes.find, once compiled."""
    if len(text) < _WORTH_COMPILING_BYTES or len(literal) > _LONG_BYTES:
        return literal in text
    return _compiled(re.escape(literal)).search(text) is not None


def _without_pem(data: bytes) -> bytes:
    """Return *data* without private keys, also when a cut took the beginning or end of one."""
    if b"PRIVATE KEY" not in data:
        return data
    parts, position = [], 0
    begin: int | None = None
    for match in _compiled(_PEM).finditer(data):
        if match[1] == b"BEGIN":
            begin = match.start() if begin is None else begin
            continue
        start = _first_key_line(data, position, match.start()) if begin is None else begin
        parts += [data[position:start], _mark("private key")]
        position, begin = match.end(), None
    if begin is not None:
        parts += [data[position:begin], _mark("private key")]
        position = len(data)
    return b"".join([*parts, data[position:]])


def _first_key_line(data: bytes, floor: int, end: int) -> int:
    """Return where the lines of base64 before *end* begin."""
    while end > floor:
        start = max(data.rfind(b"\n", floor, end - 1) + 1, floor)
        if not _compiled(_PEM_LINE).match(data[start:end]):
            break
        end = start
    return end


def mask_url(url: str) -> str:
    """Return scheme and host of *url*, all that may be shown of it; "" for what is no URL.

    >>> mask_url("https://user:key@hc-ping.com/5a3f?rid=1"), mask_url("http://[::1]:8000")
    ('https://hc-ping.com/…', 'http://[::1]:8000')
    """
    match = re.match(
        r"([A-Za-z][A-Za-z0-9+.-]{0,40})://(?:[^/?#]*@)?([^/?#@\s]+)(.*)", url, re.DOTALL
    )
    if not match:
        return ""
    return f"{match[1]}://{match[2]}{'/…' if match[3].strip('/') else ''}"
