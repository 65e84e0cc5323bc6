"""What an endpoint of any service may say: of the way there, and of what it is told."""

from collections.abc import Mapping

from cronwrap.services.table import Table
from cronwrap.units import parse_duration, parse_size

KEYS = (
    *("service", "timeout", "ca_file", "client_cert", "client_key"),
    *("on", "after", "environment", "tags", "tail_bytes"),
)


def timeout_s(table: Table) -> float | None:
    """Return the time-out, given as seconds or as ``"10s"``."""
    given = table.data.get("timeout")
    try:
        seconds = parse_duration(given) if isinstance(given, str) else table.number("timeout")
    except ValueError as error:
        raise table.error(f"timeout {error}") from error
    if seconds == 0:
        raise table.wrong("timeout", "more than 0 seconds")
    return seconds


def after(table: Table) -> int:
    """Return from which failure in a row on an endpoint is told."""
    failures = table.number("after", 1)
    if not failures or failures != int(failures):
        raise table.wrong("after", "a whole number, 1 or more")
    return int(failures)


def tail_bytes(table: Table) -> int | None:
    """Return how much of the output an endpoint is told, given as bytes or as ``"4 kB"``."""
    given = table.data.get("tail_bytes")
    try:
        return parse_size(given) if isinstance(given, str) else _whole(table, "tail_bytes")
    except ValueError as error:
        raise table.error(f"tail_bytes {error}") from error


def _whole(table: Table, key: str) -> int | None:
    number = table.number(key)
    if number is not None and number != int(number):
        raise table.wrong(key, "a whole number")
    return None if number is None else int(number)


def tags(table: Table) -> Mapping[str, str]:
    """Return the tags that are told beside those of a run."""
    inner = table.table("tags")
    return {name: inner.text(name) for name in inner.data}
