r"""A field as Quartz or Jenkins writes it.

``?``, ``L``, ``W``, ``#`` and ``H`` are not cron's. Debian's cron reads ``1#2`` as 1, and skips
the rest without a word.

Bad::

    0 3 ? * 1 /usr/local/bin/backup

Bad::

    0 3 * * 1#2 /usr/local/bin/backup

Good::

    0 3 * * 1 /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_MARKS = set("?LW#")


def _find(job: Job) -> Iterator[Found]:
    text = job.schedule_at.text
    for error in job.schedule_errors:
        if error.kind not in ("quartz", "jenkins"):
            continue
        where = job.schedule_at.at(error.start, error.end)
        is_any = text[error.start : error.end] == "?"
        yield job.found(
            where,
            f"{error.message}; {costs(job.dialect)}",
            error.hint,
            unsafe=[(where, "*")] if is_any else [],
        )
    for oddity in job.schedule.oddities if job.schedule is not None else ():
        if set(text[oddity.start : oddity.end]) & _MARKS and oddity.kind in (
            *("junk_skipped", "error_logged"),
        ):
            where = job.schedule_at.at(oddity.start, oddity.end)
            hint = "write a plain weekday, and ask for its week in the command"
            yield job.found(where, f"{oddity.detail}; this is Quartz's", hint)


RULE = Rule("CW114", "quartz-syntax", ERROR, "job", _find)
