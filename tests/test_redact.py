"""Secrets are taken out, and nothing else."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.redact import Redactor, find, mask_url

SECRET = "Zq3vK9pLm2Xw8Rt5"  # noqa: S105 -- of no one
LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD1eF2"
MEGABYTE = 2**20
ORDINARY = "2026-11-21 02:00:00 INFO copied nothing to nowhere\n"
LONG = ORDINARY * (find.LONG_BYTES // len(ORDINARY) + 1)
SECRET_LOGIN = base64.b64encode(b"admin:" + SECRET.encode()).decode()


def redacted(text: str, **environ: str) -> str:
    return Redactor(environ)(text.encode()).decode()


WITH_A_SECRET = (
    f"postgres://app:{SECRET}@db/main",
    f"https://app:p@{SECRET}@h/x",
    f"password={SECRET}",
    f"Password: {SECRET}",
    f"DB_PASSWORD={SECRET} ./run",
    f'"password": "{SECRET}"',
    f"{{'db_password': '{SECRET}'}}",
    f'{{\\"password\\": \\"{SECRET}\\"}}',
    f"passphrase => {SECRET}",
    f"--password {SECRET} --verbose",
    f"--password={SECRET}",
    f"PGPASSWORD={SECRET} psql",
    f"password='{SECRET}'",
    f'export DB_PASSWORD="{SECRET}"',
    f'{{"token_count": 3, "token": "{SECRET}"}}',
    f"password: null, password: {SECRET}",
    f"basic basic {SECRET_LOGIN}",
    f"password: passphrase: {SECRET}",
    f"--password --api-key {SECRET}",
    f"ASIA{SECRET.upper()}",
    f"glcbt-{LETTERS}",
    f"xapp-{LETTERS}",
    f"rk_test_{LETTERS}",
    f"whsec_{LETTERS}",
    f"pypi-{LETTERS}",
    f"hcr_{LETTERS}",
    f"https://api.telegram.org/bot{SECRET}/sendMessage",
    f"curl --user-agent x --user admin:{SECRET} https://h/",
    f"--api-key {SECRET}",
    f"--auth-token {SECRET}",
    f"api_key: {SECRET}",
    f"x-api-key: {SECRET}",
    f"aws_secret_access_key = {SECRET}",
    f"client_secret={SECRET}&grant=x",
    f"?token={SECRET}&x=1",
    f"MYSQL_PWD={SECRET}",
    f"Server=h;Uid=sa;Pwd={SECRET};",
    f"Authorization: Bearer {SECRET}",
    f"Authorization: Basic {SECRET}==",
    f"Authorization: {SECRET}",
    f"'authorization': 'Token {SECRET}'",
    f"using bearer {SECRET}",
    f"Set-Cookie: sid={SECRET}; Path=/",
    f"curl -sS -u admin:{SECRET} https://h/",
    f"AKIA{SECRET.upper()}",
    f"ghp_{LETTERS}",
    f"github_pat_{LETTERS}_{LETTERS}",
    f"glpat-{LETTERS}",
    f"xoxb-{LETTERS}",
    f"sk_live_{LETTERS}",
    f"AIza{LETTERS[:35]}",
    f"sk-ant-{LETTERS}",
    f"npm_{LETTERS}",
    f"SG.{LETTERS}.{LETTERS}",
    f"eyJ{LETTERS}.eyJ{LETTERS}.{LETTERS}",
    f"https://hooks.slack.com/services/T0/B0/{SECRET}",
    f"https://hc-ping.com/{SECRET}/start",
    f"https://discord.com/api/webhooks/123456789012345678/{SECRET}",
    f"https://events.pagerduty.com/integration/{SECRET}/enqueue",
    f"DB_PASS={SECRET} ./run",
    f"--pass='{SECRET}'",
    f"https://h/cron.php?cron_key={SECRET}",
)


@pytest.mark.parametrize("text", WITH_A_SECRET)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    clean = redacted(f"before {text}\nafter\n")

    for secret in (SECRET, SECRET.upper(), SECRET_LOGIN, LETTERS[:35]):
        assert secret not in clean
    assert "[redacted: " in clean
    assert clean.startswith("before ")
    assert clean.endswith("\nafter\n")


@pytest.mark.parametrize("text", WITH_A_SECRET)
def test_it_is_taken_out_of_a_long_text_in_the_same_way(text: str) -> None:
    assert redacted(f"{LONG}{text}\n{ORDINARY}") == f"{LONG}{redacted(text)}\n{ORDINARY}"


@pytest.mark.parametrize(
    "text",
    [
        "tokens: 1523",
        "password=",
        "password: ********",
        "password=$DB_PASSWORD",
        "the password is wrong",
        "wrong password for user root",
        "cat: /etc/passwd: Permission denied",
        "primary_key=1234567 sort_key=abcdef",
        "PWD=/home/someone OLDPWD=/root",
        "basic authentication is enabled",
        "https://example.org/a:b@c",
        "rsync backup@host:/srv/data",
        "12:30:45 user@example.org logged in",
        "monkey: banana",
        "AKIA is a prefix, ghp_ too",
        "token=[redacted: token]",
        "secretary: Jane",
        "curl -u 1000 https://h",
        "Authorization: Bearer $TOKEN",
        '{\\"token\\": \\"null\\", \\"api_key\\": \\"\\"}',
        "password => null",
        "PASS: test_login, first_pass=3, bypass=everything",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_the_mark_names_the_rule_and_the_rest_stays() -> None:
    assert redacted(f"a password={SECRET}, b") == "a password=[redacted: password], b"
    assert (
        redacted(f"postgres://app:{SECRET}@db/x") == "postgres://app:[redacted: url password]@db/x"
    )


@pytest.mark.parametrize("after", ["/$?", "/start", "; ./b", "&& x", "|x", ")", "`", '"', "?rid=1"])
def test_the_address_of_a_check_ends_where_the_shell_or_a_sign_for_it_goes_on(after: str) -> None:
    shown = redacted(f"curl https://hc-ping.com/{SECRET}{after}")

    assert shown == f"curl https://hc-ping.com/[redacted: webhook path]{after}"


def test_values_of_secret_looking_variables_are_taken_out() -> None:
    text = f"connecting as app with {SECRET}"

    assert redacted(text, DB_PASSWORD=SECRET) == "connecting as app with [redacted: DB_PASSWORD]"
    assert redacted(text, DATABASE_URL=f"mysql://app:{SECRET}@h/x") == (
        "connecting as app with [redacted: DATABASE_URL]"
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"HOSTNAME": "connecting"},
        {"DB_PASSWORD": "as"},
        {"PWD": "connecting"},
        {"SECRET_FILE": "connecting"},
    ],
)
def test_other_values_stay(environ: dict[str, str]) -> None:
    assert redacted("connecting as app", **environ) == "connecting as app"


def test_settings_are_taken_out_the_longest_first() -> None:
    redactor = Redactor(secrets=[("short", "abcdef"), ("long", "abcdefgh")])

    assert redactor(b"x abcdefgh abcdef y") == b"x [redacted: long] [redacted: short] y"
    assert redactor.text("x abcdefgh \udce9") == "x [redacted: long] \udce9"


KEY = "".join(f"{LETTERS}{number:04}{LETTERS[:20]}\n" for number in range(20))
BEGIN, END = "-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a\n{BEGIN}{KEY}{END}b\n", "a\n[redacted: private key]\nb\n"),
        (f"{KEY}{END}b\n", "[redacted: private key]\nb\n"),
        (f"a b\n{KEY}{END}b\n", "a b\n[redacted: private key]\nb\n"),
        (f"a\n{BEGIN}{KEY}", "a\n[redacted: private key]"),
        (
            f"{BEGIN}{KEY}{END}-\n{BEGIN}{KEY}{END}",
            "[redacted: private key]\n-\n" * 1 + "[redacted: private key]\n",
        ),
    ],
    ids=["whole", "without its beginning", "cut after a line", "without its end", "two"],
)
def test_private_keys_are_taken_out_also_when_they_are_cut(text: str, expected: str) -> None:
    assert redacted(text) == expected


@given(st.binary(max_size=2000))
def test_any_bytes_are_taken_and_once_is_enough(data: bytes) -> None:
    redactor = Redactor()

    assert redactor(redactor(data)) == redactor(data)


WORDS = st.sampled_from(
    [
        "password", "token", "api_key", "--token", "secret", "pwd", "Authorization:", "Bearer", "basic",
        "cookie:", "curl", " -u ", "://", "a:", "@", "=", ":", "=>", "'", '"', "\\", " ", "\n", "{", "$X",
        "null", "12", "eyJaaaaaaaaa", ".", SECRET, f"ghp_{LETTERS}", "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----\n",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=40).map("".join))
def test_near_hits_of_any_kind_grow_by_no_more_than_marks(text: str) -> None:
    clean = redacted(text)

    assert len(clean) <= len(text) + clean.count("[redacted: ") * len("[redacted: authorization]")


@given(st.lists(WORDS, max_size=20).map("".join), st.lists(WORDS, max_size=20).map("".join))
def test_no_known_value_is_left_among_near_hits(before: str, after: str) -> None:
    assert SECRET not in redacted(before + SECRET + after, DB_PASSWORD=SECRET)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_known_value_is_found_between_any_bytes(before: bytes, after: bytes) -> None:
    redactor = Redactor(secrets=[("key", SECRET)])

    assert SECRET.encode() not in redactor(before + SECRET.encode() + after)


@pytest.mark.parametrize(
    "piece",
    [
        b"2026-11-21 02:00:00 INFO copied /srv/data/file to backup@host:/srv/data/file\n",
        b"password=", b"://", b"://a:", b"eyJ", b"-eyJ", b"curl ", b"--token ", b"basic ",
        b"Authorization: ", b"cookie:", b"-----BEGIN PRIVATE KEY-----", b"AAAA\n",
        b"-----END PRIVATE KEY-----", b"api_key ", b"\0", b"\xff", b"ghp_a", b"a.eyJa-",
    ],
    ids=repr,
)  # fmt: skip
def test_no_input_takes_long(piece: bytes) -> None:
    data = piece * (MEGABYTE // len(piece))
    begun_s = time.process_time()

    Redactor({"API_TOKEN": SECRET})(data)

    assert time.process_time() - begun_s < 10  # a pattern that backtracks takes hours


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hc-ping.com/5a3f?x=1", "https://hc-ping.com/…"),
        ("https://user:key@h:8000/", "https://h:8000"),
        ("https://h", "https://h"),
        ("https://h?key=1", "https://h/…"),
        ("https://h#key", "https://h/…"),
        ("https://key@evil@h/x", "https://h/…"),
        ("http://[::1]:8000/x", "http://[::1]:8000/…"),
        ("postgres+x://a:b@h/x", "postgres+x://h/…"),
        ("not a url", ""),
        ("", ""),
    ],
)
def test_of_a_url_only_scheme_and_host_are_shown(url: str, shown: str) -> None:
    assert mask_url(url) == shown
