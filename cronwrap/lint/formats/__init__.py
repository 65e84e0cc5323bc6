"""Findings for people and for machines.

Each format is a function of a module here, imported when it is asked for.
"""

import importlib
from collections.abc import Sequence

from cronwrap.lint.finding import Finding

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


def render(name: str, findings: Sequence[Finding], paths: Sequence[str]) -> str:
    """Return *findings* in *paths*, which were looked at, in the format *name*."""
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    text: str = getattr(module, name)(findings, paths)
    return text
