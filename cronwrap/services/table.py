"""Read a TOML table and say exactly what is wrong with it: file, table, key, right words.

Values are checked when they are taken, so that a mistake is found before anything is sent.
A message shows keys and types, never a value: a value may be a secret.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cronwrap.errors import CronwrapError, nearest


class Table:
    """A table of a TOML file, with the place it stands in for messages.

    Attributes:
        path: of the file; "" where there is none.
        name: as in the table's header, without the brackets.
    """

    def __init__(
        self, data: object, path: str, name: str, known: Iterable[str] | None = None
    ) -> None:
        self.path = path
        self.name = name
        if not isinstance(data, Mapping):
            raise self.error("must be a table")
        self.data: Mapping[str, Any] = data
        names = data if known is None else [*known]
        for key in data:
            if key not in names:
                raise self.error(f"unknown key {key!r}", hint=nearest(key, sorted(names)))

    @property
    def where(self) -> str:
        """Where it stands, for messages: ``/etc/cronwrap/config.toml: [endpoints.ops]``."""
        return f"{self.path}: [{self.name}]" if self.path else self.name

    def error(self, message: str, *, hint: str = "") -> CronwrapError:
        """Return the error that says *message* about this table."""
        return CronwrapError(f"{self.where}: {message}", hint=hint)

    def wrong(self, key: str, must: str, *, hint: str = "") -> CronwrapError:
        """Return the error that says what the value of *key* must be."""
        return self.error(f"{key} must be {must}", hint=hint)

    def wrong_word(self, key: str, given: str, words: Sequence[str]) -> CronwrapError:
        """Return the error that says which *words* the value of *key* may be."""
        hint = nearest(given.lower(), [*words])
        meant = hint if hint.startswith("did you mean") else ""
        return self.wrong(key, f"one of {', '.join(words)}", hint=meant)

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str, default: str = "") -> str:
        """Return a string."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a string")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; a single one may stand for a list of one."""
        value = self.data.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise self.wrong(key, "a string or a list of strings")
        return tuple(values)

    def number(self, key: str, default: float | None = None) -> float | None:
        """Return a number that is not negative."""
        value = self.data.get(key, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self.wrong(key, "a number, 0 or more")
        return float(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers; a single one may stand for a list of one."""
        value = self.data.get(key, [])
        values = [value] if isinstance(value, int) else value
        if not isinstance(values, list) or not all(type(one) is int for one in values):
            raise self.wrong(key, "a whole number or a list of them")
        return tuple(values)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def table(self, key: str, known: Iterable[str] | None = None) -> "Table":
        """Return the table under *key*, an empty one where there is none."""
        return Table(self.data.get(key, {}), self.path, f"{self.name}.{key}", known)

    def tables(self, key: str, known: Iterable[str]) -> "list[Table]":
        """Return a list of tables; a single one may stand for a list of one."""
        value = self.data.get(key, [])
        values = value if isinstance(value, list) else [value]
        return [Table(one, self.path, f"{self.name}.{key}", known) for one in values]
