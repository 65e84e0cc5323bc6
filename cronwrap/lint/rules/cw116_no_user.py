r"""A job in a system crontab without the user it is to run as.

In /etc/crontab and /etc/cron.d a user stands before the command. Without one, the first word of
the command is taken for the user, and the rest for the command.

Bad (/etc/cron.d/backup)::

    0 3 * * * /usr/local/bin/backup

Bad (/etc/cron.d/backup)::

    @daily /usr/local/bin/backup

Bad (/etc/cron.d/backup)::

    0 3 * * * cd /srv && ./backup

Good (/etc/cron.d/backup)::

    0 3 * * * root /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Bad, Found, Job, Line
from cronwrap.lint.rule import ERROR, Rule

_NOT_IN_NAMES = set("/=$|&;()<>'\"\\`{}[]!#%,")  # of * CW115 tells

# What stands there when the user was forgotten; no system has accounts of these names.
_COMMANDS = {
    *("cd", "php", "python", "python2", "python3", "perl", "ruby", "bash", "sh", "curl", "wget"),
    *("echo", "test", "find", "rm", "sleep", "flock", "nice", "ionice", "env", "source", "export"),
    *(
        "if",
        "sudo",
        "su",
        "rsync",
        "tar",
        "mysqldump",
        "pg_dump",
        "run-parts",
        "timeout",
        "cronwrap",
    ),
    *("chronic", "certbot", "systemctl", "exec", "for", "while"),
}


def _find(line: Line) -> Iterator[Found]:
    if line.file.form != "system":
        return
    user = line.user if isinstance(line, Job) else None
    if (
        isinstance(line, Bad)
        and line.reason == "no_command"
        and len(line.words) > len(line.fields_at)
    ):
        user = line.words[-1]
    if user is not None and _is_none(user.text):
        costs = "none of its jobs run" if line.dialect.bad_line == "file" else "it does not run"
        more = "the whole file is refused: " if line.dialect.bad_line == "file" else ""
        yield line.found(
            user,
            f"{user.text} stands where the user must; {line.dialect.title} knows no such user: "
            f"{more}{costs}",
            f"write root, or another user, before {user.text}",
        )


def _is_none(user: str) -> bool:
    is_odd = set(user) & _NOT_IN_NAMES or user.startswith((".", "-"))
    return bool(is_odd) or user in _COMMANDS


RULE = Rule("CW116", "no-user", ERROR, "line", _find)
