"""A secret is shown by nothing, wherever in a crontab it stands and however it is written."""

import json
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from cronwrap import redact
from cronwrap.cli import next as upcoming
from cronwrap.lint import formats, linter, mask, secret, session
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import catalogue
from tests.lint.asking import findings

SECRET = "Zebra77x" + "Qq"  # in two parts: it looks like a secret, and is none
UUID = "7e0d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c"
# Of which the linter says that they are secrets, where SECRET is.
COMMANDS = (
    "smbclient //h/s -U 'user%SECRET' -c ls",
    r"smbclient //h/s -U user\%SECRET -c ls",
    "smbclient //h/s -U user%SECRET",
    "winexe -U user%SECRET //h x",
    "echo SECRET | sudo -S apt-get update",
    "echo 'SECRET' | /usr/bin/sudo -u bob -kS x",
    "echo -n SECRET | docker login -u bob --password-stdin",
    "echo SECRET | passwd --stdin bob",
    "echo bob:SECRET | chpasswd",
    "sudo -S x <<< SECRET",
    "sudo -S apt-get update%SECRET",
    "curl -s https://h/cron.php?cron_key=SECRET",
    "curl -s 'https://h/cron?a=1&key=SECRET'",
    "curl -s https://h/cron/SECRETSECRETSECRET",
    "PASS=SECRET /x",
    "SMTP_PASS='SECRET' /x",
    "export DB_PASS=SECRET; /x",
    "docker run -e DB_PASS=SECRET x",
    "/x --pass SECRET",
    "/x --pass=SECRET",
    "/x -password SECRET",
    r"PASSWORD=hun\ SECRET /x",
    r'PASSWORD="hun\"SECRET b" /x',
    r"/x --password='ita'\''SECRET b'",
    r"curl -H Authorization:\ Bearer\ SECRET https://h",
    "curl https://app:p@SECRET@h/x",
    "unzip -P SECRET x.zip",
    "sqlplus scott/SECRET@db @/srv/x.sql",
    "http -a app:SECRET https://h",
    "mosquitto_pub -u u -P SECRET -t x",
)
ADDRESSES = (
    "https://hc-ping.com/SECRET",
    "https://hc-ping.com/SECRET/nightly/start",
    f"https://hc.example.org/ping/{UUID}",
    "https://cronitor.link/p/SECRET/nightly",
    "https://hchk.io/SECRET",
    "https://nosnch.in/SECRET",
    "https://uptime.betterstack.com/api/v1/heartbeat/SECRET",
    "https://ping.ohdear.app/SECRET",
    "https://cronhub.io/ping/SECRET",
    "https://kuma.example.org/api/push/SECRET?status=up",
    "https://heartbeat.uptimerobot.com/SECRET",
    "'https://push.statuscake.com/?PK=SECRET&TestID=1'",
    "https://events.pagerduty.com/integration/SECRET/enqueue",
    "https://discord.com/api/webhooks/123456789012345678/SECRET",
    "https://hooks.slack.com/services/T01AB/B02CD/SECRET",
    "https://api.telegram.org/bot1234567890:SECRET/sendMessage",
)
# Lines in which, of all places, a secret stands.
LINES = (
    "SMTP_PASS=SECRET",
    'SMTP_PASS="SECRET x"',
    "BACKUP=mysqldump -uroot -pSECRET shop",
    'BACKUP="mysqldump -uroot -pSECRET shop"',
    "#0 3 * * * mysqldump -uroot -pSECRET shop",
    "# it's been mysqldump -uroot -pSECRET shop",
    "0 3 * * mysqldump -uroot -pSECRET shop",
    "0 3 mysqldump -pSECRET shop",
    "0 3 mysqldump --password=abcdefg -pSECRET",
    "#DB_PASS=SECRET",
    r"# 0 3 * * * PASSWORD=hun\ SECRET /x",
    "# PGPASSWORD=abcdefg mysqldump -pSECRET shop",
    "0 3 * * * ssh h 'mysqldump -pSECRET shop'",
    "0 3 * * * sh -c \"mysqldump -p'SECRET' shop\"",
    "* * * * * * root echo SECRET | sudo -S x",
    "@dayly mysqldump -pSECRET shop",
)


def crontab(line: str) -> Crontab:
    """Return *line* among others that have mistakes, so that much is shown of it."""
    text = line.replace("SECRET", SECRET)
    data = f"0 1 * * * cd /a; rm -rf b\n{text}\n0 5 * * * cd /x; rm -rf y\n"
    return Crontab(data.encode(), "crontab", dialect="debian", form="user")


def shown(file: Crontab) -> Iterator[str]:
    """Yield all that is said of a crontab: in each format, by --diff and by next."""
    found = linter.lint([file], catalogue())
    yield from (formats.render(name, found, [file.path]) for name in formats.FORMATS)
    done = session.repaired([file], [rule for rule in catalogue() if rule.default], unsafe=True)
    yield from session.diff([file], done.files)
    options = {"limit": 1, "zone": "", "after": datetime.now(timezone.utc).isoformat()}
    for job in file.jobs:
        one = upcoming.expected(upcoming.of_job(job), options)
        yield from upcoming.lines(one)
        yield json.dumps(upcoming.for_programs(one))


