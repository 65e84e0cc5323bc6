"""The linter's rules in mdoc(7), from their docstrings."""

import re
from collections.abc import Iterator

from cronwrap.docgen.mdoc import escape, text
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.rule import Rule, catalogue, documentation

_GROUPS = {
    "CW1": "Syntax",
    "CW2": "Schedule",
    "CW3": "Environment",
    "CW4": "Shell",
    "CW5": "Monitoring",
    "CW6": "Security",
    "CW7": "Portability",
    "CW8": "Style",
}
_EXAMPLE = re.compile(r"(?m)^((?:Bad|Good)(?: \([^)]*\))?)::\n((?:\n|    .*(?:\n|\Z))+)")


def section() -> str:
    """Return all rules, by group."""
    groups = ((title, list(_items(group))) for group, title in _GROUPS.items())
    return "\n".join(
        "\n".join([f".Ss {title}", ".Bl -tag -width Ds", *items, ".El"])
        for title, items in groups
        if items
    )


def _items(group: str) -> Iterator[str]:
    for rule in catalogue():
        if rule.code.startswith(group):
            yield "\n".join(_item(rule))


def _item(rule: Rule) -> Iterator[str]:
    yield f".It Ic {rule.code} {escape(rule.name)} Pq {_severity(rule)}"
    before, *examples = _EXAMPLE.split(documentation(rule))
    first, *rest = before.strip().split("\n\n")
    yield text(_flat(first))
    for paragraph in rest:
        yield f".Pp\n{text(_flat(paragraph))}"
    for place in range(0, len(examples), 3):
        title, body, after = examples[place : place + 3]
        yield f".Pp\n{escape(title)}:\n.Bd -unfilled -offset indent"
        yield from (escape(line[4:]) or "\\&" for line in body.strip("\n").splitlines())
        yield ".Ed"
        yield from (f".Pp\n{text(_flat(one))}" for one in after.strip().split("\n\n") if one)


def _severity(rule: Rule) -> str:
    by_dialect = {
        dialect: rule.severity_in(dialect)
        for dialect in DIALECTS
        if rule.severity_in(dialect) not in ("", rule.severity)
    }
    others = [f"{severity} for {dialect}" for dialect, severity in by_dialect.items()]
    only = [f"only {', '.join(rule.dialects)}"] if rule.dialects else []
    looks = ["looks at the host"] if rule.host else []
    off = [] if rule.default else ["only where selected"]
    return ", ".join([rule.severity, *others, *only, *looks, *off])


def _flat(words: str) -> str:
    """Return a paragraph on one line, without the marks of code."""
    return " ".join(words.replace("``", "").split())
