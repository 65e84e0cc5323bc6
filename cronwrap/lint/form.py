"""Which form a crontab has: with a user column (a system crontab) or without (a user's)."""

import re

# Accounts that own system jobs, on hosts that we do not see.
USUAL_USERS = frozenset(
    [
        "root",
        "daemon",
        "bin",
        "sys",
        "adm",
        "www-data",
        "apache",
        "nginx",
        "http",
        "nobody",
        "mail",
        "postgres",
        "mysql",
        "git",
        "list",
        "backup",
        "man",
        "news",
        "uucp",
        "proxy",
        "www",
        "ubuntu",
        "debian",
        "deploy",
        "app",
        "ec2-user",
        "munin",
        "nagios",
        "zabbix",
        "smmsp",
        "logcheck",
        "amavis",
        "mailman",
        "opendkim",
        "redis",
        "gitlab",
        "jenkins",
        "vagrant",
        "pi",
        "admin",
        "user",
    ]
)
_SYSTEM = re.compile(r"/etc/crontab$|/cron\.d/[^/]+$")
_USER = re.compile(r"/(?:spool/cron|etc/crontabs|cron/(?:crontabs|tabs))/[^/]+$")
# Period in days, delay in minutes, a name and a command; cron takes no name in the third place.
_ANACRONS = re.compile(rb"\s*(?:\d+|@\w+)\s+\d+\s+[A-Za-z][\w.-]{2,}\s+(?![\d*])\S")
_ASSIGNMENT = re.compile(rb"\s*\w+\s*=")
_ENOUGH_BYTES = 1_000_000
_FIELDS = 5


def form_of(path: str, data: bytes) -> str:
    r"""Return "system" or "user": by the path, else by what the sixth words look like.

    >>> form_of("/etc/cron.d/x", b""), form_of("crontab", b"0 1 * * * root /x\\n")
    ('system', 'system')
    >>> form_of("image/etc/crontabs/root", b""), form_of("crontabs/x", b"0 1 * * * root /x\\n")
    ('user', 'system')
    >>> form_of("crontab", b"0 1 * * * /usr/bin/x root\\n")
    'user'
    """
    if _SYSTEM.search(f"/{path}"):
        return "system"
    if _USER.search(f"/{path}"):
        return "user"
    votes = 0
    for line in data[:_ENOUGH_BYTES].splitlines():
        words = line.split(None, 6)
        place = 1 if line.lstrip()[:1] == b"@" else _FIELDS
        if len(words) > place + 1 and line.lstrip()[:1] in b"*@0123456789":
            word = words[place].decode(errors="replace")
            votes += 1 if word in USUAL_USERS else -1
    return "system" if votes > 0 else "user"


def is_anacrons(data: bytes) -> bool:
    r"""Tell whether *data* is a table of anacron, as /etc/anacrontab, and no crontab.

    >>> is_anacrons(b"1 5 cron.daily nice run-parts /etc/cron.daily\n"), is_anacrons(b"1 5 * * * x\n")
    (True, False)
    """
    lines = (line for line in data[:_ENOUGH_BYTES].splitlines() if line.strip()[:1] not in b"#")
    jobs = [line for line in lines if not _ASSIGNMENT.match(line)]
    return bool(jobs) and all(map(_ANACRONS.match, jobs))
