"""How much is kept: ``[history]`` in the configuration file, else what most will want."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from cronwrap import units
from cronwrap.errors import nearest

MOST = 1_000_000


class Limits(NamedTuple):
    """What bounds the history.

    Attributes:
        keep_runs: of each check.
        keep_days: runs that ended before are forgotten.
        max_size: bytes of the whole history; outputs go first, then the oldest runs.
        log_runs, log_days, log_size: of the whole logs that ``--log-dir`` writes, for each check:
            how many, for how long, and how many bytes in all.
    """

    keep_runs: int = 1000
    keep_days: float = 90.0
    max_size: int = 256 * 1024 * 1024
    log_runs: int = 100
    log_days: float = 90.0
    log_size: int = 1024 * 1024 * 1024


def _count(written: Any, most: int = MOST) -> int:
    if isinstance(written, bool) or not isinstance(written, int) or not 0 <= written <= most:
        raise ValueError(f"is not a whole number from 0 to {most}")
    return written


def _days(written: Any) -> float:
    if isinstance(written, bool) or not isinstance(written, int | float) or not 0 < written <= MOST:
        raise ValueError("is not a number of days, such as 90")
    return float(written)


def _size(written: Any) -> int:
    text = written if isinstance(written, str) else str(_count(written, units.LARGEST_BYTES))
    return units.parse_size(text)


_READERS: dict[str, Callable[[Any], Any]] = {
    key: _days if key.endswith("_days") else _count if key.endswith("_runs") else _size
    for key in Limits._fields
}


class Table(Protocol):
    """A table of a configuration file; see config.py."""

    @property
    def values(self) -> Mapping[str, Any]:
        """What stands in it."""

    @property
    def origin(self) -> str:
        """Where it stands, for people."""


def of_tables(tables: Iterable[Table]) -> tuple[Limits, list[tuple[str, str]]]:
    """Return the limits that tables ``[history]`` set, the later ones winning, and the mistakes."""
    found, all_problems = Limits(), []
    for table in tables:
        found, problems = read(table.values, table.origin, found)
        all_problems += problems
    return found, all_problems


def read(
    values: Mapping[str, Any], origin: str, before: Limits | None = None
) -> tuple[Limits, list[tuple[str, str]]]:
    """Return the limits that a table ``[history]`` sets, and its mistakes as (message, hint).

    Args:
        values: of the table.
        origin: of the table, for people.
        before: what holds where the table says nothing, or something wrong.
    """
    found = before or Limits()
    problems = []
    for key, written in values.items():
        if key not in _READERS:
            hint = nearest(key, list(_READERS))
            problems.append((f"{origin}: there is no key {key!r}", hint))
            continue
        try:
            found = found._replace(**{key: _READERS[key](written)})
        except ValueError as error:
            message = f"{origin}: {key} {str(written)!r} {error}"
            problems.append((message, f"it stays at {getattr(found, key)}"))
    return found, problems
