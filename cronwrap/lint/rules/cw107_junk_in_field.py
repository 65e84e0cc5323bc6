r"""Something behind a number or a star that is no part of the grammar.

Debian's cron reads ``*5`` as ``*`` and ``5.30`` as 5, and skips the rest without a word: the job
runs at other times than are written. The other daemons refuse it, or run the job at odd times.

Bad::

    *5 * * * * /usr/local/bin/poll

Bad::

    5.30 4 * * * /usr/local/bin/backup

Good::

    5 4 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.schedule import Oddity

_ODD = {"junk_skipped", "error_logged", "no_comma"}


def _find(job: Job) -> Iterator[Found]:
    text = job.schedule_at.text
    for error in job.schedule_errors:
        if error.kind == "bad_value" and _is_junk(text, error.start):
            where = job.schedule_at.at(error.start, error.end)
            yield job.found(where, f"{error.message}; {costs(job.dialect)}", error.hint)
    for oddity in job.schedule.oddities if job.schedule is not None else ():
        junk = text[oddity.start : oddity.end]
        if oddity.kind in _ODD and not set(junk) & set("~?LW#,"):
            where = job.schedule_at.at(oddity.start, oddity.end)
            is_step = junk.isdigit() and text[oddity.start - 1 : oddity.start] == "*"
            meant = f"*/{junk}" if is_step else ""
            star = job.schedule_at.at(oddity.start - 1, oddity.end)
            yield job.found(
                where,
                f"{oddity.detail}: {_does(job, oddity)}",
                f"write {meant}, if that is meant" if meant else "write numbers, ranges and lists",
                unsafe=[(star, meant)] if meant else [],
            )


def _does(job: Job, oddity: Oddity) -> str:
    """Return what becomes of the job: of ``*5`` the star is left."""
    text = job.schedule_at.text
    if text[oddity.start - 1 : oddity.start] != "*" or job.schedule is None:
        return "it runs at other times than are written"
    name = next(one.name for one in job.schedule.fields if one.start <= oddity.start < one.end)
    return f"* is left, every {'day' if name == 'weekday' else name}"


def _is_junk(text: str, start: int) -> bool:
    """Tell whether what is refused stands right behind a number or a star."""
    return start > 0 and (text[start - 1].isdigit() or text[start - 1] == "*")


RULE = Rule("CW107", "junk-in-field", ERROR, "job", _find)
