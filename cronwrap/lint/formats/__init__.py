"""Findings for people and for machines.

Each format is a function of a module here, imported when it is asked for.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from cronwrap.lint.finding import Finding
from cronwrap.lint.parts import each

_WORTH_FINDINGS = 2_000
_Shown = TypeVar("_Shown")

_MODULES = {
    "text": "text",
    "json": "objects",
    "jsonl": "objects",
    "sarif": "sarif",
    "github": "ci",
    "gitlab": "ci",
    "junit": "xml",
    "checkstyle": "xml",
}
FORMATS = tuple(_MODULES)


def shown(findings: Sequence[Finding], show: Callable[[Finding], _Shown]) -> Iterator[_Shown]:
    """Yield what *show* makes of each finding."""
    return each(findings, show, worth=_WORTH_FINDINGS)


def render(name: str, findings: Sequence[Finding], paths: Sequence[str]) -> str:
    """Return *findings* in *paths*, which were looked at, in the format *name*."""
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    text: str = getattr(module, name)(findings, paths)
    return text
