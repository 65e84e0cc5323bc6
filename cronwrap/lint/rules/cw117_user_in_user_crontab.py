r"""A user before the command, in a user's own crontab.

Only /etc/crontab and /etc/cron.d have a user there. In a crontab that is edited with ``crontab
-e``, cron runs a program of that name: ``root: not found``.

Bad (/var/spool/cron/crontabs/root)::

    0 3 * * * root /usr/local/bin/backup

Good (/var/spool/cron/crontabs/root)::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule

_USERS = {
    *("root", "www-data", "nobody", "postgres", "mysql", "apache", "nginx", "daemon", "backup"),
    *("mail", "news", "uucp", "proxy", "list", "ubuntu", "debian", "ec2-user", "admin", "deploy"),
    *("vagrant", "git", "jenkins", "redis", "tomcat", "oracle", "asterisk", "zabbix", "nagios"),
}


def _find(job: Job) -> Iterator[Found]:
    words = job.command.text.split(None, 2) if job.file.form == "user" else []
    if len(words) < 2 or words[0] not in _USERS:  # noqa: PLR2004
        return
    follows = words[1]
    if follows.startswith(("/", "[", "test", "cd", "if", "sh", "bash", "php", "python")):
        name = Span(job.command.start, job.command.start + len(words[0]))
        rest = job.command.text.index(follows, len(words[0]))
        yield job.found(
            name,
            f"{words[0]} is a user, and in a user's own crontab none stands there: "
            f"{job.dialect.title} runs a program of that name",
            f"drop {words[0]}, or put the line into /etc/cron.d",
            unsafe=[(Span(job.command.start, job.command.start + rest), "")],
        )


RULE = Rule("CW117", "user-in-user-crontab", ERROR, "job", _find)
