"""Which rules are asked: ``--select``, ``--ignore`` and the table ``[lint]``."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cronwrap.errors import CronwrapError, UsageError, nearest, similar
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.rule import SEVERITIES, Rule, catalogue

ALL, DEFAULT = "all", "default"
NEVER = "never"
FAIL_ON = (*SEVERITIES, NEVER)


class Settings(NamedTuple):
    """What a configuration or the command line says.

    Attributes:
        select, ignore: codes, beginnings of codes, names, "all" or "default".
        dialect: "" to find out.
        fail_on: from which severity on the exit status is 1; "never" for no such one.
    """

    select: tuple[str, ...] = (DEFAULT,)
    ignore: tuple[str, ...] = ()
    dialect: str = ""
    fail_on: str = "error"

    def with_table(self, origin: str, table: Mapping[str, Any]) -> "Settings":
        """Return the settings with what a table says; *origin* is where that stands."""
        settings = self
        for key, value in table.items():
            if key not in self._fields:
                raise _wrong(f"{origin}: there is no key {key}", nearest(key, list(self._fields)))
            settings = settings._replace(**{key: _read(origin, key, value)})
        return settings

    def fails(self, severity: str) -> bool:
        """Return whether *severity* is one to fail on; "" is none."""
        if not severity or self.fail_on == NEVER:
            return False
        return SEVERITIES.index(severity) <= SEVERITIES.index(self.fail_on)


def _read(origin: str, key: str, value: object) -> Any:
    if key in ("select", "ignore"):
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise _wrong(f"{origin}: {key} is no list of codes", f'write {key} = ["CW404"]')
        return tuple(words)
    known = sorted(DIALECTS) if key == "dialect" else list(FAIL_ON)
    if value not in known:
        raise _wrong(f"{origin}: {key} = {value!r} is none", nearest(str(value), known))
    return value


def _wrong(message: str, hint: str) -> CronwrapError:
    return UsageError(message, hint=hint)


def chosen(select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """Return the rules that *select* names and *ignore* does not."""
    rules = catalogue()
    wanted = {code for word in select for code in _codes(word, rules)}
    unwanted = {code for word in ignore for code in _codes(word, rules)}
    return [rule for rule in rules if rule.code in wanted - unwanted]


def _codes(word: str, rules: Sequence[Rule]) -> set[str]:
    """Return the codes that *word* stands for.

    Raises:
        UsageError: there are none.
    """
    if word.lower() in (ALL, DEFAULT):
        return {rule.code for rule in rules if rule.default or word.lower() == ALL}
    found = {rule.code for rule in rules if rule.name == word.lower()}
    if word.upper().startswith("CW"):
        found |= {rule.code for rule in rules if rule.code.startswith(word.upper())}
    if not found:
        known = [known for rule in rules for known in (rule.code, rule.name)]
        hint = similar(word, [*known, ALL, DEFAULT]) or "cronwrap-rules(7) has them all"
        raise UsageError(f"there is no rule {word}", hint=hint)
    return found
