r"""A command or an assignment that is longer than the daemon takes.

Debian's cron takes a command of 998 bytes, and refuses the whole file for one more. It cuts an
assignment after 998 bytes: the job gets a part of the value, and where that cuts the closing quote
off, the file is refused. supercronic refuses a file with a line of 65,536 bytes. (``<LONG>`` stands
for a thousand characters.)

Bad::

    0 3 * * * /usr/local/bin/backup <LONG>

Bad::

    DIRECTORIES=<LONG>
    0 3 * * * /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/a-script-with-all-of-it
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Assignment, Found, Job, Line
from cronwrap.lint.rule import ERROR, Rule


def _find(line: Line) -> Iterator[Found]:
    dialect, does = line.dialect, ""
    if 0 < dialect.max_line_bytes < len(line.data):
        what, size, most, hint = line.whole, len(line.data), dialect.max_line_bytes, "shorten it"
    elif isinstance(line, Job) and 0 < dialect.max_command_bytes < len(line.raw):
        what, size, most = line.command, len(line.raw), dialect.max_command_bytes
        hint = "move it into a script"
    elif isinstance(line, Assignment) and 0 < dialect.max_assignment_bytes < len(line.data):
        what, size, most = line.whole, len(line.data), dialect.max_assignment_bytes
        hint = "set it in the job, or in a file that the job reads"
        if not line.refusal:
            does = f"the jobs get the first {len(line.value)} of its value"
    else:
        return
    kind = {"job": "command", "assignment": "assignment"}.get(line.kind, "line")
    does = does or costs(dialect)
    yield line.found(
        what, f"{size} bytes of {kind}, and {dialect.title} takes {most}; {does}", hint
    )


RULE = Rule("CW123", "too-long", ERROR, "line", _find)
