"""One mistake is told once: where a rule names the cause, those that see what follows are silent.

``0, 30 4 * * *`` has a blank within a field; that it has an empty list item and six fields is the
same mistake again. A cause that is allowed, ignored or not selected keeps nothing silent.
"""

from collections import defaultdict
from collections.abc import Sequence

from cronwrap.lint.finding import Finding

_EACH_MINUTE = frozenset({"CW205", "CW206", "CW216"})
_FIELDS = frozenset({"CW106", "CW107", "CW108", "CW109", "CW111", "CW112", "CW114", "CW134"})
# What a rule names, and the rules that say no more where it does.
_FOLLOWS = {
    "CW103": frozenset({"CW104", *_FIELDS}),
    "CW104": frozenset({"CW105", "CW116", "CW133", *_FIELDS}),
    "CW106": _EACH_MINUTE,
    "CW107": _EACH_MINUTE,
    "CW108": frozenset({"CW107"}),
    "CW110": frozenset({"CW104", "CW115", *_FIELDS}),
    "CW113": frozenset({"CW702"}),
    "CW114": frozenset({"CW107", "CW108"}),
    "CW115": _EACH_MINUTE | {"CW203", "CW207", "CW208", "CW210", "CW703"},
    "CW116": frozenset({"CW133"}),
    "CW119": frozenset({"CW104", *_FIELDS}),
    "CW128": frozenset({"CW107"}),
    "CW133": frozenset({"CW310", "CW516"}),
    "CW516": frozenset({"CW515"}),
    "CW201": _EACH_MINUTE,
    "CW205": frozenset({"CW216"}),
    "CW206": frozenset({"CW216"}),
    "CW704": frozenset({"CW207"}),
    "CW309": frozenset({"CW306"}),
    "CW416": frozenset({"CW133"}),
    "CW423": frozenset({"CW410", "CW520"}),
}
_MAY_FOLLOW = frozenset().union(*_FOLLOWS.values())


def told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return *findings* without those that follow from another one in the same line."""
    follow: dict[tuple[int, int], set[str]] = defaultdict(set)
    for one in findings:
        if one.rule.code in _FOLLOWS:
            follow[_place(one)] |= _FOLLOWS[one.rule.code]
    if not follow:
        return list(findings)
    return [
        one
        for one in findings
        if one.rule.code not in _MAY_FOLLOW or one.rule.code not in follow.get(_place(one), ())
    ]


def _place(finding: Finding) -> tuple[int, int]:
    return id(finding.found.file), finding.line.number
