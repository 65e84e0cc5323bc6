"""Durations, sizes, signals and masks: what people write, and what nobody should be able to."""

import random
import signal
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cronwrap import units

DURATIONS = st.floats(min_value=0.001, max_value=units.LONGEST_S)
HOSTILE = st.one_of(st.text(), st.text(alphabet="0123456789.,-+eE_ \tsmhdwykKMGTBiugorwx=٣NaIf"))
PARSERS: list[Callable[[str], object]] = [
    units.parse_duration,
    units.parse_size,
    units.parse_umask,
    units.parse_signal,
]


def complaint(parse: Callable[[str], object], text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("parse", PARSERS)
@given(text=HOSTILE)
@example(text="9" * 5000)
@example(text="0." + "0" * 5000 + "1s")
def test_whatever_is_written_the_only_error_is_a_value_error_with_words(
    parse: Callable[[str], object], text: str
) -> None:
    assert complaint(parse, text).split()[:1] in [[], ["is"], ["has"], ["does"]]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("1ms", 0.001),
        ("9ms", 0.009),
        ("0.57s", 0.57),
        (".5s", 0.5),
        ("5.", 5.0),
        (" 90 sec ", 90.0),
        ("30 Minutes", 1800.0),
        ("1H", 3600.0),
        ("1h 30m", 5400.0),
        ("2d", 172800.0),
        ("1w", 604800.0),
        ("3y", 94608000.0),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert units.parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("-5s", "negative"),
        ("nan", "not a number"),
        ("inf", "not a number"),
        ("1e3", "unknown unit 'e'"),
        ("5x", "unknown unit 'x'"),
        ("1h30", "without a unit"),
        ("30M", "months"),
        ("0,5s", "not a number"),
        ("1..5s", "not a number"),
        ("٣s", "not a number"),
        ("h", "not a number"),
        ("0.0001s", "shorter"),
        ("101y", "longer"),
    ],
)
def test_a_wrong_duration_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        units.parse_duration(text)


@given(DURATIONS)
def test_a_duration_written_in_full_is_read_exactly(seconds: float) -> None:
    milliseconds = round(seconds * 1000)

    assert units.parse_duration(f"{milliseconds}ms") == milliseconds / 1000


@given(DURATIONS)
def test_what_is_shown_as_a_duration_can_be_written_as_one(seconds: float) -> None:
    shown = units.format_duration(seconds)

    # Two units are shown; the third is at most an hour in a day.
    assert units.parse_duration(shown) == pytest.approx(seconds, rel=0.05, abs=0.0006)


@given(DURATIONS)
def test_showing_a_duration_again_changes_nothing(seconds: float) -> None:
    shown = units.format_duration(seconds)

    assert units.format_duration(units.parse_duration(shown)) == shown


@given(st.integers(min_value=0, max_value=units.LARGEST_BYTES))
def test_what_is_shown_as_a_size_can_be_written_as_one(size_bytes: int) -> None:
    shown = units.format_size(size_bytes)

    assert units.parse_size(str(size_bytes)) == size_bytes
    assert units.parse_size(shown) == pytest.approx(size_bytes, rel=0.06)
    assert units.format_size(units.parse_size(shown)) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("-1", "negative"),
        ("1.5", "whole number"),
        ("10Mbit", "unknown unit 'Mbit'"),
        ("1M 1k", "one number"),
        ("2000000T", "larger"),
    ],
)
def test_a_wrong_size_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        units.parse_size(text)


@given(st.integers(min_value=0, max_value=0o777))
def test_a_umask_is_read_as_a_shell_reads_it(mask: int) -> None:
    assert units.parse_umask(f"{mask:03o}") == mask
    assert units.parse_umask(f"0o{mask:03o}") == mask


@pytest.mark.parametrize("mask", ["022", "027", "077", "002", "137", "000", "777"])
def test_the_form_that_umask_prints_is_read(mask: str) -> None:
    shown = subprocess.check_output(["bash", "-c", f"umask {mask}; umask -S"], text=True)

    assert units.parse_umask(shown.strip()) == int(mask, 8)


@pytest.mark.parametrize("text", ["", "18", "22", "888", "1022", "-22", "u=rwx", "u=z,g=,o=", "=r"])
def test_a_wrong_umask_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is |does "):
        units.parse_umask(text)


@pytest.mark.parametrize("number", sorted(signal.valid_signals()))
def test_every_signal_has_a_name_that_can_be_written(number: int) -> None:
    name = units.signal_name(number)

    assert units.parse_signal(name) == units.parse_signal(name.removeprefix("SIG")) == number
    assert units.parse_signal(str(number)) == number


@pytest.mark.parametrize("member", signal.Signals)
def test_a_signal_has_the_name_that_the_signal_module_gives_it(member: signal.Signals) -> None:
    assert units.signal_name(member) == member.name


@pytest.mark.parametrize(
    "text", ["", "0", "32", "65", "999999", "-9", "FOO", "SIG", "SIG_DFL", "TERM+1", "RTMIN+31"]
)
def test_what_is_no_signal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a signal"):
        units.parse_signal(text)


@given(st.integers(min_value=0, max_value=10**9), st.floats(0.001, 60), st.floats(0.001, 3600))
def test_a_back_off_is_never_negative_nor_beyond_its_cap(
    retry: int, base_s: float, cap_s: float
) -> None:
    wait_s = units.full_jitter(retry, base_s=base_s, cap_s=cap_s, uniform=random.uniform)

    assert 0 <= wait_s <= cap_s
