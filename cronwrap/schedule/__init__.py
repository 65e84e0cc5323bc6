"""Cron expressions: what each daemon makes of them, when they run, and how to say it.

``parse`` reads an expression as one daemon does and gives explicit sets. A daemon's reader follows
its C, C++ or Go source step by step, oddities included, because a shared, reasonable grammar is
what no daemon has. Nothing here reads files or clocks, but
``zone`` those of time zones.
"""

from cronwrap.schedule.dialects import DEFAULT, DIALECTS, Dialect
from cronwrap.schedule.model import Field, Oddity, Schedule, ScheduleError, SpecialDay
from cronwrap.schedule.parse import parse
from cronwrap.schedule.periods import Gaps, normal_period_s
from cronwrap.schedule.runs import Run, previous, runs
from cronwrap.schedule.words import words
from cronwrap.schedule.zones import local_name, zone

__all__ = [
    "DEFAULT",
    "DIALECTS",
    "Dialect",
    "Field",
    "Gaps",
    "Oddity",
    "Run",
    "Schedule",
    "ScheduleError",
    "SpecialDay",
    "local_name",
    "normal_period_s",
    "parse",
    "previous",
    "runs",
    "words",
    "zone",
]
