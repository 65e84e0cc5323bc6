"""Take secrets out of what leaves the machine: output, command lines, errors, URLs.

Each secret becomes a mark that names the rule that found it, ``[redacted: password]``. What is
known exactly (settings, values of secret-looking environment variables) goes first; then what
looks like a secret.

    shapes.py    what looks like a secret
    find.py      where such things are in a text, which for most texts is told without re
    matches.py   the same by patterns; pem.py: private keys
    own.py       what users themselves want to be taken out

Not imported before the job starts. re is imported only where something may be found: it takes
10 ms and 2 MB, which matters after a job's end and beside a job that runs for hours.
"""

from cronwrap.redact import find
from cronwrap.redact.rule import mark
from cronwrap.redact.shapes import FAMILIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cronwrap.redact import own

MIN_VALUE_CHARACTERS = 6  # a shorter value would take harmless words with it

# Names of variables, in lower case, whose values are secrets; and such that are not after all.
_KEY_OWNERS = (
    "api", "access", "private", "ping", "auth", "license", "account", "encryption", "signing",
    "routing", "master",
)  # fmt: skip
_SENSITIVE = ("secret", "token", "credential", "cookie")
_SENSITIVE_ENDS = ("pass", "password", "passwd", "passphrase", "passcode", "pwd", "_dsn")
_OTHER_ENDS = (
    "_file", "_path", "_dir", "_name", "_sock", "_url", "_id", "_type", "_expiry",
)  # fmt: skip
_DIRECTORIES = ("pwd", "oldpwd")


class Redactor:
    """Takes out exact values that are known, and what looks like a secret.

    Args:
        environ: of the job; the values of its secret-looking variables are taken out.
        secrets: (name, value) of settings; the name is in the mark.
        patterns: (name, regular expression) of more that is to be taken out.
    """

    def __init__(
        self,
        environ: "Mapping[str, str] | None" = None,
        secrets: "Iterable[tuple[str, str]]" = (),
        patterns: "Iterable[tuple[str, str]]" = (),
    ) -> None:
        self._patterns = list(patterns)
        self._own: list[own.Pattern] = []
        known = [*secrets, *_environment_secrets(environ or {})]
        values = {
            value.encode("utf-8", "surrogateescape"): name
            for name, value in reversed(known)
            if len(value) >= MIN_VALUE_CHARACTERS
        }
        longest_first = sorted(values.items(), key=lambda item: -len(item[0]))
        self._values = [(value, mark(name)) for value, name in longest_first]

    def __call__(self, data: bytes) -> bytes:
        """Return *data* without secrets."""
        for value, its_mark in self._values:
            if value in data:
                data = data.replace(value, its_mark)
        if self._patterns and data:
            from cronwrap.redact import own

            self._own = self._own or [own.Pattern(*pattern) for pattern in self._patterns]
            data = own.without(self._own, data)
        return _without_shapes(_without_private_keys(data))

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        return self(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _environment_secrets(environ: "Mapping[str, str]") -> "Iterator[tuple[str, str]]":
    for name, value in environ.items():
        if sounds_secret(name.lower()):
            yield name, value
        for secret in _url_passwords(value):
            yield name, secret


def sounds_secret(name: str) -> bool:
    """Tell whether a variable's name, in lower case, says that its value is a secret.

    >>> [sounds_secret(name) for name in ("db_pass", "api_key_2", "token_file", "pwd", "passes")]
    [True, True, False, False, False]
    """
    if name.endswith(_OTHER_ENDS) or name in _DIRECTORIES:
        return False
    return (
        name.endswith(_SENSITIVE_ENDS)
        or any(part in name for part in _SENSITIVE)
        or (
            "key" in name
            and any(f"{owner}key" in name.replace("_key", "key") for owner in _KEY_OWNERS)
        )
    )


def _url_passwords(value: str) -> "Iterator[str]":
    """Yield the passwords of URLs in *value*.

    >>> [*_url_passwords("mysql://app:hunter2@db/x, https://h:80/a:b@c")]
    ['hunter2']
    """
    for after in value.split("://")[1:]:
        login, at, _ = after.partition("@")
        password = login.partition(":")[2]
        if at and password and "/" not in login and login.split() == [login]:
            yield password


def _without_shapes(data: bytes) -> bytes:
    parts: list[bytes] = []
    position = 0
    for start, end, its_mark in find.spans(data):
        if start >= position:
            parts += (data[position:start], its_mark)
            position = end
        elif end > position:
            position = end
    return b"".join([*parts, data[position:]]) if parts else data


def _without_private_keys(data: bytes) -> bytes:
    if b"PRIVATE KEY" not in data:
        return data
    from cronwrap.redact import pem

    return pem.without_keys(data)


def triggers() -> frozenset[bytes]:
    """Return what a line has one of, in lower case, if something in it looks like a secret."""
    return frozenset(word.lower() for _, rules in FAMILIES for rule in rules for word in rule.words)


def spans(data: bytes) -> list[tuple[int, int]]:
    """Return where in *data*, a line, something stands that looks like a secret.

    >>> spans(b"x --password=hunter22 y")
    [(13, 21)]
    """
    return sorted({(start, end) for start, end, _ in find.spans(data)})


def mask_url(url: str) -> str:
    """Return scheme and host of *url*, all that may be shown of it; "" for what is no URL.

    >>> mask_url("https://user:key@hc-ping.com/5a3f?rid=1"), mask_url("http://[::1]:8000")
    ('https://hc-ping.com/…', 'http://[::1]:8000')
    """
    import re

    match = re.match(
        r"([A-Za-z][A-Za-z0-9+.-]{0,40})://(?:[^/?#]*@)?([^/?#@\s]+)(.*)", url, re.DOTALL
    )
    if not match:
        return ""
    return f"{match[1]}://{match[2]}{'/…' if match[3].strip('/') else ''}"
