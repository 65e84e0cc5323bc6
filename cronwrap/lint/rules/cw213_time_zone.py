r"""A time zone that is none, or that the daemon does not heed.

cronie, systemd-cron and supercronic run the lines below CRON_TZ by that zone; for Debian's cron
it is a variable as any other, and BusyBox drops it. TZ is only what the job itself sees.

Bad::

    CRON_TZ=Europe/Vienna
    0 3 * * * /usr/local/bin/backup

Bad (cronie)::

    CRON_TZ=Europe/Pari
    0 3 * * * /usr/local/bin/backup

Good (cronie)::

    CRON_TZ=Europe/Paris
    0 4 * * * /usr/local/bin/backup
"""

from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronwrap.errors import similar
from cronwrap.lint.crontab import Assignment, Found
from cronwrap.lint.rule import WARNING, Rule

_IGNORE_CRON_TZ = {"debian", "busybox", "bcron", "portable"}


def _find(assignment: Assignment) -> Iterator[Found]:
    name, value = assignment.name, assignment.value.removeprefix(":")
    if name not in ("TZ", "CRON_TZ"):
        return
    title = assignment.dialect.title
    if name == "CRON_TZ" and assignment.dialect.name in _IGNORE_CRON_TZ:
        yield assignment.found(
            assignment.name_at,
            f"{title} does not heed CRON_TZ: the jobs run by the machine's own zone",
            "write the times in the machine's zone",
        )
    elif value and not _is_zone(value):
        yield assignment.found(
            assignment.value_at,
            f"there is no time zone {value!r}: UTC takes its place",
            similar(value, sorted(available_timezones()))
            or "write one as tzselect(8) names them: Europe/Berlin, UTC",
        )


@lru_cache(maxsize=64)
def _is_zone(name: str) -> bool:
    if name.startswith("/") or any(char in name for char in ",<0123456789"):
        return True  # a file, or the rule itself as POSIX writes it: CET-1CEST
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


RULE = Rule("CW213", "time-zone", WARNING, "assignment", _find, only_with=("TZ",))
