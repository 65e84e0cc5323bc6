r"""Lines that end in a carriage return and a newline.

For Debian's cron, cronie and BusyBox the carriage return is the last character of the command:
``/usr/bin/backup^M`` is not found. Where nothing else stands on a line it is a bad minute, and
Debian's cron then refuses the whole file. systemd-cron, supercronic and bcron drop it.

Bad::

    0 3 * * * /usr/local/bin/backup<CR>

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found, Span
from cronwrap.lint.rule import ERROR, INFO, Rule


def _find(file: Crontab) -> Iterator[Found]:
    ends = [
        Span(line.start + len(line.data.rstrip(b"\r")), line.end)
        for line in file.lines
        if line.data.endswith(b"\r")
    ]
    if not ends:
        return
    first = file.line_at(ends[0].start)
    title = file.dialect.title
    does = f"{title} drops it" if file.dialect.strips_cr else f"{title} makes it part of the line"
    lines = f"{len(ends)} lines end" if len(ends) > 1 else "this line ends"
    yield first.found(
        ends[0],
        f"{lines} in a carriage return, as on Windows; {does}",
        "save the file with Unix line ends",
        safe=[(end, "") for end in ends],
        severity=INFO if file.dialect.strips_cr else "",
    )


RULE = Rule("CW102", "carriage-return", ERROR, "file", _find)
