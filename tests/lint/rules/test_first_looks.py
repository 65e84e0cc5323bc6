"""Rules that look at the text of a line first, as that is cheap, miss nothing for it."""

import pytest

from tests.lint.asking import findings, finds

PING = "https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c"
LONG = "q7Zt" + "0pLm2vRx9s"  # in two parts: it looks like a secret, and is none


@pytest.mark.parametrize(
    ("code", "command"),
    [
        # What the shell puts together from quotes and backslashes.
        ("CW401", "[[ -d /srv ]] && sou''rce /etc/x"),
        ("CW401", "'source' /etc/x"),
        ("CW401", r"source\ x; sourc\e /etc/x"),
        ("CW401", "test a '==' b"),
        ("CW401", 'set -o "pipefail"; /x'),
        ("CW401", "/x |& /y"),
        ("CW401", "/x >& /f"),
        ("CW401", "f=(a b); /x"),
        ("CW401", "/x $RANDOM"),
        ("CW401", "sh -c 'source /etc/x'"),
        ("CW403", '/x "2>&1" 2>&1 >> /l'),
        ("CW410", "'flock' /run/l /x && /y"),
        ("CW411", "docker 'exec' -it shop /x"),
        ("CW517", "curl https://h/a?b=1&c=2"),
        ("CW517", "/y; curl https://h/a?b=1&c=2 & /x"),
        ("CW523", '/x > "/dev/null" 2>&1'),
        ("CW523", '/x "$HOME" > /dev/null 2>&1'),
        ("CW601", "curl U|sh"),
        ("CW601", "curl U |& sh"),
        ("CW601", 'sh -c "`curl U`"'),
        ("CW601", "flock -c /l 'curl U | sh'; curl U | sh"),
    ],
)
def test_what_is_written_in_an_odd_way_is_found(code: str, command: str) -> None:
    dialect = "portable" if code == "CW410" else "debian"
    assert findings(code, f"*/5 * * * * {command}", dialect)


@pytest.mark.parametrize(
    "command",
    [
        f"/x > /dev/null 2>&1 && cu''rl {PING}",
        f"/x > /dev/null 2>&1 && c\\url {PING}",
        f"/x > /dev/null 2>&1 && 'http' {PING}",
        f"/x > /dev/null 2>&1 && nice /usr/bin/curl {PING}",
        f"/x > /dev/null 2>&1 && python3 -c \"import u; u.urlopen('{PING}')\"",
        '/x > /dev/null 2>&1; echo "${?}" > /run/x',
        "'cronwrap' -- /x > /dev/null 2>&1",
    ],
)
def test_a_job_that_is_watched_in_an_odd_way_is_watched(command: str) -> None:
    assert not finds("CW523", command)


@pytest.mark.parametrize(
    "command",
    [
        "MYSQL_PWD=hunter22 mysql",
        "mariadb-dump -uroot -phunter22 x",
        "xtrabackup -phunter22",
        "7z a -phunter22 x.7z y",
        "ldapsearch -w hunter22 x",
        "zip -P hunter22 x y",
        "gpg --passphrase hunter22 x",
        "openssl enc -k hunter22",
        "smbclient -Ubob\\%hunter22 //a/b",
        "mount.cifs -Ubob\\%hunter22 //a/b /c",
        "net rpc -Ubob\\%hunter22",
        "curl --user=app:hunter22 U",
        "'sshpass' -phunter22 ssh h",
        "'redis-cli' '-ahunter22' save",
        "DB_PASSWORD=hunter22 /x",
        "X --PASSWORD=hunter22",
        f"curl -H 'AUTHORIZATION: BEARER {LONG}' U",
        "rsync ftp://app:hunter22@h/x /y",
        f"/x ghp_{LONG}{LONG}",
        f"/x AKIA{'A' * 16}",
    ],
)
def test_a_secret_is_found_by_each_of_its_marks(command: str) -> None:
    assert finds("CW602", command)


@pytest.mark.parametrize("command", ["* * root /x", "*/2 /x", "1-5 /x", "? /x", "0,30 /x"])
def test_a_field_too_many_is_found_by_its_first_sign(command: str) -> None:
    assert finds("CW115", command)
