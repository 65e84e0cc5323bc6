"""Which rules may be about a text: each wants something to be in it, and most of that is not."""

import re
from collections.abc import Sequence

_LETTERS = re.compile("[A-Za-z]+")
_MOST_WORDS = 10_000  # are kept: a large crontab has few different ones


class Sieve:
    """Knows what each of some rules wants; sets of rules are bits, that of the first one 1."""

    def __init__(self, wanted: Sequence[Sequence[str]]) -> None:
        """Take for each rule the texts of which it wants one; none for a rule that takes all."""
        self._all = (1 << len(wanted)) - 1
        self._always = sum(1 << place for place, texts in enumerate(wanted) if not texts)
        bits: dict[str, int] = {}
        for place, texts in enumerate(wanted):
            for text in texts:
                bits[text] = bits.get(text, 0) | 1 << place
        # What is of letters stands within a word; so most of it is looked for once for each word.
        # The rest is by one of its signs, of which a text has few.
        self._of_letters = [one for one in bits.items() if _LETTERS.fullmatch(one[0])]
        self._by_sign: dict[str, list[tuple[str, int]]] = {}
        for text, its in bits.items():
            sign = _LETTERS.sub("", text)[:1]
            if sign:
                self._by_sign.setdefault(sign, []).append((text, its))
        self._signs = frozenset(self._by_sign)
        self._words: dict[str, int] = {}

    def absent(self, text: str) -> int:
        """Return the rules that want something else than what is in *text*."""
        there = self._always
        for word in _LETTERS.findall(text):
            there |= self._words[word] if word in self._words else self._of_word(word)
        for sign in self._signs.intersection(text):
            for one, bits in self._by_sign[sign]:
                if one in text:
                    there |= bits
        return self._all & ~there

    def _of_word(self, word: str) -> int:
        there = 0
        for one, bits in self._of_letters:
            if one in word:
                there |= bits
        if len(self._words) < _MOST_WORDS:
            self._words[word] = there
        return there
