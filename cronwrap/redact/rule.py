"""A rule of what looks like a secret, and looks that tell when its pattern need not be tried."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

WORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
QUOTE_OR_SPACE = b"\\\"' \t\n\r\f\v"
TOKEN_BYTES = 8  # what is shorter is no token


class Rule:
    """What looks like a secret.

    Attributes:
        mark: what is put in its place.
        words: each secret has one of them before it or at its beginning.
        owners: if any, what a word must follow, directly or after "_" or "-".
        lower: whether words and pattern are for text in lower case; else case counts.
        pattern: of the whole; its group 1, or the whole where case counts, is the secret.
        look: tells from what comes after a word whether the pattern may match.
        is_login: whether a secret must be base64 of user:password, which a pattern cannot tell.
    """

    __slots__ = ("is_login", "look", "lower", "mark", "owners", "pattern", "words")

    def __init__(
        self,
        name: str,
        words: str,
        pattern: bytes,
        look: "Callable[[bytes], bool]",
        *,
        owners: "tuple[bytes, ...]" = (),
        lower: bool = True,
        is_login: bool = False,
    ) -> None:
        self.mark = mark(name)
        self.words = tuple(words.encode().split())
        self.owners = owners
        self.lower = lower
        self.pattern = pattern if sys.version_info >= (3, 11) else giving_back(pattern)
        self.look = look
        self.is_login = is_login


def mark(name: str) -> bytes:
    """Return what is put in the place of a secret.

    >>> mark("token")
    b'[redacted: token]'
    """
    return f"[redacted: {name}]".encode("utf-8", "replace")


def giving_back(pattern: bytes) -> bytes:
    """Return *pattern* without possessive repeats, which Python 3.10 does not know: it is slower.

    >>> giving_back(rb"a?+b{1,2}+c+")
    b'a?b{1,2}c+'
    """
    return pattern.replace(b"?+", b"?").replace(b"}+", b"}")


def assigned(after: bytes) -> bool:
    """Tell whether the word may be the end of a name that something is assigned to."""
    return after.lstrip(WORD).lstrip(QUOTE_OR_SPACE).startswith((b"=", b":"))


def login(after: bytes) -> bool:
    """Tell whether user, password and a host may follow."""
    before, at, _ = after.partition(b"@")
    return bool(at) and b":" in before and b"/" not in before


def spaced(after: bytes) -> bool:
    """Tell whether a space follows the word, or the option that begins with it."""
    return after.lstrip(WORD)[:1].isspace()


def with_user(after: bytes) -> bool:
    """Tell whether an option for a user may follow."""
    return b"-u" in after


def long(after: bytes) -> bool:
    """Tell whether what follows is long enough for a token."""
    rest = after[:TOKEN_BYTES]
    return len(rest) == TOKEN_BYTES and not rest.strip(WORD + b".")


def followed(after: bytes) -> bool:
    """Tell whether anything follows."""
    return bool(after)
