r"""A comment that allows what is not there.

``# cronwrap: allow CODE`` allows the rule of that code or name on the next line, ``# cronwrap:
allow-file CODE`` in the whole file; several may follow each other. What has been repaired since,
or was never a code, is told, so that such comments do not outlive their reasons.

Bad::

    # cronwrap: allow unguarded-cd
    0 3 * * * /usr/local/bin/backup

Good::

    # cronwrap: allow unguarded-cd
    0 3 * * * cd /srv/app; /usr/local/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found
from cronwrap.lint.rule import ALLOWS, WARNING, Rule


def _find(_: object) -> Iterator[Found]:
    """Find nothing: lint/allow.py knows what was allowed once all rules were asked."""
    yield from ()


RULE = Rule("CW810", "unused-allow", WARNING, ALLOWS, _find)
