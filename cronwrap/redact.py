"""Take secrets out of what leaves the machine: output, command lines, errors, URLs.

Each secret becomes a mark that names the rule that found it, ``[redacted: password]``. What is
known exactly (settings, values of secret-looking environment variables) goes first; then what
looks like a secret. A rule has literal triggers, which bytes.find looks for at memory speed,
and a pattern that is tried only there, whose repeats are all bounded: a megabyte takes
milliseconds, whatever is in it.

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

# What may stand for a secret without being one.
_NO_VALUE = rb"(?:\[redacted|\$|%|\*{3}|<|\{|(?:null|none|true|false|yes|no|nil|undefined|n/a)\b|[0-9]{1,5}\b)"
_VALUE = rb"""(?:"([^"\r\n]{1,400})"?|'([^'\r\n]{1,400})'?|([^\s"'&;,)}\]]{1,400}))"""
_ASSIGN = rb"""[\w-]{0,40}\\?["']?\s{0,4}(?:=>|:=|[=:])\s{0,4}\\?""" + _VALUE
_OPTION = rb"[\w-]{0,40}\s{1,4}" + _VALUE
_KEY_OWNER = (
    rb"(?:api|access|private|ping|auth|license|account|encryption|signing|routing|master|ssh"
    rb"|service)[_-]?\Z"
)


def _may_be_secret(value: bytes) -> bool:
    return not _compiled(_NO_VALUE, _I).match(value)


def _is_login(value: bytes) -> bool:
    """Return whether *value* is base64 of user:password, and not a word after "basic"."""
    import base64

    try:
        return b":" in base64.b64decode(value, validate=True)
    except ValueError:
        return False


def _always(_value: bytes) -> bool:
    return True


class _Rule(NamedTuple):
    """What looks like a secret.

    Attributes:
        name: in the mark.
        triggers: in lower case; one of them stands where the pattern begins.
        pattern: the first group that matched is the secret, else the whole match.
        accept: whether the secret is one after all.
        before: must match what stands before the trigger.
        flags: for the pattern.
    """

    name: str
    triggers: tuple[bytes, ...]
    pattern: bytes
    accept: Callable[[bytes], bool] = _may_be_secret
    before: bytes = b""
    flags: int = _I


def _rule(name: str, triggers: str, pattern: bytes, before: bytes = b"") -> _Rule:
    return _Rule(name, tuple(triggers.encode().split()), pattern, before=before)


def _token(name: str, triggers: str, rest: bytes) -> _Rule:
    """Return the rule for a token whose shape gives it away: exact in case, not within a word."""
    prefixes = b"|".join(re.escape(trigger.encode()) for trigger in triggers.split())
    lower = tuple(trigger.lower().encode() for trigger in triggers.split())
    pattern = rb"(?:" + prefixes + rb")" + rest
    return _Rule(name, lower, pattern, _always, rb"(?:\A|[^A-Za-z0-9_-])\Z", 0)


_RULES = (
    _rule("url password", "://", rb"://[^\s/@:\"'<>]{0,200}:([^\s/@\"'<>]{1,200})@"),
    _rule("authorization", "authorization", rb"authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?"
          rb"(?:(?:bearer|basic|digest|token|negotiate|geniekey|apikey)\s{1,4})?([^\s\"',]{1,2000})"),
    _rule("bearer", "bearer", rb"bearer\s{1,4}([A-Za-z0-9._~+/=-]{8,2000})"),
    _rule("basic", "basic", rb"basic\s{1,4}([A-Za-z0-9+/]{4,1000}={0,2})")._replace(accept=_is_login),
    _rule("cookie", "cookie:", rb"cookie:\s{0,4}([^\r\n]{1,4000})"),
    _rule("password", "passw passphrase", rb"(?:passw(?:or)?d|passphrase)" + _ASSIGN,
          rb"(?<!/etc/)\Z"),  # cat: /etc/passwd: Permission denied
    _rule("password", "pwd", rb"pwd" + _ASSIGN, rb"(?:[A-Za-z0-9][_-]|[;&?-]\s?)\Z"),  # not $PWD
    _rule("secret", "secret", rb"secrets?(?!ar)" + _ASSIGN),
    _rule("token", "token", rb"tokens?" + _ASSIGN),
    _rule("credential", "credential", rb"credentials?" + _ASSIGN),
    _rule("key", "key", rb"key" + _ASSIGN, _KEY_OWNER),
    _rule("option", "--pass --token --secret --api --access --auth",
          rb"--[a-z-]{0,20}(?:pass(?:word|phrase|wd)?|token|secret|key)" + _OPTION),
    _rule("curl user", "curl", rb"curl\s[^\r\n]{0,120}?(?:\s-u|\s--user)[ =]{0,2}[^\s:]{1,100}:"
          rb"([^\s\"']{1,200})"),
    _token("aws key", "AKIA ASIA", rb"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _token("github token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", rb"[A-Za-z0-9_]{20,255}"),
    _token("gitlab token", "glpat- gldt- glrt- glcbt-", rb"[A-Za-z0-9_.-]{16,300}"),
    _token("slack token", "xoxa- xoxb- xoxp- xoxr- xoxs- xapp-", rb"[A-Za-z0-9-]{10,250}"),
    _token("stripe key", "sk_live_ rk_live_ sk_test_ rk_test_ whsec_", rb"[A-Za-z0-9]{10,250}"),
    _token("google key", "AIza", rb"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _token("ai key", "sk-ant- sk-proj-", rb"[A-Za-z0-9_-]{20,250}"),
    _token("package token", "npm_ pypi-", rb"[A-Za-z0-9_-]{30,300}"),
    _token("sendgrid key", "SG.", rb"[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    _token("healthchecks key", "hcw_ hcr_", rb"[A-Za-z0-9]{20,64}"),
    _token("jwt", "eyJ", rb"[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}"),
    _rule("webhook path", "hooks.slack.com/services/ hc-ping.com/ api.telegram.org/bot",
          rb"(?:hooks\.slack\.com/services/|hc-ping\.com/|api\.telegram\.org/bot)([^\s\"'<>?]{6,200})"),
)  # fmt: skip
_BEFORE_BYTES = 24

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
    parts, position = [], 0
    for start, end, name in spans:
        if start >= position:
            parts += [data[position:start], _mark(name)]
        position = max(position, end)
    return b"".join([*parts, data[position:]]) if parts else data


def _spans(rule: _Rule, data: bytes, lower: bytes) -> Iterator[tuple[int, int, str]]:
    for trigger in rule.triggers:
        at = lower.find(trigger)
        while at >= 0:
            after = at + len(trigger)
            match = _match(rule, data, at)
            group = match.lastindex or 0 if match else 0
            if match and rule.accept(match[group]):
                yield match.start(group), match.end(group), rule.name
                after = max(after, match.end(group))
            at = lower.find(trigger, after)


def _match(rule: _Rule, data: bytes, at: int) -> "re.Match[bytes] | None":
    before = data[max(0, at - _BEFORE_BYTES) : at]
    if rule.before and not _compiled(rule.before, rule.flags).search(before):
        return None
    return _compiled(rule.pattern, rule.flags).match(data, at)


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
