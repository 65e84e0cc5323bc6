"""What a rule wants to be in a text is found in it, wherever that stands."""

from hypothesis import given
from hypothesis import strategies as st

from cronwrap.lint.rule import catalogue
from cronwrap.lint.sieve import Sieve

WANTED = [rule.only_with for rule in catalogue()]
TEXTS = sorted({text for texts in WANTED for text in texts})
SIEVE = Sieve(WANTED)


@given(st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=3))).map("".join))
def test_a_rule_is_absent_where_none_of_its_texts_is(text: str) -> None:
    absent = SIEVE.absent(text)

    for place, texts in enumerate(WANTED):
        is_absent = bool(texts) and not any(one in text for one in texts)
        assert bool(absent & 1 << place) == is_absent


def test_what_is_known_of_a_word_is_not_taken_for_another() -> None:
    sieve = Sieve([["curl"], ["url"], [], ["2>1"]])

    assert [sieve.absent(text) for text in ("curl", "xurlx", "cur l 2>1", "curl")] == [8, 9, 3, 8]
