"""Where in a text something stands that looks like a secret.

To import re and to compile patterns takes 15 ms, with which a short run's end would be held up.
So in a short text a pattern is tried only where a look at the words shows that it may match.
"""

from cronwrap.redact.shapes import FAMILIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cronwrap.redact.rule import Rule

    Span = tuple[int, int, bytes]

LONG_BYTES = 1 << 17  # in which one look for many rules saves more than its pattern costs
MAX_LOOKS = 50
LOOK_BYTES = 4200  # no pattern reaches further from its word before it knows
OWNER_BYTES = 12


def spans(data: bytes) -> "list[Span]":
    """Return where each begins and ends, and its mark, in order; they may overlap."""
    lower = data.lower()  # of the same length, for bytes
    if len(data) < LONG_BYTES:
        rules = [*_possible(data, lower)]
        if not rules:
            return []
        from cronwrap.redact import matches
    else:
        from cronwrap.redact import matches

        rules = matches.likely(data, lower)
    return matches.spans(rules, data, lower)


def _possible(data: bytes, lower: bytes) -> "Iterator[Rule]":
    for rare, rules in FAMILIES:
        text = lower if rules[0].lower else data
        if rare in text:
            yield from (rule for rule in rules if _may_match(rule, text))


def _may_match(rule: "Rule", text: bytes) -> bool:
    """Tell whether a secret may stand at one of the first places of a word of *rule*."""
    for word in rule.words:
        start, looks = text.find(word), 0
        while start >= 0:
            end = start + len(word)
            if looks == MAX_LOOKS or (
                _is_owned(rule, text[max(0, start - OWNER_BYTES) : start])
                and rule.look(text[end : end + LOOK_BYTES])
            ):
                return True
            start, looks = text.find(word, end), looks + 1
    return False


def _is_owned(rule: "Rule", before: bytes) -> bool:
    return not rule.owners or before.rstrip(b"_-").endswith(rule.owners)
