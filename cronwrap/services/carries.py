"""What a service can carry: told by its requests, and by ``carries`` where only code knows."""

from typing import NamedTuple

from cronwrap.event import FAIL, LOG, PHASES, START
from cronwrap.services.fields import TEXTS, TIMES
from cronwrap.services.spec import Definition
from cronwrap.services.table import Table

KEYS = ("start", "fail", "log", "exit_status", "duration", "output", "own_time")
_EXIT_STATUS = {"exit_status", "failing_exit_status", "error_status"}
_TIMES = {*TIMES, "started_unix_s", "finished_unix_s", "at_unix_s"}


class Carries(NamedTuple):
    """What one can learn from a service.

    Attributes:
        start: that a run has begun.
        fail: that it failed; else the silence must tell.
        log: what happened, without a verdict.
        exit_status, duration: of a run, as values of their own.
        output_bytes: so much of the output, 0 for none.
        more_output: or more, where the server says so.
        own_time: when it was, also of what is told late.
    """

    start: bool
    fail: bool
    log: bool
    exit_status: bool
    duration: bool
    output_bytes: int
    more_output: bool
    own_time: bool


def carries(definition: Definition) -> Carries:
    """Return what *definition* can carry."""
    said = Table(definition.table, definition.origin, f"services.{definition.name}").table(
        "carries", KEYS
    )
    phases = {phase for phase in PHASES if definition.has_word(phase)}
    names = {
        name for requests in definition.requests.values() for one in requests for name in one.names
    }

    def known(key: str, *, by_requests: bool) -> bool:
        return said.flag(key) if key in said else by_requests

    limit_bytes = definition.rules.limit_bytes if names & {*TEXTS} else 0
    return Carries(
        start=known("start", by_requests=START in phases),
        fail=known("fail", by_requests=FAIL in phases),
        log=known("log", by_requests=LOG in phases),
        exit_status=known("exit_status", by_requests=bool(names & _EXIT_STATUS)),
        duration=known("duration", by_requests="duration_s" in names),
        output_bytes=int(said.number("output", limit_bytes) or 0),
        more_output=bool(definition.rules.limit_header),
        own_time=known("own_time", by_requests=bool(names & _TIMES)),
    )
