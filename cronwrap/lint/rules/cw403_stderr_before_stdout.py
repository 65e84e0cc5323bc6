r"""``2>&1`` before ``>``, where the errors go elsewhere than meant.

The shell reads redirections from the left: ``2>&1`` sends the errors to where the output goes at
that moment, which is cron's mail, and only then the output is sent to the file. For a pipe
(``2>&1 >/dev/null | mail ...``) this order is right: it passes on the errors alone.

What stands behind ``2>&1`` without a ``>`` is an argument of the command.

Bad::

    0 3 * * * /usr/local/bin/backup 2>&1 >> /var/log/backup.log

Bad::

    0 3 * * * /usr/local/bin/backup 2>&1 /var/log/backup.log

Good::

    0 3 * * * /usr/local/bin/backup >> /var/log/backup.log 2>&1
    0 4 * * * /usr/local/bin/report 2>&1 >/dev/null | logger -t report
"""

from collections.abc import Iterator
from itertools import pairwise

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command, Compound, Node, Pipeline, Redirect, Script

_LOGS = (".log", ".txt", ".out", ".err")


def _find(job: Job) -> Iterator[Found]:
    elsewhere: set[int] | None = None
    for node in job.script.nodes():
        if not isinstance(node, (Command, Compound)):
            continue
        if len(node.redirects) == 1 and isinstance(node, Command):
            yield from _no_file(job, node, node.redirects[0])
        for first, second in pairwise(node.redirects):
            if not _joins(first) or second.fd != 1 or second.operator not in (">", ">>"):
                continue
            elsewhere = _caught(job.script) if elsewhere is None else elsewhere
            if id(node) in elsewhere:
                continue
            file = second.target.text if second.target is not None else "the file"
            yield job.found(
                first,
                f"the errors go to cron's mail and not to {file}: the output goes there only"
                " after this",
                f"write `{second.operator} {file} 2>&1`",
                unsafe=[
                    (first, _text(job, second)),
                    (second, _text(job, first)),
                ],
            )


def _no_file(job: Job, command: Command, redirect: Redirect) -> Iterator[Found]:
    """Yield what stands behind ``2>&1`` as if that wrote to it."""
    last = command.words[-1] if len(command.words) > 1 else None
    if last is None or last.start < redirect.end or not _joins(redirect):
        return
    if last.literal == "/dev/null" or last.literal.endswith(_LOGS):
        operator = ">" if last.literal == "/dev/null" else ">>"
        yield job.found(
            last,
            f"this is an argument of {command.name}: 2>&1 names no file, and nothing is written "
            "to it",
            f"write {operator} {last.literal} 2>&1",
            unsafe=[(redirect, f"{operator} {last.literal}"), (last, "2>&1")],
        )


def _text(job: Job, node: Node) -> str:
    return job.raw[node.start : node.end].decode(errors="surrogateescape").replace("\\%", "%")


def _joins(redirect: Redirect) -> bool:
    target = redirect.target.literal if redirect.target is not None else ""
    return (redirect.fd, redirect.operator, target) == (2, ">&", "1")


def _caught(script: Script) -> set[int]:
    """Return the nodes whose output goes into a pipe or a substitution."""
    caught: set[int] = set()
    for node in script.nodes():
        if isinstance(node, Pipeline):
            for command in node.commands[:-1]:
                caught |= {id(one) for one in _inside(command)}
    for word in script.words():
        caught |= {id(node) for inner in word.scripts for node in inner.nodes()}
    return caught


def _inside(node: Command | Compound) -> Iterator[Node]:
    """Yield *node* and the commands in it."""
    yield node
    if isinstance(node, Compound):
        for script in node.scripts:
            yield from script.nodes()
    elif isinstance(node.wrapped, Script):
        yield from node.wrapped.nodes()
    elif node.wrapped is not None:
        yield from _inside(node.wrapped)


RULE = Rule("CW403", "stderr-before-stdout", WARNING, "job", _find, only_with=("2>&1",))
