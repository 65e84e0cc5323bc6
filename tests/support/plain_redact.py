"""What looks like a secret, by each pattern as one would write it: slow, and easy to believe.

cronwrap.redact must find the same, however it gets there faster.
"""

import base64
import re

_NO_VALUE = (
    rb"(?!\[redacted|\$|%|\*{3}|<|\{|\\[\"']|[0-9]{1,5}\b"
    rb"|(?:null|none|true|false|yes|no|nil|undefined|n/a)\b)"
)
_VALUE = (
    rb"(?:\"" + _NO_VALUE + rb"([^\"\r\n]{1,400})"
    rb"|'" + _NO_VALUE + rb"([^'\r\n]{1,400})"
    rb"|" + _NO_VALUE + rb"([^\s\"'&;,)}\]]{1,400}))"
)  # fmt: skip
_ASSIGN = rb"[\w-]{0,40}(?![\w-])\\?[\"']?\s{0,4}(?:=>|:=|=(?!>)|:(?!=))\s{0,4}\\?" + _VALUE
_SCHEME = rb"(?:bearer|basic|digest|token|negotiate|geniekey|apikey)"
OWNERS = (
    b"api", b"ssh", b"ping", b"auth", b"access", b"master", b"private", b"license", b"account",
    b"signing", b"routing", b"service", b"encryption", b"cron",
)  # fmt: skip
_OWNED = b"|".join(rb"(?<=%s[_-]key)|(?<=%skey)" % (owner, owner) for owner in OWNERS)

_BASE64 = rb"(?:[a-z0-9+/]{4}){1,250}(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?"
_PATH = rb"([^\s\"'<>?;&|()$`\\]{6,200})"
_SEGMENT = rb"([^\s/\"'<>?;&|()$`\\]{6,200})"

# For text in lower case; the first group that matched is the secret.
_SHAPES = (
    ("url password", rb"://[^\s/@:\"'<>]{0,200}:" + _NO_VALUE + rb"([^\s/\"'<>]{1,200})@"),
    ("authorization", rb"authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?"
     rb"(?:" + _SCHEME + rb"\s{1,4})?(?!" + _SCHEME + rb"\s)" + _NO_VALUE
     + rb"([^\s\"',]{1,2000})"),
    ("bearer", rb"bearer\s{1,4}" + _NO_VALUE + rb"([a-z0-9._~+/=-]{8,2000})"),
    ("basic", rb"basic\s{1,4}(?=(" + _BASE64 + rb")(?![a-z0-9+/]))"),
    ("cookie", rb"cookie:\s{0,4}(?!\s)" + _NO_VALUE + rb"([^\r\n]{1,4000})"),
    ("password", rb"(?<!/etc/)passw(?:or)?d" + _ASSIGN),
    ("password", rb"passphrase" + _ASSIGN),
    ("password", rb"(?:(?<=[a-z0-9][_-])|(?<=[;&?-])|(?<=[;&?-]\s))pwd" + _ASSIGN),
    ("secret", rb"secret(?!ar)" + _ASSIGN),
    ("token", rb"token" + _ASSIGN),
    ("credential", rb"credential" + _ASSIGN),
    ("key", rb"key(?:" + _OWNED + rb")" + _ASSIGN),
    ("option", rb"--(?=pass|token|secret|api|access|auth)"
     rb"(?=[a-z-]{0,20}(?:pass|token|secret|key))[\w-]{1,60}(?![\w-])\s{1,4}(?!--)" + _VALUE),
    ("curl user", rb"curl(?:[ \t](?!curl\s|-u|--user[ =])[^\s]{0,200}){0,20}"
     rb"[ \t]-(?:u|-user)[ =]{0,2}[^\s:]{1,100}:" + _NO_VALUE + rb"([^\s\"']{1,200})"),
    ("password", rb"(?<![a-z0-9])pass=\\?" + _VALUE),
    ("webhook path", rb"hooks\.slack\.com/services/" + _NO_VALUE + _PATH),
    ("webhook path", rb"discord(?:app)?\.com/api/webhooks/" + _NO_VALUE + _PATH),
    ("webhook path", rb"hc-ping\.com/" + _NO_VALUE + _SEGMENT),
    ("webhook path", rb"api\.telegram\.org/bot" + _NO_VALUE + _SEGMENT),
    ("webhook path", rb"events\.pagerduty\.com/integration/" + _NO_VALUE + _SEGMENT),
)  # fmt: skip
# As they are; the whole is the secret, and does not begin within a word.
_TOKENS = (
    ("aws key", rb"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("github token", rb"gh[pousr]_[A-Za-z0-9_]{20,255}"),
    ("github token", rb"github_pat_[A-Za-z0-9_]{20,255}"),
    ("gitlab token", rb"gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_.-]{16,300}"),
    ("slack token", rb"xox[abprs]-[A-Za-z0-9-]{10,250}"),
    ("slack token", rb"xapp-[A-Za-z0-9-]{10,250}"),
    ("stripe key", rb"sk_(?:live|test)_[A-Za-z0-9]{10,250}"),
    ("stripe key", rb"rk_(?:live|test)_[A-Za-z0-9]{10,250}"),
    ("stripe key", rb"whsec_[A-Za-z0-9]{10,250}"),
    ("google key", rb"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("ai key", rb"sk-(?:ant|proj)-[A-Za-z0-9_-]{20,250}"),
    ("package token", rb"npm_[A-Za-z0-9_-]{30,300}"),
    ("package token", rb"pypi-[A-Za-z0-9_-]{30,300}"),
    ("sendgrid key", rb"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    ("healthchecks key", rb"hc[wr]_[A-Za-z0-9]{20,64}"),
    ("jwt", rb"eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}"),
)  # fmt: skip


def spans(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return where each secret begins and ends, and its mark, in order."""
    found = []
    for name, pattern in _SHAPES:
        for match in re.finditer(pattern, data.lower()):
            start, end = match.span(match.lastindex or 0)
            if name != "basic" or b":" in base64.b64decode(data[start:end], validate=True):
                found.append((start, end, b"[redacted: %s]" % name.encode()))
    for name, pattern in _TOKENS:
        matches = re.finditer(rb"(?<![A-Za-z0-9_-])" + pattern, data)
        found += [(*match.span(), b"[redacted: %s]" % name.encode()) for match in matches]
    return sorted(found)


def redacted(data: bytes) -> bytes:
    """Return *data* with the marks; where secrets overlap, that of the first."""
    parts, position = [], 0
    for start, end, mark in spans(data):
        if start >= position:
            parts += [data[position:start], mark]
        position = max(position, end)
    return b"".join([*parts, data[position:]])
