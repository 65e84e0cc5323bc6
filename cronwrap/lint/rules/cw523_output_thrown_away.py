r"""A job whose output goes to /dev/null, and that nothing watches.

cron mails what a job writes, and takes no notice of its exit status. A job that writes into
``/dev/null`` fails for months without anybody's knowing, MAILTO or not. A log, a wrapper or a ping
makes it known; so do systemd-cron and supercronic, which note the exit status themselves.

Bad::

    0 3 * * * /usr/local/bin/backup > /dev/null 2>&1

Good::

    0 3 * * * cronwrap --check backup -- /usr/local/bin/backup
    0 4 * * * /usr/local/bin/report >> /var/log/report.log 2>&1
    0 5 * * * command -v tidy > /dev/null 2>&1 && tidy --all
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import JOB, flow_of, is_watched
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command, Compound, Redirect, Script


def _find(job: Job) -> Iterator[Found]:
    for last in _final(job.script):
        quiet = _silenced(last.redirects)
        if quiet is None or flow_of(job).kind(last) != JOB:
            continue
        if not is_watched(job) and not _status_is_read(job):
            yield job.found(
                quiet,
                "what the job says is thrown away and nothing watches it: nobody learns of a failure",
                "append to a log in place of /dev/null, or put `cronwrap --check NAME --` before it",
            )
            return


def _final(script: Script) -> Iterator[Command | Compound]:
    """Yield the commands whose status nothing in the line asks for."""
    for item in script.items:
        if not any(operator.text == "||" for operator in item.operators):
            last = item.pipelines[-1].commands[-1]
            yield last
            if isinstance(last, Compound):
                first = 0 if last.kind in ("group", "subshell", "for") else 1
                for inner in last.scripts[first:]:
                    yield from _final(inner)
            elif isinstance(inmost := last.innermost.wrapped, Script):
                yield from _final(inmost)


def _silenced(redirects: tuple[Redirect, ...]) -> Redirect | None:
    """Return the redirection that throws the output away, if neither of both is left."""
    goes = {1: "", 2: ""}
    by: Redirect | None = None
    for one in redirects:
        target = one.target.literal if one.target is not None else ""
        if one.operator in ("&>", "&>>") or (one.operator == ">&" and not target.isdigit()):
            goes = {1: target, 2: target}
        elif one.operator == ">&":
            goes[one.fd] = goes.get(int(target), "")
        elif one.operator in (">", ">>", ">|"):
            goes[one.fd] = target
        else:
            continue
        by = by or one
    return by if goes[1] == goes[2] == "/dev/null" else None


def _status_is_read(job: Job) -> bool:
    return "$" in job.command.text and any(one.name == "?" for one in job.script.variables())


RULE = Rule(
    "CW523",
    "output-thrown-away",
    WARNING,
    "job",
    _find,
    severities={"systemd": "", "supercronic": ""},
    only_with=("/dev/null",),
)
