r"""A comment behind an assignment.

There is none: all that follows the ``=`` is the value, the ``#`` and what is behind it as well.

Bad::

    MAILTO=ops@example.org # who is on call
    0 3 * * * /usr/local/bin/backup

Good::

    # who is on call
    MAILTO=ops@example.org
    0 3 * * * /usr/local/bin/backup
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Assignment, Found, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule

_COMMENT = re.compile(r"\s+#.*")


def _find(assignment: Assignment) -> Iterator[Found]:
    match = None if assignment.quote else _COMMENT.search(assignment.value_at.text)
    if match is None:
        return
    cut = assignment.value_at.text[: match.start()]
    size = len(cut.encode(errors="surrogateescape"))
    comment = Span(assignment.value_at.start + size, assignment.value_at.end)
    above = Span(assignment.start, assignment.start)
    yield assignment.found(
        comment,
        f"there are no comments behind a value: {match[0].strip()} is part of {assignment.name}",
        "put the comment on a line of its own above",
        safe=[(above, match[0].strip() + "\n"), (comment, "")],
        severity=ERROR if assignment.name == "MAILTO" else "",
    )


RULE = Rule("CW121", "comment-in-value", WARNING, "assignment", _find, only_with=("#",))
