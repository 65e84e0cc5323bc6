r"""A time that a change of the clock skips or repeats.

Twice a year, where there is daylight saving time, an hour does not come or comes twice. Debian's
cron and cronie run a job of a fixed time that is skipped right after the change, and once if its
time comes twice; BusyBox and systemd-cron leave it out.

The zone is the crontab's CRON_TZ, where the daemon heeds that, or the host's, where it is known.

Bad (cronie)::

    CRON_TZ=Europe/Berlin
    30 2 * * * /usr/local/bin/backup

Good (cronie)::

    CRON_TZ=Europe/Berlin
    30 4 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.schedule import ScheduleError, parse, runs, zones

_AHEAD = timedelta(days=2 * 366)
_HEEDS_CRON_TZ = {"cronie", "systemd", "supercronic"}
_MOST_A_DAY = 24  # what runs more often has another run soon
_UNIVERSAL = {"", "UTC", "Etc/UTC", "GMT", "Z"}


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    if schedule is None or len(schedule.minutes) * len(schedule.hours) > _MOST_A_DAY:
        return
    own = (job.value("CRON_TZ") or "") if job.dialect.name in _HEEDS_CRON_TZ else ""
    zone = own or _zone_of_host(job)
    hits = () if zone in _UNIVERSAL else _hits(schedule.text, job.dialect.name, zone)
    if hits:
        dates = ", ".join(f"{when}: {note}" for when, note in hits)
        yield job.found(
            job.schedule_at,
            f"the clock changes in {zone} at such a time ({dates})",
            "take a time before 01:00 or from 04:00 on, or UTC for the whole machine",
            severity=WARNING if own else "",
        )


def _zone_of_host(job: Job) -> str:
    host = job.file.host
    if host is None:
        return ""
    name = host.head(zones.NAME).decode("ascii", "replace")
    return zones.local_name(str(host.real(zones.LOCAL) or ""), name)


@lru_cache(maxsize=4096)
def _hits(text: str, dialect: str, zone: str) -> tuple[tuple[str, str], ...]:
    """Return dates and notes of the next two years."""
    try:
        now = datetime.now(ZoneInfo(zone))
        schedule = parse(text, dialect)
    except (ZoneInfoNotFoundError, ValueError, OSError, ScheduleError):
        return ()
    found = []
    for run in runs(schedule, now):
        if run.when > now + _AHEAD:
            break
        if run.note:
            found.append((f"{run.when:%Y-%m-%d}", run.note))
    return tuple(found)


RULE = Rule(
    "CW212", "clock-change", INFO, "job", _find,
    severities={"busybox": WARNING, "systemd": WARNING},
)  # fmt: skip
