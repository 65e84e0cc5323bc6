"""What makes it fast takes no secret from its reach: it finds what plain patterns find."""

import random
import re
import subprocess
import sys

import pytest

from cronwrap.redact import Redactor, find, matches
from cronwrap.redact.rule import Rule, giving_back
from cronwrap.redact.shapes import FAMILIES
from tests.bench.test_redact import HOSTILE, PIECES, log
from tests.support import plain_redact
from tests.test_redact import LETTERS, LONG, SECRET

RULES = [rule for _, family in FAMILIES for rule in family]
LOG_BYTES = 3 * find.LONG_BYTES // 2
OWNERS = [owner.decode() for owner in plain_redact.OWNERS]
WORDS = [word.decode() for rule in RULES for word in rule.words] + [
    "password", "Password", "passwd", "/etc/passwd", "/etc/password", "_pwd", ";pwd", "- pwd",
    "secretary", "TOKEN", "credentials", "_key", "-key", "Authorization", "Bearer", "Basic",
    "digest", "Set-Cookie:", "-token", "-u", "--user", "--username", "--url", "https", "a:",
]  # fmt: skip
SIGNS = [
    "=", ":", "::", "==", "=>", ":=", ":>", "@", "'", '"', "\\", '\\"', " ", "    ", "     ",
    "\t", "\n", "\r\n", "\v", "{", "}", "[", "]", "(", ")", ";", ",", "&", "?", "$", "%", "<", ">",
    "*", "***", "-", "_", "--", ".", "/", "+", "\xff", "x",
]  # fmt: skip
VALUES = [
    SECRET, LETTERS, LETTERS * 2, "a" * 45, "w" * 210, "A" * 16, "0", "12345", "123456", "12345a",
    "null", "NULL", "none1", "no", "true", "yes", "nil", "undefined", "n/a", "[redacted: x]",
    "QUJDRA==", "dXNlcjpwYXNz", f"{LETTERS}.{LETTERS}.{LETTERS}",
]  # fmt: skip
JOINTS = ["=", "=\\", "=\\$", ": ", ":", " = ", "=>", ":= ", '": "', "': '", '="', "='", " ", ""]


def text(dice: random.Random) -> bytes:
    """Return words, signs and values in any order, many of them in one that makes a secret."""
    return "".join(_piece(dice) for _ in range(dice.choice((2, 6, 20, 60)))).encode("latin-1")


def _piece(dice: random.Random) -> str:
    kind = dice.random()
    word = dice.choice(WORDS)
    value = dice.choice(VALUES)
    if kind < 0.3:
        return word + dice.choice(JOINTS) + value
    if kind < 0.35:
        return f"{dice.choice(OWNERS)}{dice.choice(('_', '-', ''))}key{dice.choice(JOINTS)}{value}"
    if kind < 0.4:
        return word.upper() + dice.choice(JOINTS)
    return dice.choice((word, value, *dice.choices(SIGNS, k=3)))


@pytest.mark.parametrize("seed", range(4))
def test_short_texts_lose_what_plain_patterns_find(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    redact = Redactor()
    for _ in range(800):
        data = text(dice)
        assert redact(data) == plain_redact.redacted(data), data


def test_long_texts_lose_what_plain_patterns_find() -> None:
    dice = random.Random(5)  # noqa: S311 - no secret
    redact = Redactor()
    for _ in range(12):
        data = LONG.encode() + text(dice) + b"\n" + LONG.encode()
        assert redact(data) == plain_redact.redacted(data), data[len(LONG) :]


@pytest.mark.parametrize("name", PIECES)
def test_logs_lose_what_plain_patterns_find(name: str) -> None:
    data = _without_pem(log(PIECES[name])[:LOG_BYTES])

    assert Redactor()(data) == plain_redact.redacted(data)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_lose_what_plain_patterns_find(piece: str) -> None:
    data = _without_pem(piece.encode() * (find.LONG_BYTES // len(piece) + 1))

    assert Redactor()(data) == plain_redact.redacted(data)


def _without_pem(data: bytes) -> bytes:
    """Return *data* without private keys: those are found by no pattern alone."""
    return data.replace(b"PRIVATE", b"PUBLIC")


def test_patterns_match_the_same_where_repeats_give_back() -> None:
    dice = random.Random(6)  # noqa: S311 - no secret
    for _ in range(60):
        data = text(dice)
        for rule in RULES:
            looked_at = data.lower() if rule.lower else data
            usual, older = (
                [match.span(int(rule.lower)) for match in re.finditer(pattern, looked_at)]
                for pattern in (rule.pattern, giving_back(rule.pattern))
            )
            assert usual == older, (rule.words, data)


@pytest.mark.parametrize(("rare", "rules"), FAMILIES, ids=lambda value: repr(value)[:12])
def test_each_word_of_a_family_is_a_sign_of_it(rare: bytes, rules: tuple[Rule, ...]) -> None:
    words = [word for rule in rules for word in rule.words]

    sign = re.compile(matches.sign(rare, words))

    # Where a word has nothing rare in it, all that the pattern matches has: see the texts above.
    assert [word for word in words if rare in word and not sign.search(word)] == []


PROBE = """
import sys
from cronwrap.redact import Redactor
Redactor({"DATABASE_URL": "postgres://app:hunter22@db/x", "API_TOKEN": "Zq3vK9pLm2Xw8Rt5"})(
    sys.argv[1].encode())
print("re" in sys.modules)
"""


@pytest.mark.parametrize(
    ("output", "imported"),
    [
        ("no key was found", False),
        ("primary_key=12 at https://h/x by a@b, token expired, basic: yes, npm_config", False),
        ("the value Zq3vK9pLm2Xw8Rt5 of a variable", False),
        ("connected by app:hunter22", False),
        ("password=hunter22", True),
        ("a token: " + SECRET, True),
    ],
)
def test_re_is_imported_only_where_there_may_be_a_secret(output: str, imported: bool) -> None:  # noqa: FBT001
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, output], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{imported}\n"
