r"""A password, token or key in plain text.

A crontab gets into backups, repositories and mails (the command is the subject of each), one in
/etc/cron.d is readable by all, and what stands in a command line ``ps`` shows to every user while
the job runs. The linter shows stars in its place, in every format.

Bad::

    0 3 * * * mysqldump -uapp -phunter22 app > /srv/dump

Good::

    0 3 * * * mysqldump --defaults-extra-file=/etc/app/my.cnf app > /srv/dump
    0 4 * * * . /etc/app.env && curl -fsS -m 60 -u "app:$PASSWORD" -o /srv/x https://app/export
"""

from collections.abc import Iterator

from cronwrap.lint import secret
from cronwrap.lint.crontab import Assignment, Found, Job, Line
from cronwrap.lint.rule import ERROR, Rule

_HINTS = (
    (("mysql", "mariadb"), "put it into a file of mode 0600: mysqldump --defaults-extra-file=FILE"),
    (("psql", "pg_", "PGPASSWORD"), "put it into ~/.pgpass, mode 0600"),
    (("redis-cli",), "read REDISCLI_AUTH from a file of mode 0600: . /etc/app.env"),
    (("curl",), "put it into a file of mode 0600: curl --netrc-file FILE, or curl -K FILE"),
    (("sshpass",), "use a key of its own: ssh -i KEY, with a command in authorized_keys"),
)
_HINT = "read it from a file of mode 0600 in the job: . /etc/app.env"


def _find(line: Line) -> Iterator[Found]:
    if not isinstance(line, (Job, Assignment)):
        return
    for span in secret.told(line):
        yield line.found(
            span,
            "a secret in plain text: all who read this file or its backups have it"
            + (", and all who call ps while the job runs" if isinstance(line, Job) else ""),
            next((hint for marks, hint in _HINTS if _has(line, marks)), _HINT),
        )


def _has(line: Job | Assignment, marks: tuple[str, ...]) -> bool:
    text = (line.command if isinstance(line, Job) else line).text
    return any(mark in text for mark in marks)


RULE = Rule("CW602", "secret", ERROR, "line", _find)
