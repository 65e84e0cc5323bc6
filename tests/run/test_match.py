"""Regular expressions on live output: lines, windows, bytes, and those that take for ever."""

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.run.match import CREDIT_S, OVERLAP_BYTES, WINDOW_BYTES, Lines, Pattern
from tests.support.command import Cronwrap
from tests.support.events import recorded
from tests.support.observe import job, printed

CATASTROPHE, BAIT = "(a+)+$", "a" * 40 + "b"
CUTS = st.lists(st.integers(0, 60), max_size=5)


def first_match(expression: str, *parts: bytes) -> str | None:
    """Return what is shown of the first line that matches, of a stream that is read in *parts*."""
    pattern = Pattern("fail-if", expression)
    lines = Lines([pattern])
    for part in parts:
        lines.add(memoryview(part))
    lines.end()
    assert pattern.problem == ""
    return pattern.line


@pytest.mark.parametrize(
    ("expression", "output", "line"),
    [
        ("ERR", b"fine\nan ERR here\nand an ERR there\n", "an ERR here"),
        ("ERR|FATAL", b"fine\nFATAL\n", "FATAL"),
        ("(?i)err", b"an Err", "an Err"),
        ("^b", b"ab\nb\n", "b"),
        ("^b", b"ab\n", None),
        ("a$", b"ab\na\n", "a"),
        ("a$", b"a\r\n", "a"),
        ("a$", b"x\na\r", "a"),
        ("^$", b"a\n\nb\n", ""),
        ("^$", b"a\nb\n", None),
        ("^$", b"", None),
        ("a.b", b"a\nb\n", None),
        (r"a\s*b", b"a\nb\n", None),
        ("a", b"b\n", None),
        ("[[]", b"[\n", "["),
    ],
)
def test_a_line_is_looked_at_by_itself(expression: str, output: bytes, line: str | None) -> None:
    assert first_match(expression, output) == line


@pytest.mark.parametrize(
    ("expression", "output", "line"),
    [
        ("é", "né\n".encode(), "né"),
        ("^n.$", "né\n".encode(), "né"),
        (os.fsdecode(b"\xe9"), b"n\xe9\n", "n\ufffd"),
        ("^n.$", b"n\xe9\n", "n\ufffd"),
        ("é", b"n\xe9\n", None),
        ("a", b"\x1b[31m\tred a\0\n", "\ufffd[31m red a\ufffd"),
    ],
)
def test_bytes_that_are_no_text_are_matched_and_shown_as_marks(
    expression: str, output: bytes, line: str | None
) -> None:
    assert first_match(expression, output) == line


def test_what_is_shown_of_a_long_line_is_around_the_match() -> None:
    shown = first_match("needle", b"a" * 1000 + b"needle" + b"b" * 1000)

    assert shown == "a" * 40 + "needle" + "b" * 154


@given(st.text("ab\n", max_size=60), CUTS, st.sampled_from(["^a+b$", "b{3}", "^$", "abab", "a$"]))
def test_how_it_was_read_makes_no_difference(text: str, cuts: list[int], expression: str) -> None:
    lines = text.removesuffix("\n").split("\n") if text else []
    expected = next((line for line in lines if re.search(expression, line)), None)
    ends = sorted(cuts)

    parts = [text[a:b].encode() for a, b in zip([0, *ends], [*ends, 60], strict=True)]

    assert first_match(expression, *parts) == expected


LONG = b"y" * (3 * WINDOW_BYTES)


@pytest.mark.parametrize("size", [1000, 65536, 10**6])
@pytest.mark.parametrize(
    ("expression", "output", "found"),
    [
        ("needle", LONG + b"needle" + LONG, True),
        ("needle", b"y" * (WINDOW_BYTES - 3) + b"needle" + LONG, True),
        ("^y+needle", b"y" * 100 + b"needle" + LONG, True),
        ("^y", b"z" + LONG + b"\n", False),
        ("^needle", LONG + b"\nneedle\n", True),
        ("^needle", LONG + b"needle\n", False),
        ("needle$", LONG + b"needle\n", True),
        ("needle$", LONG + b"needle", True),
        ("needle$", LONG + b"needle\r\nmore\n", True),
        ("needle$", LONG + b"needlex\n", False),
        ("y$", LONG + b"x\n", False),
        ("^$", LONG + b"\n" + LONG, False),
        ("^$", LONG + b"\n\n" + LONG, True),
        (
            f"ny{{{OVERLAP_BYTES - 3}}}n",
            LONG + b"n" + b"y" * (OVERLAP_BYTES - 3) + b"n" + LONG,
            True,
        ),
        ("^y{20000}$", b"y" * 20_000 + b"\n", False),  # however it was read
        ("next", LONG + b"\nnext\n" + LONG, True),
    ],
)
def test_a_line_longer_than_a_window_is_looked_at_too(
    *, size: int, expression: str, output: bytes, found: bool
) -> None:
    parts = [output[at : at + size] for at in range(0, len(output), size)]

    assert (first_match(expression, *parts) is not None) == found


