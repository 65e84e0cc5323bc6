"""What endpoints are owed: ends of runs that they have not accepted, on disk until they do.

A row leaves when its endpoint has accepted it; what was rejected, or must not be told so late,
stays for a while with the reason.  A row holds the word that ``--endpoint`` was given, the names
of the configuration files and the variables that were asked for, and no rendered request: so a
token that was changed meanwhile is the one that is used.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cronwrap.event import DEFAULTS, FAIL, LOG, Event
from cronwrap.redact import mask_url
from cronwrap.state import LONGEST_PAUSE_S, OWED_MARK
from cronwrap.store.checks import Check
from cronwrap.store.database import Database
from cronwrap.store.records import LOST, Record
from cronwrap.units import full_jitter

FIRST_PAUSE_S = 60.0
LOCK = "flush.lock"
KEPT_OWED = 10_000
KEPT_OWED_DAYS = 14
KEPT_DROPPED = 1_000


class Address(NamedTuple):
    """How an endpoint is found.

    Attributes:
        endpoint: the word that ``--endpoint`` was given; may be secret.
        config_files: where a name among such words is looked up.
        environ: the variables that were asked for; None where nobody came to ask.
    """

    endpoint: str
    config_files: tuple[str, ...]
    environ: Mapping[str, str] | None

    @property
    def name(self) -> str:
        """The endpoint, as it may be shown."""
        return mask_url(self.endpoint) if ":" in self.endpoint else self.endpoint


class Owed(NamedTuple):
    """An end that an endpoint has not accepted.

    Attributes:
        number: of its row.
        tries: how often it was sent late, in vain.
        why: what came of the last try.
        told_unix_s: the time of the newest end of its check that the endpoint has accepted, or 0.
    """

    number: int
    address: Address
    event: Event
    tries: int = 0
    why: str = ""
    told_unix_s: float = 0.0


class Debt(NamedTuple):
    """What one endpoint is owed.

    Attributes:
        address: of the endpoint.
        reports: how many ends.
        oldest_unix_s: when the oldest of these was.
        next_try_unix_s: when a run tries again.
    """

    address: Address
    reports: int
    oldest_unix_s: float
    next_try_unix_s: float


class Outbox:
    """The rows of a store.

    Every method raises CronwrapError when the store cannot be used.
    """

    def __init__(self, database: Database, directory: Path) -> None:
        self._database = database
        self._directory = directory

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Be the one who sends what is owed; False when another process is, or nothing can be."""
        if not self._database.exists():
            yield False
            return
        self._database.refuse_if_read_only()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            number = os.open(self._directory / LOCK, flags, 0o600)
        except OSError as error:
            raise self._database.unusable(error) from error
        with os.fdopen(number, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def due(self, now_unix_s: float, *, at_once: bool = False) -> list[Owed]:
        """Return what is to be sent now; with *at_once* also what is to wait."""
        if not self._database.exists():
            return []
        return self._database.read(lambda db: _due(db, now_unix_s, at_once=at_once))

    def owe(self, event: Event, addresses: Iterable[Address]) -> None:
        """Owe *event* to each of *addresses*."""

        def work(db: sqlite3.Connection) -> None:
            owe(db, event, addresses)
            mark(self._directory, db)

        self._database.write(work)

    def settle(self, owed: Owed, kind: str, why: str, after_s: float | None = None) -> None:
        """Write down what came of a try: "accepted", "rejected", or anything else for not yet."""
        now_unix_s = time.time()

        def work(db: sqlite3.Connection) -> None:
            if kind == "accepted":
                db.execute("DELETE FROM outbox WHERE number = ?", (owed.number,))
                _note_told(db, owed.address.endpoint, owed.event)
            elif kind == "rejected":
                _drop(db, owed.number, why, now_unix_s)
            else:
                _put_off(db, owed, why, now_unix_s + _pause_s(owed.tries, after_s))
            mark(self._directory, db)

        self._database.write(work)

    def counts(self) -> dict[str, int]:
        """Return how many ends are owed of each check that owes any."""
        if not self._database.exists():
            return {}
        return self._database.read(
            lambda db: dict(
                db.execute(
                    "SELECT check_name, count(*) FROM outbox WHERE dropped_unix_s IS NULL GROUP BY 1"
                ).fetchall()
            )
        )

    def debts(self) -> list[Debt]:
        """Return what is owed to each endpoint that is owed anything."""
        if not self._database.exists():
            return []
        return self._database.read(
            lambda db: [
                Debt(Address(endpoint, tuple(json.loads(files)), None), *figures)
                for endpoint, files, *figures in db.execute(
                    "SELECT endpoint, config_files, count(*), min(at_unix_s), max(next_try_unix_s)"
                    " FROM outbox WHERE dropped_unix_s IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
                ).fetchall()
            ]
        )

    def dropped(self, limit: int) -> list[tuple[Owed, float]]:
        """Return what was given up last, and when."""
        if not self._database.exists():
            return []
        return self._database.read(
            lambda db: [
                (_owed(row[:-1], db), row[-1])
                for row in db.execute(
                    f"SELECT {_COLUMNS}, dropped_unix_s FROM outbox"  # noqa: S608 - a constant
                    " WHERE dropped_unix_s IS NOT NULL ORDER BY dropped_unix_s DESC LIMIT ?",
                    (limit,),
                ).fetchall()
            ]
        )


def owe(db: sqlite3.Connection, event: Event, addresses: Iterable[Address]) -> None:
    """Owe *event* to each of *addresses*, in a transaction that does more."""
    for address in addresses:
        _owe(db, event, address)


def take_in(db: sqlite3.Connection, record: Record, before: Check | None) -> None:
    """Owe the end that *record* tells to each endpoint that does not know of it.

    Args:
        db: in the transaction that adds the run to the history.
        record: of a run that is over.
        before: the state of its check before it.
    """
    event = _end_of(record, before.failures if before is not None else 0)
    for endpoint in record.endpoints:
        kind, why = record.told.get(endpoint, ("", ""))
        if kind == "accepted":
            _note_told(db, endpoint, event)
        elif kind != "rejected":
            _owe(db, event, Address(endpoint, record.config_files, record.environ), why)


def _end_of(record: Record, failures_before: int) -> Event:
    """Return the end of a run that is over; of one that was cut off, that it was."""
    output = record.output if record.facts.get("output_in_report", True) else b""
    event = unpack({**record.facts, "output": ""}).replace(output=output)
    if record.facts["phase"] == LOST:
        event = event.replace(phase=FAIL, detail=event.detail or "nobody saw its end")
    if event.failures or event.phase == LOG:
        return event
    return event.replace(failures=failures_before + (event.phase == FAIL))


def _due(db: sqlite3.Connection, now_unix_s: float, *, at_once: bool) -> list[Owed]:
    latest_unix_s = float("inf") if at_once else now_unix_s
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM outbox WHERE dropped_unix_s IS NULL"  # noqa: S608 - a constant
        # Too far in the future: the clock was set back.
        " AND (next_try_unix_s <= ? OR next_try_unix_s > ?) ORDER BY at_unix_s, number",
        (latest_unix_s, now_unix_s + LONGEST_PAUSE_S),
    )
    return [_owed(row, db) for row in rows.fetchall()]


