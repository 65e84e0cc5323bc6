"""What it costs to take secrets out of a megabyte: of common logs, and of hostile ones."""

import base64
import hashlib
import json
import random
import time
from collections.abc import Callable
from functools import partial

import pytest

from cronwrap.redact import Redactor
from tests.bench import figures

pytestmark = pytest.mark.bench
ROUNDS = 7
MEGABYTE = 1 << 20
TARGET_MS = 20
HOSTILE_MS = 10 * TARGET_MS

NEAR_HITS = {"token_count": 1523, "tokens": 17, "primary_key": 12345, "password": None}
TRACEBACK = """\
Traceback (most recent call last):
  File "/srv/app/auth/tokens.py", line {0}, in check_token
    value = self.cache[key]
            ~~~~~~~~~~^^^^^
KeyError: 'user:{1}'
"""
TRACE = """\
+ for key in "${{keys[@]}}"
+ rsync -a --delete /srv/{1}/ backup@host:/srv/data/
+ curl -sS -o /dev/null https://example.org/{1}
+ export TOKEN_FILE=/etc/app/token
"""
ACCESS = (
    '10.0.3.17 - - [21/Nov/2026:02:00:00 +0000] "GET /{1}.html?page={0} HTTP/1.1" 200 {0}'
    ' "https://www.example.org/{1}" "Mozilla/5.0 (compatible; +https://bot.example.com/about)"\n'
)
PIECES: dict[str, Callable[[int, str], str]] = {
    "no secret": lambda _, word: f"2026-11-21 02:00:00 INFO copied /srv/{word} to b@host:/srv\n",
    "access log": ACCESS.format,
    "JSON with near-hits": lambda _, word: json.dumps({**NEAR_HITS, "key": word}) + "\n",
    "Python tracebacks": TRACEBACK.format,
    "trace of a shell": TRACE.format,
    "base64": lambda number, _: (
        base64.b64encode(hashlib.sha384(b"%d" % number).digest()).decode() + "\n"
    ),
    "a secret in each line": lambda _, word: f"2026-11-21 02:00:00 login password={word * 2}, ok\n",
}
HOSTILE = (
    "://", "://a:", "key=key=", "api_key", "api_key=", "token", "secret", "password", "--token-token",
    "--api-key ", "curl ", "curl -u", "basic ", "basic AAAA ", "Authorization: ", "cookie:\n", " eyJ",
    "eyJaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "AAAA\n", "-----END PRIVATE KEY-----", "x", "\0",
)  # fmt: skip


def cpu_ms(data: bytes) -> float:
    redactor = Redactor({"API_TOKEN": "Zq3vK9pLm2Xw8Rt5"})
    begun_s = time.process_time()
    redactor(data)
    return (time.process_time() - begun_s) * 1e3


def log(piece: Callable[[int, str], str]) -> bytes:
    """Return a megabyte of pieces with numbers and words of their own."""
    digits = random.Random(7)  # noqa: S311 -- no secret: the same log each time
    parts, size = [], 0
    while size < MEGABYTE:
        parts.append(piece(digits.randrange(99999), f"{digits.getrandbits(40):010x}"))
        size += len(parts[-1])
    return "".join(parts).encode()[:MEGABYTE]


def test_a_megabyte_of_common_logs() -> None:
    logs = {name: log(piece) for name, piece in PIECES.items()}

    median = figures.interleaved(
        ROUNDS, {name: partial(cpu_ms, data) for name, data in logs.items()}
    )

    print("\nTaking secrets out of 1 MiB, CPU time")
    for name, taken_ms in median.items():
        figures.say(name, f"{taken_ms:.0f} ms", f"({TARGET_MS} ms)")


def test_a_megabyte_that_is_hostile() -> None:
    taken = {piece: cpu_ms(piece.encode() * (MEGABYTE // len(piece))) for piece in HOSTILE}

    print("\nTaking secrets out of 1 MiB of near-hits and nothing else, CPU time; the worst")
    for piece in sorted(taken, key=lambda piece: -taken[piece])[:6]:
        figures.say(repr(piece), f"{taken[piece]:.0f} ms", f"({HOSTILE_MS} ms)")
