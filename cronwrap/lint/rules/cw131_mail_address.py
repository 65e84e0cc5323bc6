r"""An address that cron does not mail to.

Debian's cron takes letters, digits and ``@!:%-.,_+=/``, beginning with a letter or digit. Debian
12's drops the mail otherwise; Debian 13's crontab(1) refuses the file.

Bad::

    MAILTO=ops@example.org root
    0 3 * * * /usr/local/bin/backup

Good::

    MAILTO=ops@example.org,root
    0 3 * * * /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found
from cronwrap.lint.rule import ERROR, Rule

_TAKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@!:%.,_+=/-]*(?<!,)")
_COMMENT = re.compile(r"\s#")


def _find(assignment: Assignment) -> Iterator[Found]:
    value = assignment.value
    if assignment.name not in ("MAILTO", "MAILFROM") or not value or _TAKEN.fullmatch(value):
        return
    if _COMMENT.search(value) or (assignment.dialect.name == "cronie" and "$" in value):
        return
    several = ",".join(value.replace(",", " ").split())
    yield assignment.found(
        assignment.value_at,
        f"{assignment.dialect.title} mails to no such address: a blank, quote or other mark is in it"
        if _TAKEN.fullmatch(several)
        else f"{assignment.dialect.title} mails to no such address",
        f"write {several}" if _TAKEN.fullmatch(several) else "write a plain address",
    )


RULE = Rule(
    "CW131",
    "mail-address",
    ERROR,
    "assignment",
    _find,
    only_with=("MAILTO", "MAILFROM"),
    dialects=("debian", "cronie", "portable"),
)
