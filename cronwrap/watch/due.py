"""When a check should run, and whether it has: its schedule against the times of its runs.

A run counts for the newest time that was due when it began, a little early or late as clocks are;
a run that still goes on counts too, for not every scheduler starts another beside it.  A time is
missed when its grace is over and no run has begun since.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from cronwrap.errors import CronwrapError
from cronwrap.store.checks import Check

if TYPE_CHECKING:
    from cronwrap.schedule import Schedule

EARLY_S = 30.0
GRACE_S = 3600.0


class Plan(NamedTuple):
    """When a check should run, and who is told if it has not.

    Attributes:
        schedule: as it was written; "" for none.
        timezone: "" for this machine's.
        endpoints: as ``--endpoint`` is given.
        config_files: where names among these are looked up.
        origin: where the configuration says so, for people; "" where a run did.
    """

    schedule: str = ""
    timezone: str = ""
    grace_s: float = GRACE_S
    endpoints: tuple[str, ...] = ()
    config_files: tuple[str, ...] = ()
    origin: str = ""

    @classmethod
    def recorded(cls, check: Check) -> "Plan":
        """Return what the last run of *check* said."""
        grace_s = GRACE_S if check.grace_s is None else check.grace_s
        return cls(check.schedule, check.timezone, grace_s, check.endpoints, check.config_files)


class Due(NamedTuple):
    """What a schedule says now.

    Attributes:
        next_unix_s: when it should run next; None for never.
        last_unix_s: the newest time that is past and should have been run by now, grace included.
        overdue_since_unix_s: the same, where no run has begun since; else None.
        problem: why the schedule cannot be read, or "".
    """

    plan: Plan
    next_unix_s: float | None = None
    last_unix_s: float | None = None
    overdue_since_unix_s: float | None = None
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "schedule": self.plan.schedule,
            "timezone": self.plan.timezone,
            "grace_s": self.plan.grace_s,
            "next_unix_s": self.next_unix_s,
            "last_due_unix_s": self.last_unix_s,
            "overdue_since_unix_s": self.overdue_since_unix_s,
            "problem": self.problem,
        }


def look(
    plan: Plan, check: Check, running_unix_s: Iterable[float], now_unix_s: float
) -> Due | None:
    """Return what *plan* says of *check* at *now_unix_s*, None where there is no schedule.

    Args:
        plan: of the check.
        check: what is known of its runs.
        running_unix_s: when its runs that go on began.
        now_unix_s: the time to look from.
    """
    if not plan.schedule:
        return None
    from cronwrap.schedule import parse, zone  # most checks have none

    try:
        where = zone(plan.timezone)
        parsed = parse(plan.schedule)
        next_unix_s = _next(parsed, datetime.fromtimestamp(now_unix_s, where))
        last_unix_s = _last(parsed, datetime.fromtimestamp(now_unix_s - plan.grace_s, where))
    except (CronwrapError, OSError, ValueError, OverflowError) as error:
        return Due(plan, problem=str(getattr(error, "message", error)))
    overdue = (
        last_unix_s is not None
        and last_unix_s >= check.first_seen_unix_s
        and not any(running_unix_s)
        and (check.last_started_unix_s or 0.0) < last_unix_s - EARLY_S
    )
    return Due(plan, next_unix_s, last_unix_s, last_unix_s if overdue else None)


def _next(parsed: "Schedule", now: datetime) -> float | None:
    from cronwrap.schedule import runs

    for run in runs(parsed, now):
        return run.when.timestamp()
    return None


def _last(parsed: "Schedule", before: datetime) -> float | None:
    from cronwrap.schedule import previous

    for run in previous(parsed, before):
        return run.when.timestamp()
    return None
