r"""A last line without a newline.

cron reads lines up to their newline. Debian's cron then refuses the whole file, cronie loses the
last line; the other daemons take it as it is. A last line that is a comment does no harm.

Bad::

    0 3 * * * /usr/local/bin/backup\

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Crontab, Found, Span
from cronwrap.lint.rule import ERROR, Rule

_COSTS = {
    "file": "{title} does not load this file at all: none of its jobs run",
    "line": "{title} drops this line",
    "either": "Debian's cron does not load this file at all, cronie drops this line",
}


def _find(file: Crontab) -> Iterator[Found]:
    last = file.lines[-1] if file.lines else None
    costs = _COSTS.get(file.dialect.last_newline)
    if costs and last is not None and not file.data.endswith(b"\n"):
        if last.kind in ("blank", "comment"):
            return
        yield last.found(
            Span(last.end, last.end),
            f"no newline at the end of the file; {costs.format(title=file.dialect.title)}",
            "end the last line with a newline",
            safe=[(Span(last.end, last.end), "\n")],
        )


RULE = Rule("CW101", "no-final-newline", ERROR, "file", _find)
