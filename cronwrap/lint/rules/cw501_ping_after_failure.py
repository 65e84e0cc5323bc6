r"""A success ping that is sent whether or not the job went well.

After ``;`` the shell goes on whatever the job's exit status was, so that the monitor stays green
while the job fails night after night. Behind ``&&`` the ping is sent after a success only; a URL
that carries ``$?`` tells of both. A line that ends at the first failure (``set -e``) is right.
What is quoted for another host, ``ssh host '...'``, is not looked into: its shell is that host's.

Bad::

    0 3 * * * /usr/local/bin/backup; curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c
    0 4 * * * /usr/local/bin/report; curl -fsS -m 10 -o /dev/null https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e/$?
    0 5 * * * set -e; /usr/local/bin/load; curl -fsS -m 10 -o /dev/null https://hc-ping.com/c0ffee12-9a8b-4c7d-b6e5-f4a3b2c1d0e9
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.flow import JOB, Flow, Stand, flow_of, stops
from cronwrap.lint.pings import CLIENT_TEXTS
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import AndOr, Compound


def _find(job: Job) -> Iterator[Found]:
    flow = flow_of(job)
    for stand in flow.stands:
        guarded = _job_before(flow, stand)
        if guarded is None or flow.ends_at_failure(stand.script):
            continue
        mark = guarded.terminator
        is_next = stand.step == 0 and guarded is stand.before[-1]
        hint = "join them with &&"
        if stand.ping.service == "healthchecks":
            hint += ", or end the URL with /$? to tell of failures too"
        yield job.found(
            stand.ping.command,
            "this ping says success whether or not the job failed",
            hint,
            unsafe=[(mark, " &&")] if is_next and mark is not None else (),
        )


def _job_before(flow: Flow, stand: Stand) -> AndOr | None:
    """Return the list that the job before a success ping stands in, if the ping is sent anyway."""
    if stand.ping.tells != "success" or not flow.always_runs(stand):
        return None
    for item in reversed(stand.before):
        if flow.kind(item) == JOB:
            return None if item.background or stops(item) or _is_done(flow, item) else item
    return None


def _is_done(flow: Flow, item: AndOr) -> bool:
    """Tell whether *item* ends in a success, or tells of it by a ping of its own."""
    own = [ping for pipeline in item.pipelines for ping in flow.pings_in(pipeline)]
    last = item.pipelines[-1].commands[-1]
    if any(ping.tells in ("success", "status") for ping in own):
        return True
    if not isinstance(last, Compound) or last.kind not in ("until", "while"):
        return False
    # `until job; do sleep 60; done` goes on until it has been one.
    asked = last.scripts[0].items if last.scripts else ()
    return bool(asked) and (last.kind == "until" or asked[-1].pipelines[-1].negated)


RULE = Rule("CW501", "ping-after-failure", ERROR, "job", _find, only_with=CLIENT_TEXTS)
