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
        self._of_letters = [one for one in bits.items() if _LETTERS.fullmatch(one[0])]
        self._others = [one for one in bits.items() if not _LETTERS.fullmatch(one[0])]
        self._words: dict[str, int] = {}

    def absent(self, text: str) -> int:
        """Return the rules that want something else than what is in *text*."""
        there = self._always
        for word in _LETTERS.findall(text):
            there |= self._words[word] if word in self._words else self._of_word(word)
        for one, bits in self._others:
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
