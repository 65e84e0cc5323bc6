r"""A job that runs only if its start ping gets through.

Behind ``&&`` the job waits for the monitor's answer and is left out when there is none: no network,
no job. A start ping is worth less than that; ``;`` goes on in any case.

Bad::

    0 3 * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/start && /usr/local/bin/backup; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/$?

Good::

    0 3 * * * curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/start; /usr/local/bin/backup; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c/$?
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.flow import JOB, flow_of
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import WARNING, Rule


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        rest = stand.item.pipelines[stand.step + 1 :]
        if stand.ping.tells not in ("start", "log") or flow.kind(*rest[:1]) != JOB:
            continue
        mark = stand.item.operators[stand.step]
        if mark.text == "&&":
            is_first = stand.step == 0
            blanks = len(before := job.raw[: mark.start]) - len(before.rstrip(b" \t"))
            at = job.spot(mark)
            yield job.found(
                mark,
                "the job does not run when this ping fails: no network, no job",
                "write ; in place of &&" if is_first else "write `{ curl ...; true; } &&`",
                safe=[(Span(at.start - blanks, at.end), ";")] if is_first else (),
            )


RULE = Rule("CW508", "start-ping-gates-job", WARNING, "job", _find, only_with=CLIENT_TEXTS)
