"""The keys that an endpoint of a service may have, as ``[services.NAME.settings]`` says."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cronwrap.services.fields import Value
from cronwrap.services.table import Table

KINDS = (
    *("text", "texts", "url", "urls", "host", "path"),
    *("number", "numbers", "flag", "table"),
)
KEYS = ("help", "kind", "secret", "required", "env", "default", "choices", "example")
CHOOSING = ("text", "url", "host")  # the kinds that may have choices


class Setting(NamedTuple):
    """One key of an endpoint's table.

    Attributes:
        kind: one of KINDS.
        secret: never shown; may be given as file:PATH or env:NAME.
        required: nothing can be sent without it.
        env: environment variables that stand in for it, in order.
        default: None when there is none.
        choices: the words it may be, and what templates see in their place; none: any.
        example: for the manual.
    """

    name: str
    help: str = ""
    kind: str = "text"
    secret: bool = False
    required: bool = False
    env: tuple[str, ...] = ()
    default: Value = None
    choices: Mapping[str, Value] = MappingProxyType({})
    example: str = ""

    @property
    def default_words(self) -> str:
        """The default for a person to read; "" when there is none."""
        values = self.default if isinstance(self.default, list) else [self.default]
        return ", ".join(_word(one) for one in values if one is not None)


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(table: Table) -> dict[str, Setting]:
    """Return the settings of a service's table.

    Raises:
        CronwrapError: for one that no endpoint could have.
    """
    settings = {}
    tables = table.table("settings")
    for name in tables.data:
        if not re.fullmatch("[A-Za-z0-9_-]+", name):
            hint = "letters, digits, _ and - can be in one"
            raise tables.error(f"{name!r} cannot be the name of a setting", hint=hint)
        one = tables.table(name, KEYS)
        kind = one.text("kind", "text")
        if kind not in KINDS:
            raise one.wrong("kind", f"one of {', '.join(KINDS)}")
        _check_default(one, kind)
        settings[name] = Setting(
            name=name,
            help=one.text("help"),
            kind=kind,
            secret=one.flag("secret"),
            required=one.flag("required"),
            env=one.texts("env"),
            default=one.data.get("default"),
            choices=one.table("choices").data,
            example=one.text("example"),
        )
    return settings


def _check_default(one: Table, kind: str) -> None:
    """Raise an error when a setting of *kind* could not have its default."""
    choices = one.table("choices").data
    if choices and kind not in CHOOSING:
        raise one.wrong("kind", f"one of {', '.join(CHOOSING)} where there are choices")
    readers: Mapping[str, Callable[[str], object]] = {
        "texts": one.texts,
        "urls": one.texts,
        "number": one.number,
        "numbers": one.numbers,
        "flag": one.flag,
        "table": one.table,
    }
    readers.get(kind, one.text)("default")
    if choices and "default" in one and one.text("default") not in choices:
        raise one.wrong("default", f"one of {', '.join(choices)}")
