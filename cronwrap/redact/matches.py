"""What of a text the patterns match, and which of them are worth a try in a long one."""

import re
from collections.abc import Iterable
from functools import cache

from cronwrap.redact.rule import Rule
from cronwrap.redact.shapes import FAMILIES

TAIL_BYTES = 3


def spans(rules: Iterable[Rule], data: bytes, lower: bytes) -> list[tuple[int, int, bytes]]:
    """Return where the secrets that *rules* find begin and end, and their marks, in order."""
    found = []
    for rule in rules:
        found += _matched(rule, data, lower)
    found.sort()
    return found


def _matched(rule: Rule, data: bytes, lower: bytes) -> list[tuple[int, int, bytes]]:
    group, mark = int(rule.lower), rule.mark
    matches = re.compile(rule.pattern).finditer(lower if rule.lower else data)
    found = [(start, end, mark) for match in matches for start, end in (match.span(group),)]
    if rule.is_login:
        from binascii import a2b_base64

        return [span for span in found if b":" in a2b_base64(data[span[0] : span[1]])]
    return found


def likely(data: bytes, lower: bytes) -> list[Rule]:
    """Return the rules of all families of which there is a sign."""
    return [
        rule
        for sign, rules in _signs()
        if sign.search(lower if rules[0].lower else data)
        for rule in rules
    ]


@cache
def _signs() -> list[tuple[re.Pattern[bytes], tuple[Rule, ...]]]:
    return [
        (re.compile(sign(rare, [word for rule in rules for word in rule.words])), rules)
        for rare, rules in FAMILIES
    ]


def sign(rare: bytes, words: list[bytes]) -> bytes:
    """Return a pattern that finds any of *words* by the *rare* text in them, or that alone.

    >>> sign(b"x", [b"sixth", b"xylem", b"mix"]), sign(b"@", [b"://"])
    (b'x(?:(?<=six)th|ylem|(?<=mix))', b'@')
    """
    if any(rare not in word for word in words):
        return re.escape(rare)
    heads = [word[: word.index(rare) + len(rare)] for word in words]
    alike: dict[tuple[int, bytes], set[bytes]] = {}
    for word, head in zip(words, heads, strict=True):
        alike.setdefault((len(head), word[len(head) :]), set()).add(head)
    ends = [_behind(same, rare) + re.escape(rest) for (_, rest), same in alike.items()]
    size = min(TAIL_BYTES, *map(len, heads))
    most_end_here = _behind({head[-size:] for head in heads}, rare)
    return re.escape(rare) + most_end_here + b"(?:" + b"|".join(ends) + b")"


def _behind(heads: set[bytes], rare: bytes) -> bytes:
    """Return what finds that one of *heads*, which are of one length, ends here, as *rare* does."""
    if heads == {rare}:
        return b""
    return b"(?<=" + b"|".join(map(re.escape, sorted(heads))) + b")"
