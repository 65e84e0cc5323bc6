r"""A schedule without a command.

Debian's cron takes it without a word and runs nothing; the other daemons refuse the line. In a
system crontab, where it takes the first word of the next line for the rest of the user, Debian's
cron refuses the whole file.

Bad::

    0 3 * * *

Bad (/etc/cron.d/backup)::

    0 3 * * * root

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs, looks_like_command
from cronwrap.lint.crontab import Bad, Found
from cronwrap.lint.rule import ERROR, Rule


def _find(line: Bad) -> Iterator[Found]:
    if line.reason == "no_command" and not looks_like_command(line.words[-1].text):
        does = costs(line.dialect) if line.refusal else f"{line.dialect.title} runs nothing"
        error = line.schedule_error
        why = f", and {error.message}" if error else ""
        user = line.words[len(line.fields_at) :]
        after = f" after {user[0].text}" if user else ""
        yield line.found(
            line.whole,
            f"there is no command{after}{why}; {does}",
            error.hint if error else f"write one after {user[0].text if user else 'the fields'}",
        )


RULE = Rule("CW105", "no-command", ERROR, "bad", _find)
