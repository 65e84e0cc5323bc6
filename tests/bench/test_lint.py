"""How long the linter takes: a usual crontab from start to end, and a hundred thousand lines."""

import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import figures
from tests.support.command import SCRIPT

pytestmark = pytest.mark.bench
ROUNDS = 9
LINES = 100_000
TARGET_S = 15.0
SHORT_TARGET_MS = 350

SHORT = """\
# m h dom mon dow user command
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
MAILTO=ops@example.com

17 * * * * root cd / && run-parts --report /etc/cron.hourly
25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
47 6 * * 7 root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.weekly; }
52 6 1 * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.monthly; }
*/5 * * * * www-data flock -n /run/lock/queue /srv/app/venv/bin/python /srv/app/manage.py queue
0 2 * * * root /usr/local/bin/backup --all > /var/log/backup.log 2>&1
30 3 * * 0 root mysqldump --defaults-file=/etc/my.cnf db | gzip > /b/db-$(date +\\%F).sql.gz
15 4 * * 1-5 app cd /srv/app && ./bin/report && curl -fsS -m 10 -o /dev/null https://hc-ping.com/x
@reboot root /usr/local/bin/start
5 5 * * * nobody find /tmp -mtime +7 -delete
6 6 * * * root certbot -q renew
7 7 * * * root apt-get -q update
8 8 * * * root chronic /usr/local/bin/x
9 9 * * * root nice -n 19 /usr/local/bin/y
"""
COMMANDS = (
    "/usr/local/bin/job{0} --all >/dev/null 2>&1",
    "cd /srv/app{0} && /srv/venv/bin/python manage.py send_mail {0}",
    "flock -n /run/lock/x{0} /opt/x/bin/sync --to host{0}",
    "[ -x /usr/bin/x ] && /usr/bin/x -q {0}; curl -fsS https://hc-ping.com/{0}",
    "mysqldump --defaults-file=/etc/my.cnf db{0} | gzip > /b/db{0}-$(date +\\%F).sql.gz",
)


def lines(different: int) -> str:
    """Return a crontab in which so many commands are different."""
    return "".join(
        f"{n % 60} {n // 60 % 24} * * {n % 7} {COMMANDS[n % 5].format(n % different)}\n"
        for n in range(LINES)
    )


def lint_s(crontab: Path, environment: dict[str, str], *options: str) -> float:
    """Return how long it takes from start to end."""
    words = [SCRIPT, "lint", "--dialect", "debian", "--format", "jsonl", *options, str(crontab)]
    begun_s = time.perf_counter()
    done = subprocess.run(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return time.perf_counter() - begun_s


def test_a_usual_crontab(tmp_path: Path) -> None:
    environment = figures.bare_environment(tmp_path)
    crontab = tmp_path / "crontab"
    crontab.write_text(SHORT)
    found = figures.interleaved(
        ROUNDS,
        {
            "lint": lambda: lint_s(crontab, environment) * 1e3,
            "python": lambda: figures.interpreter_ms(environment),
        },
    )

    print("\nlint, start to end")
    figures.say("a crontab of 19 lines", f"{found['lint']:.0f} ms", f"{SHORT_TARGET_MS} ms")
    figures.say("python -I -c pass", f"{found['python']:.0f} ms")


def plain_lines(to_fix: int = 0) -> str:
    """Return a crontab in which all commands are different, and so many can be repaired."""
    plain, wrong = (
        "/opt/app/bin/task_{0} >> /var/log/task_{0}.log 2>&1",
        "cd /srv/app{0}; ./run {0}",
    )
    every = LINES // to_fix if to_fix else 0
    commands = (wrong if every and n % every == 0 else plain for n in range(LINES))
    return "".join(
        f"{n % 60} {n // 60 % 24} * * * {command.format(n)}\n" for n, command in enumerate(commands)
    )


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("1,000 commands", lambda: lines(1000)),
        ("all different, a program each", plain_lines),
        ("all different, with pings, pipes and conditions", lambda: lines(LINES)),
    ],
    ids=["repeated", "plain", "different"],
)
def test_a_hundred_thousand_lines(tmp_path: Path, what: str, make: Callable[[], str]) -> None:
    crontab = tmp_path / "crontab"
    crontab.write_text(make())

    taken_s = lint_s(crontab, figures.bare_environment(tmp_path))

    most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures.say(f"{LINES:,} lines, {what}", f"{taken_s:.1f} s", f"{TARGET_S} s")
    figures.say("most memory of a child so far", f"{most_mb:.0f} MB")


def test_repairs_in_a_hundred_thousand_lines(tmp_path: Path) -> None:
    environment = figures.bare_environment(tmp_path)
    crontab = tmp_path / "crontab"
    crontab.write_text(plain_lines(to_fix=10_000))

    plain_s, diff_s, fix_s = (
        lint_s(crontab, environment, *options) for options in ((), ("--diff",), ("--fix",))
    )

    figures.say(f"{LINES:,} lines, 10,000 to repair", f"{plain_s:.1f} s")
    figures.say("the same, --diff", f"{diff_s:.1f} s", f"{2 * plain_s:.1f} s")
    figures.say("the same, --fix", f"{fix_s:.1f} s", f"{2 * plain_s:.1f} s")


def test_repairs_in_many_files(tmp_path: Path) -> None:
    environment = figures.bare_environment(tmp_path)
    directory = tmp_path / "jobs"
    directory.mkdir()
    rows = plain_lines(LINES // 20).splitlines(keepends=True)
    for number in range(300):
        (directory / f"jobs-{number}").write_text("".join(rows[20 * number : 20 * number + 20]))

    plain_s, diff_s = (lint_s(directory, environment, *one) for one in ((), ("--diff",)))

    figures.say("300 files of 20 lines", f"{plain_s:.1f} s")
    figures.say("300 files of 20 lines, --diff", f"{diff_s:.1f} s", f"{2 * plain_s:.1f} s")
