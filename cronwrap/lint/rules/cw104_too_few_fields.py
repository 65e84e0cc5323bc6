r"""Fewer than five fields before the command.

minute, hour, day of the month, month, weekday: a field that is forgotten makes the command a
field, which is none.

Bad::

    0 3 * * /usr/local/bin/backup

Good::

    0 3 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator, Sequence

from cronwrap.lint.bad_line import costs, looks_like_command
from cronwrap.lint.crontab import Bad, Found, Job, Line, Piece, Span
from cronwrap.lint.form import USUAL_USERS
from cronwrap.lint.rule import ERROR, Rule

_FIELDS = 5


def _find(line: Line) -> Iterator[Found]:
    if isinstance(line, Bad):
        words = line.words
        enough = len(words) > _FIELDS or words[0].text.startswith("@")  # but no user
        few = line.reason == "few_fields" or (looks_like_command(words[-1].text) and not enough)
        few = few or any(word.text in USUAL_USERS for word in line.fields_at[1:])
    elif isinstance(line, Job) and line.schedule is None and not line.nickname:
        words = line.fields_at
        few = any(looks_like_command(word.text) or word.text in USUAL_USERS for word in words[1:])
    else:
        return
    if _is_prose(words):
        yield line.found(
            Span(words[0].start, words[-1].end),
            f"this is no schedule; {costs(line.dialect)}",
            "put # before it if it is a comment, or else minute, hour, day, month and weekday",
        )
    elif few:
        fields = [
            word
            for word in words
            if not looks_like_command(word.text) and word.text not in USUAL_USERS
        ]
        count = f"{len(fields)} fields" if len(fields) > 1 else "one word"
        yield line.found(
            Span(words[0].start, words[-1].end),
            f"{count} where a job has five; {costs(line.dialect)}",
            "write minute, hour, day of the month, month and weekday before the command",
        )


def _is_prose(words: Sequence[Piece]) -> bool:
    return len(words) > 1 and all(word.text[:2].isalpha() for word in words[:2])


RULE = Rule("CW104", "too-few-fields", ERROR, "line", _find)
