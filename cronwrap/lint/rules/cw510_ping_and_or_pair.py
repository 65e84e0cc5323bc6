r"""A pair of pings as ``job && ok || fail``.

The shell reads it from the left: the second ping is sent whenever what stands before it fails, also
when the job went well and only the first ping did not get through. A URL that ends in ``/$?`` tells
Healthchecks.io of both in one request; ``if job; then ...; else ...; fi`` is right everywhere.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c || curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/fail

Good::

    0 3 * * * /usr/local/bin/backup; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/$?
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import JOB, Stand, flow_of
from cronwrap.lint.pings import CLIENT_TEXTS, CLIENTS, Ping, check_of
from cronwrap.lint.rule import WARNING, Rule


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        item, step = stand.item, stand.step
        marks = [mark.text for mark in item.operators[step - 1 : step + 1]] if step else []
        if stand.ping.tells != "success" or marks != ["&&", "||"]:
            continue
        others = flow.pings_in(item.pipelines[step + 1])
        if not others or others[0].tells != "fail" or flow.kind(*item.pipelines[:step]) != JOB:
            continue
        yield job.found(
            others[0].command,
            "this says that the job failed also when only the ping before it did not get through",
            "write `job; curl URL/$?`"
            if stand.ping.service == "healthchecks"
            else "write `if job; then ...; else ...; fi`",
            unsafe=_as_one(job, stand, others[0]),
        )


def _as_one(job: Job, stand: Stand, fail: Ping) -> list[tuple[Span, str]]:
    """Return the edits that make one ping with ``$?`` of the two."""
    ping = stand.ping
    is_last = stand.step + 2 == len(stand.item.pipelines)
    if ping.service != "healthchecks" or not is_last or stand.script.nest:
        return []
    if ping.command.program not in CLIENTS:
        return []
    if check_of(ping.url) != check_of(fail.url) or "?" in ping.url or "'" in ping.word.quotes:
        return []
    operator = stand.item.operators[stand.step - 1]
    mark = job.spot(operator)
    start = job.base + len(job.raw[: operator.start].rstrip(b" \t"))
    end = job.spot(ping.word).end - len(ping.word.quotes[:1])
    after = job.spot(stand.pipeline).end
    return [
        (Span(start, mark.end), ";"),
        (Span(end, end), "/$?"),
        (Span(after, job.spot(stand.item.pipelines[-1]).end), ""),
    ]


RULE = Rule("CW510", "ping-and-or-pair", WARNING, "job", _find, only_with=CLIENT_TEXTS)
