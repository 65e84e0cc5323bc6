"""The corners of the rules about security."""

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import find_rule
from tests.lint.asking import findings, finds

LONG = "q7Zt" + "0pLm2vRx9s"  # in two parts: it looks like a secret, and is none


@pytest.mark.parametrize(
    "command",
    [
        "curl U | bash",
        "wget -qO- U | sudo bash -s -- -y",
        "curl U | gunzip | sh",
        "curl U | python3",
        "curl U | python3 - arg",
        'sh -c "$(curl U)"',
        "bash <(curl -s U)",
        'eval "$(wget -qO- U)"',
        "curl U | timeout 60 sh",
    ],
)
def test_a_download_that_is_run_is_found(command: str) -> None:
    assert finds("CW601", command)


@pytest.mark.parametrize(
    "command",
    [
        "curl U | python3 -m json.tool",
        "curl U | python3 -c 'import sys'",
        "curl U | perl -ne print",
        "curl U | sh /srv/read.sh",
        "curl U -o x && sh x",
        "curl U | mysql app",
        'echo "$(curl U)" | mail x',
        "sh -c 'curl U'",
        'sh -c "echo $(curl U)"',
        "curl U | tar xz",
        "ls | sh",
    ],
)
def test_a_download_that_is_read_is_left_alone(command: str) -> None:
    assert not finds("CW601", command)


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("mysqldump -uroot -p", "hunter22", " db"),
        ("mysql -p'", "hun ter22", "' db"),
        ("sshpass -p ", "hunter22", " ssh h"),
        ("redis-cli -a ", "hunter22", " save"),
        ("curl -u app:", "hunter22", " U"),
        ("PGPASSWORD=", "hunter22", " psql"),
        ("x --password=", "hunter22", ""),
        ("x --token ", LONG, ""),
        ("psql postgres://app:", "hunter22", "@db/app"),
        ("curl -H 'Authorization: Bearer ", LONG, "' U"),
        ("curl 'https://h/x?token=", LONG, "'"),
        ("sh -c 'mysqldump -p", "hunter22", " db'"),
        ("openssl enc -pass pass:", "hunter22", " -in x"),
        ("mongodump -p ", "hunter22", ""),
        ("smbclient //h/s -Uuser\\%", "hunter22", " -c ls"),
        ("smbclient //h/s -U user\\%", "hunter22", " -c ls"),
        ("lftp -u user,", "hunter22", " h"),
    ],
)
def test_a_secret_is_found_and_nothing_around_it(before: str, secret: str, after: str) -> None:
    line = f"0 3 * * * {before}{secret}{after}"
    found = {(one.found.start, one.found.end) for one in findings("CW602", line)}

    start = line.index(secret)
    assert found == {(start, start + len(secret))}
    assert all(secret not in one.found.message + one.found.hint for one in findings("CW602", line))


@pytest.mark.parametrize(
    "command",
    [
        'mysqldump -p"$PW" db',
        "mysqldump -p db",
        "mysqldump -P 3306 db",
        "PGPASSWORD=$PW psql",
        "PGPASSWORD=$(cat /etc/pw) psql",
        "x --password-file /etc/pw --token-file=/etc/token",
        "x --password-file=secrets/pw",
        "aws secretsmanager get-secret-value --secret-id prod-db",
        "x --token=your-token-here --password=changeme",
        "x --password '<password>'",
        "curl -fsS https://hc-ping.com/5a3f1c5e-0000-4000-8000-1234567890ab",
        "grep -i password: /var/log/auth.log",
        "cut -d: -f1 /etc/passwd",
        "ssh-keygen -t rsa",
        "echo 'token: expired' | mail x",
        "git clone git@github.com:a/b",
        "find / -name '*.key'",
        "openssl enc -pass file:/etc/pw",
        "zip -r x.zip y",
        "x --max-tokens 500",
        "7z a x.7z y",
        "curl https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "smbclient //h/s -U user -c ls",
    ],
)
def test_what_is_no_secret_is_left_alone(command: str) -> None:
    assert not finds("CW602", command)


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        (f"API_TOKEN={LONG}", True),
        ('DB_PASSWORD="hunter22"', True),
        ("DB_PASSWORD_FILE=/etc/pw", False),
        ("DB_PASSWORD=", False),
        ("SECRET_NAME=prod", False),
        ("TOKEN_TTL=86400", False),
        (f"# TOKEN={LONG}", False),
    ],
)
def test_a_secret_in_an_assignment_is_found(line: str, *, is_found: bool) -> None:
    assert bool(findings("CW602", line)) == is_found


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (".:/usr/bin", "/usr/bin"),
        ("/usr/bin:", "/usr/bin"),
        ('"/usr/bin::/bin"', '"/usr/bin:/bin"'),
        ("/tmp/bin:/usr/bin", "/usr/bin"),  # noqa: S108 - it is the bad one
    ],
)
def test_an_entry_that_others_may_fill_is_dropped(value: str, kept: str) -> None:
    (found,) = findings("CW606", f"PATH={value}")

    assert found.found.fix is not None
    assert found.found.fix.safe
    assert found.found.fix.edits[0].new.decode() == kept


@pytest.mark.parametrize("line", ["PATH=/usr/bin:/bin", "PATH=/tmpfiles", "CDPATH=.", 'PATH=""'])
def test_a_path_of_directories_is_left_alone(line: str) -> None:
    assert not findings("CW606", line)


@pytest.mark.parametrize(
    ("jobs", "user"),
    [
        ("0 4 * * * bob x\n0 5 * * * root y\n", "root"),
        ("0 4 * * * bob x\n", "bob"),
        ("PATH=/bin\n0 4 * * * root x\n", "the owner of this crontab"),
    ],
)
def test_who_suffers_from_an_unsafe_path_is_named(jobs: str, user: str) -> None:
    file = Crontab(f"PATH=.:/bin\n{jobs}".encode(), "/etc/cron.d/x", form="system")
    (found,) = linter.lint([file], [find_rule("CW606")])

    assert found.found.message.endswith(f"can have the jobs below run it as {user}")
