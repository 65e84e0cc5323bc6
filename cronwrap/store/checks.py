"""The state of each check: one row, folded from its runs in the order of their ends.

So nobody who wants to know how a check is has to read its runs, of which there may be many.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from cronwrap.event import LOG, SUCCESS
from cronwrap.store import history
from cronwrap.store.records import Record

RECENT = 20
LISTS = ("durations_s", "recent", "endpoints", "config_files")  # JSON in the table


class Check(NamedTuple):
    """What is known of a check.

    Attributes:
        first_seen_unix_s: when its first run that is known was started.
        last_run_id: "" where only its schedule is known; then all that is "last" is empty.
        last_at_unix_s: when its last run ended, or began if nobody knows.
        last_success_unix_s: when its last success ended.
        failures: how many of its last runs in a row have failed.
        skips: how many of its last runs in a row were skipped; they are no failures.
        durations_s: of its last successes, the newest last.
        recent: (first letter of the phase, duration) of its last runs, the newest last.
        schedule, timezone, grace_s: as its last run said.
        missed_unix_s: when the last run was due of which it was told that it is missing.
        endpoints: where its last run reported, as ``--endpoint`` was given; may be secret.
        config_files: where names among these are looked up.
    """

    name: str
    first_seen_unix_s: float
    last_run_id: str = ""
    last_started_unix_s: float | None = None
    last_at_unix_s: float | None = None
    last_phase: str = ""
    last_reason: str = ""
    last_exit_status: int | None = None
    last_duration_s: float | None = None
    last_success_unix_s: float | None = None
    failures: int = 0
    skips: int = 0
    durations_s: tuple[float, ...] = ()
    recent: tuple[tuple[str, float | None], ...] = ()
    schedule: str = ""
    timezone: str = ""
    grace_s: float | None = None
    missed_unix_s: float | None = None
    endpoints: tuple[str, ...] = ()
    config_files: tuple[str, ...] = ()

    def after(self, run: Mapping[str, Any]) -> "Check":
        """Return the state after *run*, which ended later than all before it."""
        phase, duration_s = run["phase"], _rounded(run.get("duration_s"))
        at_unix_s = history.at_unix_s(run)
        state = self._replace(
            last_run_id=run["run_id"],
            last_started_unix_s=run["started_unix_s"],
            last_at_unix_s=at_unix_s,
            last_phase=phase,
            last_reason=run.get("reason") or "",
            last_exit_status=run.get("exit_status"),
            last_duration_s=duration_s,
            recent=(*self.recent, (phase[:1], duration_s))[-RECENT:],
            schedule=run.get("schedule") or "",
            timezone=run.get("timezone") or "",
            grace_s=run.get("grace_s"),
        )
        if phase == LOG:
            return state._replace(skips=self.skips + 1)
        if phase != SUCCESS:
            return state._replace(failures=self.failures + 1, skips=0)
        durations_s = self.durations_s if duration_s is None else (*self.durations_s, duration_s)
        return state._replace(
            failures=0, skips=0, last_success_unix_s=at_unix_s, durations_s=durations_s[-RECENT:]
        )


def _rounded(duration_s: float | None) -> float | None:
    return None if duration_s is None else round(duration_s, 3)


def take_in(db: sqlite3.Connection, record: Record) -> None:
    """Let a run that was just added to the history count."""
    run = record.facts
    state = load(db, run["check"]) or Check(run["check"], run["started_unix_s"])
    if state.last_at_unix_s is None or state.last_at_unix_s <= history.at_unix_s(run):
        state = state.after(run)
        save(db, state._replace(endpoints=record.endpoints, config_files=record.config_files))
    else:  # found late: what came after it has been counted already
        rebuild(db, run["check"])


def rebuild(db: sqlite3.Connection, name: str) -> None:
    """Work out the state of a check from all of its runs that are kept."""
    runs = history.newest(db, (name,), -1)
    if not runs:
        return
    known = load(db, name)
    first_seen_unix_s = min(run["started_unix_s"] for run in runs)
    state = Check(name, first_seen_unix_s)
    if known is not None:
        state = known._replace(
            first_seen_unix_s=min(known.first_seen_unix_s, first_seen_unix_s),
            failures=0,
            skips=0,
            durations_s=(),
            recent=(),
        )
    for run in reversed(runs):
        state = state.after(run)
    save(db, state)


def load(db: sqlite3.Connection, name: str) -> Check | None:
    """Return the state of a check, None where nothing is known of it."""
    return next(iter(load_all(db, (name,))), None)


def load_all(db: sqlite3.Connection, names: Collection[str] = ()) -> list[Check]:
    """Return the state of each of *names* that is known, or of all checks, by name."""
    marks = ",".join("?" * len(names))
    where = f"WHERE name IN ({marks})" if names else ""
    rows = db.execute(
        f"SELECT {', '.join(Check._fields)} FROM checks {where} ORDER BY name",  # noqa: S608 - only marks
        tuple(names),
    )
    return [_check(row) for row in rows]


def _check(row: tuple[Any, ...]) -> Check:
    values = dict(zip(Check._fields, row, strict=True))
    for name in LISTS:
        values[name] = tuple(json.loads(values[name]))
    values["recent"] = tuple(map(tuple, values["recent"]))
    return Check(**values)


def save(db: sqlite3.Connection, state: Check) -> None:
    """Keep the state of a check."""
    row = state._asdict()
    for name in LISTS:
        row[name] = json.dumps(row[name])
    marks = ",".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO checks VALUES ({marks})", tuple(row.values()))  # noqa: S608 - only marks


def forget(db: sqlite3.Connection, name: str) -> int:
    """Forget a check and all of its runs; return how many runs these were, -1 for no such check."""
    runs = db.execute("DELETE FROM runs WHERE check_name = ?", (name,)).rowcount
    rows = db.execute("DELETE FROM checks WHERE name = ?", (name,)).rowcount
    return runs if runs or rows else -1


def prune(db: sqlite3.Connection) -> None:
    """Forget checks that have no run left, unless somebody waits for their next one."""
    db.execute(
        "DELETE FROM checks WHERE schedule = ''"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE check_name = checks.name)"
    )
