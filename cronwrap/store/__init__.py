"""What this machine remembers of its runs: one SQLite file, fed from the runs' own files.

A run writes nothing but its own file (run/record.py), so that neither a busy nor a damaged
database can stand in its way.  Whoever wants to know takes the finished files in first: one
transaction, keyed by run id, after which they are removed; killed at any point, the next one
does it again.  A file that has no end and no living writer is a run that was cut off.

    database.py    the file        records.py  what a run's file says
    reading.py     in memory       history.py  the runs, and how many are kept
    migrations.py  its schema      checks.py   the state of each check, a row that runs update
    limits.py      [history]       outbox.py   what endpoints are owed
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from cronwrap.event import Event
from cronwrap.state import RUNS, SAID, SUFFIX, discard
from cronwrap.store import checks, database, history, outbox, records
from cronwrap.store.checks import Check
from cronwrap.store.limits import Limits
from cronwrap.store.outbox import Address, Outbox
from cronwrap.store.records import Record

BATCH_FILES = 256  # in one transaction


class Store:
    """The history in a state directory; without *limits*, nothing is ever forgotten.

    Every method raises CronwrapError when the file cannot be used.

    Attributes:
        directory: of the state.
        outbox: what endpoints are owed.
    """

    def __init__(self, directory: str, limits: Limits | None = None) -> None:
        self.directory = Path(directory)
        self._limits = limits
        self._database = database.Database(self.directory)
        self.outbox = Outbox(self._database, self.directory)

    def take_in(self) -> None:
        """Move the files of runs that are over into the database, and forget what is too old."""
        try:
            records.forget_left_overs(self.directory)
            files = iter(records.paths(self.directory))
            while batch := list(islice(files, BATCH_FILES)):
                self._take_in(batch)
        except OSError as error:
            raise self._database.unusable(error) from error

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be changed."""
        return bool(self._database.read_only)

    def is_readable(self) -> bool:
        """Tell whether there is something to be shown, if only what was taken in before."""
        try:
            return self._database.path.stat().st_size > 0
        except OSError:
            return False

    def _take_in(self, files: list[Path]) -> None:
        read = {path: records.read(path) for path in files}
        over = [record for record in read.values() if record is not None and not record.alive]
        over.sort(key=lambda record: history.at_unix_s(record.facts))
        if over:
            self._database.take(lambda db: self._add(db, over))
        if self._database.read_only:
            return
        for path, record in read.items():
            if not record.alive if record is not None else records.is_left_over(path):
                path.unlink(missing_ok=True)
                discard(str(path.with_suffix(SAID)))  # of a run that was cut off

    def _add(self, db: sqlite3.Connection, over: list[Record]) -> None:
        for record in over:
            before = checks.load(db, record.facts["check"])
            if history.add(db, record.facts, record.output):
                checks.take_in(db, record)
                outbox.take_in(db, record, before)
        if self._limits is not None:
            history.prune(db, self._limits, time.time(), {one.facts["check"] for one in over})
            checks.prune(db)
        outbox.prune(db, time.time())
        if not self._database.read_only:
            outbox.mark(self.directory, db)

    def living(self) -> Iterator[Record]:
        """Yield what is known of the runs whose wrapper still lives."""
        for path in records.paths(self.directory):
            record = records.read(path)
            if record is not None and record.alive:
                yield record

    def runs(
        self, names: tuple[str, ...] = (), limit: int = 50, phases: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        """Return the newest runs, the last one first: all that was recorded of each.

        Args:
            names: of checks; all checks when empty.
            limit: the most runs to return.
            phases: of the runs that are wanted; all when empty.
        """
        names = tuple(map(records.storable, names))
        # Files first: one that is taken in meanwhile is then found in both, not in none.
        living = [{**history.USUAL, **one.facts} for one in self.living()]
        found = [
            run
            for run in living
            if (not names or run["check"] in names) and (not phases or run["phase"] in phases)
        ]
        if self._database.exists():
            found += self._database.read(lambda db: history.newest(db, names, limit, phases))
        unique = {run["run_id"]: run for run in found}.values()
        return sorted(unique, key=history.at_unix_s, reverse=True)[:limit]

    def check(self, name: str) -> Check | None:
        """Return the state of a check, None where nothing is known of it."""
        return next(iter(self.checks((name,))), None)

    def checks(self, names: tuple[str, ...] = ()) -> list[Check]:
        """Return the state of each of *names* that is known, or of all checks, by name."""
        if not self._database.exists():
            return []
        known = tuple(map(records.storable, names))
        return self._database.read(lambda db: checks.load_all(db, known))

    def output(self, run_id: str) -> bytes:
        """Return the end of what a run's job wrote, redacted, as far as it is kept."""
        if not self._database.exists():
            return b""
        return self._database.read(lambda db: history.output(db, run_id))

    def find(self, check: str, run_id: str) -> list[dict[str, Any]]:
        """Return the runs of *check* whose id begins with *run_id*, two at most."""
        if not self._database.exists():
            return []
        name = records.storable(check)
        return self._database.read(lambda db: history.find(db, name, run_id))

    def save(self, state: Check) -> None:
        """Keep the state of a check."""
        self._database.write(lambda db: checks.save(db, state))

    def forget(self, check: str) -> int:
        """Forget a check and its runs; return how many these were, -1 where it was not known."""
        if not self._database.exists():
            return -1
        name = records.storable(check)
        return self._database.write(lambda db: checks.forget(db, name))

    def miss(self, state: Check, event: Event, addresses: Iterable[Address]) -> bool:
        """Keep *state*, and owe *event* of a run that is missing; False if that is known already."""

        def work(db: sqlite3.Connection) -> bool:
            known = checks.load(db, state.name)
            if known is not None and known.missed_unix_s == state.missed_unix_s:
                return False
            checks.save(db, (known or state)._replace(missed_unix_s=state.missed_unix_s))
            outbox.owe(db, event, addresses)
            outbox.mark(self.directory, db)
            return True

        return self._database.write(work)

    def record_path(self, run_id: str) -> Path:
        """Return where a run that goes on has its file."""
        return self.directory / RUNS / f"{run_id}{SUFFIX}"

    def notices(self) -> list[str]:
        """Return what a person should be told once, such as damage; nobody is told again."""
        if not self._database.exists():
            return []
        waiting = self._database.read(database.notices)
        if waiting and not self._database.read_only:
            return self._database.write(database.take_notices)
        return waiting
