r"""Fewer than five fields before the command.

minute, hour, day of the month, month, weekday: a field that is forgotten makes the command a
field, which is none.

Bad::

    0 3 * * /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs, looks_like_command
from cronwrap.lint.crontab import Bad, Found, Job, Line, Span
from cronwrap.lint.rule import ERROR, Rule

_FIELDS = 5


def _find(line: Line) -> Iterator[Found]:
    if isinstance(line, Bad):
        words = line.words
        enough = len(words) > _FIELDS or words[0].text.startswith("@")  # but no user
        few = line.reason == "few_fields" or (looks_like_command(words[-1].text) and not enough)
    elif isinstance(line, Job) and line.schedule is None and not line.nickname:
        words = line.fields_at
        few = any(looks_like_command(word.text) for word in words[1:])
    else:
        return
    if few:
        fields = [word for word in words if not looks_like_command(word.text)]
        count = f"{len(fields)} fields" if len(fields) > 1 else "one word"
        yield line.found(
            Span(words[0].start, words[-1].end),
            f"{count} where a job has five; {costs(line.dialect)}",
            "write minute, hour, day of the month, month and weekday before the command",
        )


RULE = Rule("CW104", "too-few-fields", ERROR, "line", _find)
