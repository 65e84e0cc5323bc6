r"""A crontab with more lines, jobs or assignments than the daemon takes.

Debian's cron takes 10,000 lines, comments and blank ones too; cronie takes 10,000 jobs and 1,000
assignments. Of a crontab with more nothing runs. (``<MANY>`` stands for a thousand assignments.)

Bad (cronie)::

    <MANY>
    DIRECTORY=/srv
    0 3 * * * /usr/local/bin/backup

Good (cronie)::

    DIRECTORY=/srv
    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found
from cronwrap.lint.rule import ERROR, Rule


def _find(file: Crontab) -> Iterator[Found]:
    dialect = file.dialect
    for lines, most, what in (
        (file.lines, dialect.max_lines, "lines"),
        (file.jobs, dialect.max_jobs, "jobs"),
        (file.assignments, dialect.max_assignments, "assignments"),
    ):
        if 0 < most < len(lines):
            first = lines[most]
            yield first.found(
                first.whole,
                f"{len(lines):,} {what}, and {dialect.title} takes {most:,}: it refuses the whole "
                "file, and none of its jobs run",
                "make several crontabs of it, or one job that starts the others",
            )


RULE = Rule("CW124", "too-many-lines", ERROR, "file", _find)
