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
HOSTILE_MS = 3 * TARGET_MS

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
QUERIES = (
    '10.0.3.17 - - [21/Nov/2026:02:00:00 +0000] "GET /api/items?page={0}&token={1}&sort=key HTTP/1.1"'
    ' 200 {0} "https://www.example.org/login?next=%2F{1}" "Mozilla/5.0 (X11; Linux x86_64)"\n'
)
VARIABLES = """\
HOME=/root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
DB_HOST=db{0}.internal
DB_PASSWORD={1}{0}
LANG=C.UTF-8
API_KEY={1}Q{0}
REDIS_URL=redis://:{1}@cache:6379/0
PWD=/srv/{1}
"""
KUBECTL = """\
NAME                              READY   STATUS    RESTARTS   AGE
cert-manager-{1}-abcde            1/1     Running   0          {0}d
secret/app-token-{1} created
serviceaccount/default patched
pod/api-{1} condition met
"""
DOCKER = """\
#{0} [internal] load metadata for docker.io/library/python:3.12-slim
#{0} [auth] library/python:pull token for registry-1.docker.io
sha256:{1}{1}{1}{1}
Step 4/{0} : RUN pip install -r requirements.txt
 ---> Using cache
"""
TERRAFORM = """\
aws_instance.web[{0}]: Refreshing state... [id=i-{1}]
  + resource "aws_iam_access_key" "k{0}" {{
      + encrypted_secret = (known after apply)
      + secret           = (sensitive value)
      + kms_key_id       = "arn:aws:kms:eu-west-1:123456789012:key/{1}"
"""
GIT = """\
From https://github.com/org/repo
 * [new branch]      fix/{1} -> origin/fix/{1}
 src/auth/tokens_{1}.py | {0} +++++-----
"""
CURL = """\
> GET /v1/{1} HTTP/1.1\r
> Authorization: Bearer {1}{1}\r
> User-Agent: curl/8.5.0\r
< HTTP/2 200\r
< set-cookie: sid={1}{1}; Path=/; HttpOnly\r
< x-request-id: {1}\r
"""
YAML = """\
server:
  host: db{0}
  api_key: {1}
  password_file: /run/secrets/db_{1}
  tokens:
    - name: ci
      token: {1}{1}
"""
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + f"{'A1b2' * 16}\n" * 25
    + "-----END RSA PRIVATE KEY-----\n"
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
    "one line": lambda number, word: f'{{"id": {number}, "url": "https://h/{word}"}}, ',
    "access log, tokens in queries": QUERIES.format,
    "variables of an environment": VARIABLES.format,
    "kubectl": KUBECTL.format,
    "docker build": DOCKER.format,
    "terraform": TERRAFORM.format,
    "git": GIT.format,
    "curl -v": CURL.format,
    "YAML with a secret in each third line": YAML.format,
    "private keys": lambda number, word: f"{number} {word}\n{PEM}",
    "a secret in each line": lambda _, word: f"2026-11-21 02:00:00 login password={word * 2}, ok\n",
}
HOSTILE = (
    "://", "://a:", "key=key=", "api_key", "api_key=", "token", "secret", "password", "--token-token",
    "--api-key ", "curl ", "curl -u", "basic ", "basic AAAA ", "Authorization: ", "cookie:\n", " eyJ",
    "eyJaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "AAAA\n", "-----END PRIVATE KEY-----", "x", "\0",
    "_", "-", "@", "-at-at", "test_test_", "sk_live_", " ghp_", "secret: x ",
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
    logs["no text at all"] = random.Random(7).randbytes(MEGABYTE)  # noqa: S311 -- no secret

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
