r"""A name of a month or weekday that the daemon does not know.

cron knows the first three letters of the English names. ``sunday``, ``Mo`` or ``März`` is a bad
field.

Bad::

    0 3 * * sunday /usr/local/bin/backup

Good::

    0 3 * * sun /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.bad_line import costs
from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_NAMES = {
    *("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
    *("january", "february", "march", "april", "june", "july", "august", "september"),
    *("october", "november", "december", "tues", "thur", "thurs", "sept"),
}
_ODD = ("error_logged", "every_value", "junk_skipped")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _find(job: Job) -> Iterator[Found]:
    schedule, text = job.schedule, job.schedule_at.text
    spans = [
        (oddity.start, oddity.detail, "write the first three letters")
        for oddity in (schedule.oddities if schedule is not None else ())
        if oddity.kind in _ODD
    ]
    spans += [
        (error.start, error.message, error.hint)
        for error in job.schedule_errors
        if error.kind in ("bad_value", "month_name")
    ]
    for start, message, hint in spans:
        word = _WORD.match(text, start)
        if word is None or (start and text[start - 1].isalnum() and not text[start - 1].isalpha()):
            continue
        where = job.schedule_at.at(word.start(), word.end())
        short = word[0].lower()[:3]
        known = word[0].lower() in _NAMES
        tells = message if schedule is not None else f"{message}; {costs(job.dialect)}"
        yield job.found(
            where,
            tells,
            f"write {short}" if known else hint,
            safe=[(where, short)] if known and job.dialect.name != "systemd" else [],
        )


RULE = Rule("CW108", "unknown-name", ERROR, "job", _find)
