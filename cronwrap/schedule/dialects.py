"""The daemons' ways to read a schedule, as data: fields, nicknames and what time changes do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class Range(NamedTuple):
    """What a field may hold.

    Attributes:
        name: "minute".
        title: as a message names it.
        low, high: its first and last number.
        names: the names of its numbers from *low* on, in lower case.
    """

    name: str
    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()


SECOND = Range("second", "second", 0, 59)
MINUTE = Range("minute", "minute", 0, 59)
HOUR = Range("hour", "hour", 0, 23)
DAY = Range("day", "day of the month", 1, 31)
MONTH = Range("month", "month", 1, 12, MONTHS)
WEEKDAY = Range("weekday", "weekday", 0, 7, WEEKDAYS)
YEAR = Range("year", "year", 1970, 2099)

FIVE = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)
REBOOT = ""
_USUAL = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
    "@reboot": REBOOT,
}
_SYSTEMD = {
    **_USUAL,
    "@weekly": "0 0 * * 1",  # systemd's weeks begin on Monday
    "@minutely": "* * * * *",
    "@quarterly": "0 0 1 1,4,7,10 *",
    "@semi-annually": "0 0 1 1,7 *",
    "@semiannually": "0 0 1 1,7 *",
    "@bi-annually": "0 0 1 1,7 *",
    "@biannually": "0 0 1 1,7 *",
    "@anually": "0 0 1 1 *",
    "@boot": REBOOT,
    # The days of anacron's periods
    "@1": "0 0 * * *",
    "@7": "0 0 * * 1",
    "@30": "0 0 1 * *",
    "@31": "0 0 1 * *",
    "@365": "0 0 1 1 *",
}
_SUPERCRONIC = {name: text for name, text in _USUAL.items() if name not in ("@midnight", "@reboot")}


class Dialect(NamedTuple):
    """How one daemon reads schedules.

    Attributes:
        name: as --dialect takes it.
        title: as a message names it.
        nicknames: the ``@`` words it knows, with what they stand for; REBOOT for none.
        blanks: what separates fields.
        zone_variables: assignments of a crontab that say in which zone its schedules are.
        skipped: what becomes of a run in the hour that the clock jumps over: "skip", "at_end" (it
            runs at the first minute after the jump), "later" (that much later), "go" (an hour
            later east of Greenwich, an hour earlier west of it).
        repeated: which of two equal wall clock times it runs at when the clock is set back:
            "both", "first" or "go" (the second one east of Greenwich, the first west of it).
        follows: which jobs follow the clock instead: "wild", those whose minute or hour begins with
            ``*``; "hourly", those of every hour; "" for none.
        once_a_day_first: whether a job with one hour runs only the first time of "both".
    """

    name: str
    title: str
    nicknames: Mapping[str, str]
    blanks: str = " \t"
    zone_variables: tuple[str, ...] = ()
    skipped: str = "skip"
    repeated: str = "both"
    follows: str = ""
    once_a_day_first: bool = False


DIALECTS: Mapping[str, Dialect] = MappingProxyType({
    dialect.name: dialect
    for dialect in (
        Dialect(
            "debian", "Debian's cron", _USUAL,
            skipped="at_end", repeated="first", follows="wild",
        ),
        Dialect(
            "cronie", "cronie", _USUAL, zone_variables=("CRON_TZ",),
            skipped="at_end", repeated="first", follows="wild",
        ),
        Dialect("busybox", "BusyBox crond", _USUAL),
        Dialect(
            "systemd", "systemd-cron", _SYSTEMD, zone_variables=("CRON_TZ", "TZ"),
            repeated="first",
        ),
        Dialect("supercronic", "supercronic", _SUPERCRONIC, zone_variables=("CRON_TZ",),
            blanks=" \t\f\r", skipped="go", repeated="go", follows="hourly"),
        Dialect("bcron", "bcron", {}, blanks=" \t\v\f\r", skipped="later", once_a_day_first=True),
        Dialect(
            "portable", "Debian's cron or cronie", _USUAL,
            skipped="at_end", repeated="first", follows="wild",
        ),
    )
})  # fmt: skip
DEFAULT = "debian"
