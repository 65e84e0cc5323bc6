r"""A job that is sent into the background at the end of its line.

cron runs each job in a process of its own and waits for none of the others, so that ``&`` wins
nothing. It costs: the shell ends at once with 0, so that a wrapper, a lock or a monitor sees the
end of the job at its beginning, and BusyBox, systemd-cron and supercronic, which do not start a job
that still runs, start it again. ``nohup`` is of no use either: cron has no terminal to hang up.

Bad::

    0 3 * * * nohup /usr/local/bin/backup > /var/log/backup.log 2>&1 &

Good::

    0 3 * * * /usr/local/bin/backup > /var/log/backup.log 2>&1
    0 4 * * * /usr/local/bin/first & /usr/local/bin/second & wait
    @reboot /usr/local/bin/daemon > /var/log/daemon.log 2>&1 &
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import CHECK, flow_of, programs
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.shell import AndOr, Command


def _find(job: Job) -> Iterator[Found]:
    items = job.script.items
    last = items[-1].terminator if items else None
    if last is not None and last.text == "&" and job.nickname != "@reboot" and _is_alone(job):
        start = job.base + len(job.raw[: last.start].rstrip(b" \t"))
        again = "" if job.dialect.overlaps else f", and {job.dialect.title} may start it again"
        yield job.found(
            last,
            f"the shell ends at once with 0: how the job ends is not seen{again}",
            "leave the & out: cron does not wait for one job before it starts another",
            unsafe=[(Span(start, job.spot(last).end), ""), *_without_nohup(job, items[0])],
        )
        return
    for item in items if "nohup" in job.command.text and job.nickname != "@reboot" else ():
        for first in _nohups(item):
            yield job.found(
                first.words[0],
                "nohup is of no use here: cron has no terminal to hang up",
                "leave it out",
                unsafe=_without_nohup(job, item),
                severity=INFO,
            )
            return


def _is_alone(job: Job) -> bool:
    """Tell whether nothing waits for it, and it is not ``pgrep daemon || daemon &``."""
    item, *more = job.script.items
    if more or any(command.program == "wait" for command in programs(job.script)):
        return False
    marks = {operator.text for operator in item.operators}
    return "||" not in marks or flow_of(job).kind(item.pipelines[0]) != CHECK


def _nohups(item: AndOr) -> list[Command]:
    commands = [one for pipeline in item.pipelines for one in pipeline.commands]
    return [
        one
        for one in commands
        if isinstance(one, Command) and one.program == "nohup" and one.wrapped is not None
    ]


def _without_nohup(job: Job, item: AndOr) -> list[tuple[Span, str]]:
    """Return the edits that leave out each ``nohup`` that has no options."""
    return [
        (Span(job.spot(one.words[0]).start, job.spot(one.words[1]).start), "")
        for one in _nohups(item)
        if not one.words[1].text.startswith("-")
    ]


RULE = Rule("CW407", "needless-background", WARNING, "job", _find, only_with=("&", "nohup"))
