r"""A command that the shell cannot read.

A quote that is not closed, a parenthesis too many: the shell complains when the job is due, and
runs nothing of it.

Bad::

    0 3 * * * echo "the backup begins

Good::

    0 3 * * * echo "the backup begins"
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule

_BLANK = re.compile(r"<[A-Za-z][\w -]*>")


def _find(job: Job) -> Iterator[Found]:
    errors = job.script.errors
    if not errors or job.percent is not None:  # which is cut by a percent sign: CW125
        return
    text = job.command.text
    odd = next((quote for quote in "\"'`" if text.count(quote) % 2), "")
    why = f"a {odd} is not closed" if odd else "something is missing, or too much"
    blank = _BLANK.search(text)
    yield job.found(
        errors[0],
        f"{job.shell_name} cannot read this: {why}; nothing of the command runs",
        f"write what {blank[0]} stands for" if blank else "try it with sh -n",
    )


RULE = Rule("CW133", "shell-syntax", ERROR, "job", _find)
