r"""A ``#`` in a command of BusyBox's crond, which ends the line there.

BusyBox cuts each line at its first ``#``, also within quotes and words; the shell gets what stands
before it. ``\#`` and quotes do not help: move the command into a script.

Bad (busybox)::

    0 3 * * * echo "run #1" >> /var/log/runs

Good (busybox)::

    0 3 * * * /usr/local/bin/count # every night
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell_parse import parse


def _find(job: Job) -> Iterator[Found]:
    place = job.raw.find(b"#")
    if place < 0:
        return
    whole = parse(job.raw, job.shell_name)
    if all(comment.start != place for comment in whole.comments):
        lost = len(job.raw) - place
        yield job.found(
            Span(job.base + place, job.base + place + 1),
            f"{job.dialect.title} ends the line at this #, within quotes too: the shell does not get"
            f" the last {lost} bytes",
            "move the command into a script",
        )


RULE = Rule(
    "CW416", "hash-in-command", ERROR, "job", _find, dialects=("busybox",), only_with=("#",)
)