def _put_off(db: sqlite3.Connection, owed: Owed, why: str, until_unix_s: float) -> None:
    """Let all that goes to the same endpoint wait: what came later is not told before it."""
    db.execute("UPDATE outbox SET tries = tries + 1, why = ? WHERE number = ?", (why, owed.number))
    db.execute(
        "UPDATE outbox SET next_try_unix_s = ?"
        " WHERE endpoint = ? AND config_files = ? AND dropped_unix_s IS NULL",
        (until_unix_s, owed.address.endpoint, json.dumps(owed.address.config_files)),
    )


def _owe(db: sqlite3.Connection, event: Event, address: Address, why: str = "") -> None:
    """Add an end that an endpoint has not accepted, once."""
    environ = address.environ
    db.execute(
        "INSERT INTO outbox (run_id, check_name, endpoint, config_files, environ, event, at_unix_s,"
        " why, next_try_unix_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce((SELECT"
        " max(next_try_unix_s) FROM outbox WHERE endpoint = ? AND dropped_unix_s IS NULL), 0))"
        " ON CONFLICT DO NOTHING",
        (
            event.run_id,
            event.check,
            address.endpoint,
            json.dumps(address.config_files),
            None if environ is None else json.dumps(dict(environ)),
            json.dumps(pack(event)),
            event.at_unix_s,
            why,
            address.endpoint,  # it waits with what came before it
        ),
    )