def test_of_a_line_without_an_end_little_is_kept() -> None:
    lines = Lines([Pattern("fail-if", "needle")])
    block = memoryview(b"y" * 65536)
    for _ in range(50):
        lines.add(block)

    assert len(lines._rest) <= WINDOW_BYTES  # noqa: SLF001 - the memory is what is tested


@pytest.mark.parametrize("expression", [CATASTROPHE, "(.*)(.*)(.*)(.*)=c"])
def test_an_expression_that_takes_for_ever_is_given_up(expression: str) -> None:
    pattern = Pattern("fail-if", expression)
    lines = Lines([pattern, innocent := Pattern("fail-if", "x$")])
    begun_s = time.process_time()

    lines.add(f"{BAIT * 30}\nx\n".encode())

    assert time.process_time() - begun_s < CREDIT_S + 2
    assert pattern.problem == (
        f"fail-if {expression!r} was given up: it takes too long on what the job writes"
    )
    assert innocent.line == "x"


def test_an_expression_that_is_quadratic_on_a_long_line_cannot_hang(cronwrap: Cronwrap) -> None:
    rules = ("--fail-if", "[^x]*z", "--fail-unless", "[^x]*z")

    done = cronwrap(*rules, "--", "sh", "-c", "head -c 2000000 /dev/zero; exit 3", limit_s=30)

    assert done.returncode == 3
    assert len(done.stdout_bytes) == 2_000_000


def test_the_usual_expression_is_never_given_up() -> None:
    line = b"2026-11-21 12:00:00 INFO worker 17 did something useful with 4711 rows\n"
    pattern = Pattern("fail-if", r"(?i)\b(error|fatal|panic|exception)\b.*(timeout|refused)$")
    lines = Lines([pattern])

    for _ in range(100):
        lines.add(line * 900)

    assert pattern.problem == ""


def test_one_that_is_given_up_costs_the_job_nothing_and_is_told(cronwrap: Cronwrap) -> None:
    script = f"echo {BAIT}; echo ERR; echo more"
    rules = ("--fail-unless", CATASTROPHE, "--warn-if", "ERR")

    done = cronwrap(*rules, "--", "sh", "-c", script, limit_s=30)

    assert (done.returncode, done.stdout) == (0, f"{BAIT}\nERR\nmore\n")
    end = recorded(cronwrap)
    assert end["phase"] == "success"
    given_up = "was given up: it takes too long on what the job writes"
    problem = f"option --fail-unless: fail-unless {CATASTROPHE!r} {given_up}"
    assert end["warning"] == f"it wrote 'ERR' (warn-if 'ERR'); {problem}"


def test_a_timeout_is_met_beside_an_expression_that_takes_for_ever(cronwrap: Cronwrap) -> None:
    job = f"while echo {BAIT}; do sleep 0.01; done"

    done = cronwrap("-t", "1s", "--fail-if", CATASTROPHE, "--", "sh", "-c", job, limit_s=30)

    assert done.returncode == 124
    assert recorded(cronwrap)["duration_s"] < 10


def test_streams_are_not_mixed(cronwrap: Cronwrap) -> None:
    halves = "printf ERR; sleep 0.1; printf OR >&2; sleep 0.1; echo; echo >&2"

    cronwrap("--fail-if", "ERROR", "--warn-if", "^ERR$", "--", "sh", "-c", halves)

    end = recorded(cronwrap)
    assert (end["phase"], end["warning"]) == ("success", "it wrote 'ERR' (warn-if '^ERR$')")


def test_a_line_that_is_written_in_pieces_is_one(cronwrap: Cronwrap) -> None:
    cronwrap("--fail-if", "^ERROR$", "--", "sh", "-c", "printf ER; sleep 0.1; printf ROR")

    assert recorded(cronwrap)["reason"] == "output"


def test_bytes_of_the_command_line_match_those_of_the_output(cronwrap: Cronwrap) -> None:
    cronwrap("--fail-if", b"caf\xe9$", "--", "printf", "caf\\351")

    assert recorded(cronwrap)["reason"] == "output"


@pytest.mark.parametrize("expression", ["never", r"never\d", "^0x00", "[[a]never"])
def test_every_byte_is_still_passed_on(cronwrap: Cronwrap, expression: str) -> None:
    done = cronwrap("--fail-if", expression, "--", *job("print_bytes.py", 5_000_000))

    assert done.stdout_bytes == printed(5_000_000)
    assert done.stderr == ""


def test_a_pipe_that_a_daemon_holds_is_looked_at_as_far_as_it_came(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    left = f"(trap '' PIPE; sleep 1; echo ERR; echo >{tmp_path}/late) & echo half; printf whole"

    cronwrap("--fail-if", "ERR", "--fail-unless", "^whole$", "--", "sh", "-c", left)

    assert recorded(cronwrap)["phase"] == "success"
