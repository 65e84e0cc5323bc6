r"""``sudo`` in a job.

A job of root is root already. In another's job sudo asks for a password, has no terminal to ask
at, and fails, unless sudoers says NOPASSWD; with ``-n`` it fails at once and says why.

Bad (/etc/cron.d/app)::

    0 3 * * * root sudo /usr/local/bin/backup

Good (/etc/cron.d/app)::

    0 3 * * * root /usr/local/bin/backup
    0 4 * * * root sudo -u postgres /usr/bin/pg_dump app -f /srv/dump
    0 5 * * * app sudo -n /usr/local/bin/restart
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command
from cronwrap.lint.surroundings import runs_as

# -n never asks; -A and -S ask elsewhere.
_NEVER_ASKS = re.compile(r"-[A-Za-z]*[nAS][A-Za-z]*|--(?:non-interactive|askpass|stdin)")


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.commands():
        if command.program != "sudo" or command.wrapped is None:
            continue
        own = [one.literal for one in command.args if one.start < command.wrapped.start]
        if runs_as(job) == "root":
            if not {"-u", "-g", "-i", "--user", "--login"} & set(own) and not _names_user(own):
                yield _needless(job, command, own)
        elif not any(_NEVER_ASKS.fullmatch(word) for word in own) and not command.nest:
            end = command.words[0].end
            yield job.found(
                command.words[0],
                "sudo may ask for a password, and a job has no terminal: it fails then",
                "put the job into root's crontab, or allow it with NOPASSWD and write sudo -n",
                unsafe=[(Span(job.base + end, job.base + end), " -n")],
            )


def _names_user(own: list[str]) -> bool:
    return any(re.match(r"-[uigRDr]|--(?:user|group|ch)|-[A-Za-z]*[ui]\Z", word) for word in own)


def _needless(job: Job, command: Command, own: list[str]) -> Found:
    job_starts = command.wrapped.start if command.wrapped is not None else command.end
    prefix = Span(job.base + command.start, job.base + job_starts)
    # With options or NAME=value, or behind a quote, it is not only the word that goes.
    plain = not command.nest and set(own) <= {"-n", "-H", "-E"} and not command.assigns
    return job.found(
        command.words[0],
        "the job is root's already: sudo adds nothing, and fails where it wants a terminal",
        "leave sudo out",
        safe=[(prefix, "")] if plain else [],
    )


RULE = Rule("CW320", "sudo", WARNING, "job", _find, only_with=("sudo",))