def _note_told(db: sqlite3.Connection, endpoint: str, event: Event) -> None:
    """Remember that *endpoint* knows of *event*."""
    db.execute(
        "INSERT INTO told VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET at_unix_s = max(at_unix_s, excluded.at_unix_s)",
        (_key(endpoint), event.check, event.at_unix_s),
    )


def _drop(db: sqlite3.Connection, number: int, why: str, now_unix_s: float) -> None:
    """Keep an end only for the reason why it is not sent."""
    db.execute(
        "UPDATE outbox SET dropped_unix_s = ?, why = ? WHERE number = ?", (now_unix_s, why, number)
    )


def prune(db: sqlite3.Connection, now_unix_s: float) -> None:
    """Drop what is owed for too long or in too great a number, and forget old reasons."""
    oldest_unix_s = now_unix_s - KEPT_OWED_DAYS * 86_400
    why = f"nobody has accepted it in {KEPT_OWED_DAYS} days"
    db.execute(
        "UPDATE outbox SET dropped_unix_s = ?, why = ? || ': ' || why"
        " WHERE dropped_unix_s IS NULL AND at_unix_s < ?",
        (now_unix_s, why, oldest_unix_s),
    )
    why = f"more than {KEPT_OWED} newer ones are owed"
    db.execute(
        "UPDATE outbox SET dropped_unix_s = ?, why = ? WHERE number IN (SELECT number FROM outbox"
        " WHERE dropped_unix_s IS NULL ORDER BY at_unix_s DESC LIMIT -1 OFFSET ?)",
        (now_unix_s, why, KEPT_OWED),
    )
    db.execute(
        "DELETE FROM outbox WHERE number IN (SELECT number FROM outbox"
        " WHERE dropped_unix_s IS NOT NULL ORDER BY dropped_unix_s DESC LIMIT -1 OFFSET ?)",
        (KEPT_DROPPED,),
    )


def mark(directory: Path, db: sqlite3.Connection) -> None:
    """Leave a file whose time says when there is something to send; none while nothing is owed.

    A run looks at it instead of opening the store.
    """
    (due_unix_s,) = db.execute(
        "SELECT min(next_try_unix_s) FROM outbox WHERE dropped_unix_s IS NULL"
    ).fetchone()
    path = directory / OWED_MARK
    if due_unix_s is None:
        path.unlink(missing_ok=True)
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(path, flags, 0o600)
    try:
        os.utime(fd, (due_unix_s, due_unix_s))
    finally:
        os.close(fd)


def pack(event: Event) -> dict[str, Any]:
    """Return *event* as JSON can hold it."""
    return {**event.as_dict(), "output": event.output.decode("latin-1")}


def unpack(facts: Mapping[str, Any]) -> Event:
    """Return the event that ``pack`` was given; what this version does not know is left out."""
    known = {name: facts[name] for name in DEFAULTS if name in facts}
    output = known.get("output", "")
    return Event(**{**known, "output": output.encode("latin-1", "replace")})


_COLUMNS = "number, endpoint, config_files, environ, event, tries, why"


def _owed(row: tuple[Any, ...], db: sqlite3.Connection) -> Owed:
    number, endpoint, config_files, environ, event, tries, why = row
    unpacked = unpack(json.loads(event))
    told = db.execute(
        "SELECT at_unix_s FROM told WHERE endpoint = ? AND check_name = ?",
        (_key(endpoint), unpacked.check),
    ).fetchone()
    known = None if environ is None else json.loads(environ)
    return Owed(
        number=number,
        address=Address(endpoint, tuple(json.loads(config_files)), known),
        event=unpacked,
        tries=tries,
        why=why,
        told_unix_s=told[0] if told else 0.0,
    )


def _key(endpoint: str) -> str:
    """Return what stands for *endpoint*, which may be a secret, where nothing is sent."""
    return hashlib.sha256(endpoint.encode(errors="surrogateescape")).hexdigest()


def _pause_s(tries: int, after_s: float | None) -> float:
    """Return how long to wait after a try in vain: a minute, and longer each time."""
    usual_s = full_jitter(
        tries, base_s=FIRST_PAUSE_S, cap_s=LONGEST_PAUSE_S, uniform=lambda low, high: high
    )
    return min(max(usual_s, after_s or 0.0), LONGEST_PAUSE_S)
