"""What earlier runs of the check make of an end: a failure in a row, a recovery, slow or fast.

Only where something that is configured asks for it, and only in a reporter: it reads the store.
"""

from statistics import median
from typing import Any

from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.run.job import Job
from cronwrap.store import Store, limits
from cronwrap.units import format_duration

FEWEST_RUNS = 5  # of fewer, nobody can tell how long it usually takes


def judge(end: Event, job: Job, state_dir: str) -> Event:
    """Return *end* as it looks beside the runs that the store knows.

    Raises:
        CronwrapError: the store cannot be read; *end* then stands as it is.
    """
    store = Store(state_dir, limits.of_tables(job.config.history)[0])
    store.take_in()
    past = store.check(end.check)
    failures = past.failures if past is not None else 0
    durations_s = past.durations_s if past is not None else ()
    warning = end.warning or _unusual(end, job, durations_s)
    return end.replace(
        failures=failures + (end.phase == FAIL), fail_after=job.fail_after, warning=warning
    )


def facts(end: Event) -> dict[str, Any]:
    """Return what of *end* came from here, for the run's record."""
    return {name: getattr(end, name) for name in ("failures", "fail_after", "warning")}


def _unusual(end: Event, job: Job, durations_s: "tuple[float, ...]") -> str:
    """Return why the duration of *end* is one to look at, or ""."""
    if end.phase != SUCCESS or end.duration_s is None or len(durations_s) < FEWEST_RUNS:
        return ""
    usual_s = median(durations_s)
    took = f"it took {format_duration(end.duration_s)}"
    usually = f"of its last {len(durations_s)} successes the median is {format_duration(usual_s)}"
    if job.slow_factor and end.duration_s > job.slow_factor * usual_s:
        return f"slow: {took}, and {usually}"
    if job.fast_factor and end.duration_s < usual_s / job.fast_factor:
        return f"fast: {took}, and {usually}"
    return ""
