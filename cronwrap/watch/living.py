"""The runs that go on now: who they are, and how to end one."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from cronwrap.run import kernel
from cronwrap.run.proctree import tree_rss_bytes
from cronwrap.state import WAITING
from cronwrap.store import Store
from cronwrap.store.records import GOES_ON, RUNNING, read

POLL_S = 0.05


class Living(NamedTuple):
    """A run that goes on.

    Attributes:
        pid: of its wrapper.
        started_unix_s: of its job; of one that may not start yet, of its wrapper.
        elapsed_s: since its start, by this machine's clock.
        memory_bytes: of all of its processes now, None where that cannot be told.
        facts: all that is known of it.
    """

    check: str
    run_id: str
    pid: int
    started_unix_s: float
    elapsed_s: float
    memory_bytes: int | None
    facts: dict[str, Any]

    @property
    def has_begun(self) -> bool:
        """Whether the job was started, if only to wait for another attempt now."""
        return bool(self.facts["phase"] != WAITING)

    @property
    def state(self) -> str:
        """Whether it is running or waiting."""
        return WAITING if self.waiting_for else RUNNING

    @property
    def waiting_for(self) -> str:
        """What it waits for, or ""."""
        return str(self.facts.get("waiting_for", ""))

    @property
    def waiting_until_unix_s(self) -> float | None:
        """How long it waits at the most; None where nobody knows."""
        until_unix_s = self.facts.get("waiting_until_unix_s")
        return until_unix_s if isinstance(until_unix_s, float) else None

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "check": self.check,
            "run_id": self.run_id,
            "pid": self.pid,
            "state": self.state,
            "waiting_for": self.waiting_for,
            "waiting_until_unix_s": self.waiting_until_unix_s,
            "started_unix_s": self.started_unix_s,
            "elapsed_s": round(self.elapsed_s, 3),
            "memory_bytes": self.memory_bytes,
            "command": self.facts.get("command", ""),
        }


def living(store: Store, names: tuple[str, ...] = ()) -> list[Living]:
    """Return the runs that go on, of *names* or of all checks, the oldest first."""
    found = []
    for record in store.living():
        facts = record.facts
        if facts["phase"] in GOES_ON and (not names or facts["check"] in names):
            pid = facts.get("pid") if isinstance(facts.get("pid"), int) else 0
            found.append(_living(facts, pid or 0))
    return sorted(found, key=lambda one: one.started_unix_s)


def _living(facts: dict[str, Any], pid: int) -> Living:
    return Living(
        check=facts["check"],
        run_id=facts["run_id"],
        pid=pid,
        started_unix_s=facts["started_unix_s"],
        elapsed_s=max(0.0, time.time() - facts["started_unix_s"]),
        memory_bytes=(tree_rss_bytes(below=pid) or None) if pid else None,
        facts=facts,
    )


def end(store: Store, run: Living, number: int) -> bool:
    """Send signal *number* to the wrapper of *run*; False when it is over already.

    The pid is its wrapper's as long as its record is held.

    Raises:
        OSError: it cannot be signalled.
    """
    return run.pid > 0 and kernel.send(run.pid, number, lambda: still_goes_on(store, run))


def still_goes_on(store: Store, run: Living) -> bool:
    """Tell whether *run* has no end yet."""
    record = read(store.record_path(run.run_id))
    return record is not None and record.alive and record.facts["phase"] in GOES_ON


def wait(condition: Callable[[], bool], limit_s: float) -> bool:
    """Return whether *condition* came true within *limit_s*."""
    until_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() >= until_s:
            return False
        time.sleep(POLL_S)
    return True
