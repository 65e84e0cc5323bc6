r"""A schedule without a command.

Debian's cron takes it without a word and runs nothing; the other daemons refuse the line.

Bad::

    0 3 * * *

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs, looks_like_command
from cronwrap.lint.crontab import Bad, Found
from cronwrap.lint.rule import ERROR, Rule


def _find(line: Bad) -> Iterator[Found]:
    if line.reason == "no_command" and not looks_like_command(line.words[-1].text):
        title = line.dialect.title
        does = f"{title} runs nothing" if line.dialect.empty_command else costs(line.dialect)
        yield line.found(line.whole, f"there is no command; {does}", "write one after the fields")


RULE = Rule("CW105", "no-command", ERROR, "bad", _find)