@pytest.mark.parametrize(
    "line",
    [
        *(f"0 3 * * * {command}" for command in COMMANDS),
        *(f"0 3 * * * /x; curl {address}" for address in ADDRESSES),
        *(f"0 3 * * * /x; fetch {one.replace('https://', '')}" for one in ADDRESSES),
        *LINES,
    ],
)
def test_a_secret_is_shown_by_nothing(line: str) -> None:
    file = crontab(line)
    hidden = UUID if UUID in line else SECRET

    texts = list(shown(file))

    assert mask.line(file.lines[1]).count("*" * len(hidden))
    assert [text for text in texts if hidden in text or hidden[:8] in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_what_surely_is_a_secret_is_told(command: str) -> None:
    assert findings("CW602", f"0 3 * * * {command}".replace("SECRET", SECRET))


@pytest.mark.parametrize("address", ADDRESSES[:12])
def test_the_address_of_a_check_is_masked_and_not_told(address: str) -> None:
    assert not findings("CW602", f"0 3 * * * curl {address}".replace("SECRET", SECRET))


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"0 3 * * * curl https://hc-ping.com/{UUID}; ./b", f"curl https://hc-ping.com/{'*' * 36}; ./b"),
        (f"0 3 * * * ./b; curl https://hc-ping.com/{UUID}/$?", f"https://hc-ping.com/{'*' * 36}/$?"),
        (f"0 3 * * * curl https://hc-ping.com/{UUID}/start && ./b", f"{'*' * 36}/start && ./b"),
        (f"0 3 * * * sh -c 'curl https://hc-ping.com/{UUID}'", f"{'*' * 36}'"),
        (f"0 3 * * * echo $(curl https://hc-ping.com/{UUID})", f"{'*' * 36})"),
        (f"0 3 * * * ./é --token '{SECRET}é'; curl https://hc-ping.com/{UUID}|x", f"{'*' * 36}|x"),
    ],
)  # fmt: skip
def test_the_stars_end_where_the_secret_does_and_no_column_moves(line: str, left: str) -> None:
    (shown,) = (mask.line(line) for line in Crontab(line.encode(), form="user").lines)

    assert shown.endswith(left)
    assert len(shown) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        "0 3 * * * docker run -p 8080:80 -e PASS=1 x",
        "0 3 * * * mkdir -p /var/lib/mysql /srv/net",
        "0 3 * * * /x --password-file /etc/pw --passes 3 --bypass=none",
        "0 3 * * * echo y | sudo -n x",
        '0 3 * * * echo "$PW" | sudo -S x',
        "0 3 * * * echo all is well | mail root",
        "0 3 * * * find / -path /var/lib/mysql -prune -o -print",
        "0 3 * * * curl https://h/etc/cron/daily?keys=abcdefgh",
        "0 3 * * * curl https://h/report?key=summary&cron=x",
        "0 3 * * * /x && curl https://hc-ping.com/your-uuid-here",
        "0 3 * * * sqlplus /nolog @/srv/scripts/x.sql",
        "PASS=1",
        "COMPASS=on",
        "DB_PASS_FILE=/run/secrets/db",
        "# the password of mysql is in /etc/my.cnf, see zip -r",
    ],
)
def test_what_is_no_secret_stays_readable_and_is_not_told(line: str) -> None:
    (only,) = Crontab(line.encode(), form="user").lines

    assert mask.line(only) == line
    assert not findings("CW602", line)


def test_what_cron_makes_of_a_bare_percent_is_told_without_the_password() -> None:
    (found,) = findings(
        "CW125", f"0 3 * * * smbclient //h/s -U user%{SECRET}LongerThanIsShown -c ls"
    )

    assert "gives it '************************...' as its input" in found.message


def test_a_password_too_short_for_a_search_is_starred_out_of_messages_too() -> None:
    (line,) = Crontab(b"0 3 * * * mysql -pab1x", form="user").lines

    assert mask.words("ab1x is not cab1xs", line) == "**** is not cab1xs"


def test_a_password_is_starred_out_of_messages_as_the_shell_reads_it_too() -> None:
    (line,) = Crontab(rb"0 3 * * * PASSWORD=hun\ ter22x /x", form="user").lines

    assert mask.words("'hun ter22x'", line) == f"'{'*' * 10}'"


def test_a_job_given_for_an_expression_is_shown_without_its_password() -> None:
    text = f"0 3 * * * mysqldump -p{SECRET} shop"
    one = upcoming.expected(upcoming.Upcoming(text, "debian"), {})

    assert SECRET not in "".join([*upcoming.lines(one), json.dumps(upcoming.for_programs(one))])


def test_each_mark_of_a_secret_is_worth_a_look() -> None:
    marks = [mark.decode() for mark in redact.triggers()]

    assert [mark for mark in marks if not secret.may_be_in(f"x{mark}x")] == []
