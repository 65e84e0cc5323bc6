"""Time zones by name, and this machine's own with all its changes of the clock."""

import os
from datetime import timezone, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from cronwrap.errors import UsageError

LOCAL, NAME = "/etc/localtime", "/etc/timezone"


def zone(name: str = "") -> tzinfo:
    """Return the time zone of a name; without one, that of ``TZ``, else of this machine."""
    if name:
        found = _named(name)
        if found is None:
            hint = "write one as tzselect(8) names them: Europe/Berlin, UTC"
            raise UsageError(f"there is no time zone {name}", hint=hint)
        return found
    given = os.environ.get("TZ", "").removeprefix(":")
    return (_named(given) if given else None) or _local()


def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # none of it; no name at all; a directory of zones
        return None


def local_name(localtime: str, timezone_file: str) -> str:
    r"""Return the name of a machine's time zone, "" where nothing tells it.

    Args:
        localtime: where the link LOCAL of the machine leads in the end.
        timezone_file: what stands in its file NAME.

    >>> local_name("/usr/share/zoneinfo/Europe/Berlin", ""), local_name("/etc/localtime", "UTC\n")
    ('Europe/Berlin', 'UTC')
    """
    _, found, name = localtime.partition("/zoneinfo/")
    return name if found else timezone_file.strip()


@cache
def _local() -> tzinfo:
    try:
        with Path(LOCAL).open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return timezone.utc
