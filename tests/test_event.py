"""An event in words: its slug, its summary, its report."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.event import FAIL, LOG, SUCCESS, Event

FAILED = Event(
    check="nightly",
    run_id="r1",
    phase=FAIL,
    reason="exit",
    exit_status=3,
    duration_s=12.34,
    host="h1",
    command="/bin/backup --all",
    cpu_user_s=1.0,
    cpu_system_s=0.5,
    max_rss_bytes=31_000_000,
)


@given(st.text(min_size=1))
def test_a_slug_is_short_and_plain(check: str) -> None:
    slug = Event(check=check).slug

    assert re.fullmatch(r"[a-z0-9_-]{1,50}", slug)
    assert Event(check=check).slug == slug


@given(st.lists(st.text(alphabet="aA- é/", max_size=60), unique=True, max_size=20))
def test_two_checks_never_have_the_same_slug(checks: list[str]) -> None:
    assert len({Event(check=check).slug for check in checks}) == len(checks)


def test_a_name_that_is_a_slug_is_its_own() -> None:
    assert Event(check="sync_invoices-2").slug == "sync_invoices-2"
    assert Event(check="x" * 50).slug == "x" * 50
    assert Event(check="x" * 51).slug.startswith("x" * 41 + "-")


@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ({}, "nightly failed: exit status 3 after 12.3 s on h1"),
        ({"phase": SUCCESS, "exit_status": 0}, "nightly succeeded after 12.3 s on h1"),
        ({"phase": "start", "duration_s": None}, "nightly started on h1"),
        ({"reason": "timeout", "duration_s": 1800.0}, "nightly timed out after 30 min on h1"),
        (
            {"reason": "signal", "signal": "SIGKILL", "detail": "killed for want of memory"},
            "nightly was killed by SIGKILL after 12.3 s on h1: killed for want of memory",
        ),
        (
            {"reason": "not_started", "detail": "no such file"},
            "nightly could not be started on h1: no such file",
        ),
        ({"reason": "stopped"}, "nightly was stopped after 12.3 s on h1"),
        ({"reason": "lost", "duration_s": None}, "nightly was cut off on h1"),
        ({"reason": "output", "exit_status": 0}, "nightly failed after 12.3 s on h1"),
        (
            {"phase": LOG, "reason": "", "detail": "half way"},
            "nightly reports after 12.3 s on h1: half way",
        ),
        (
            {"phase": LOG, "exit_status": 75, "detail": "skipped"},
            "nightly ended with exit status 75 after 12.3 s on h1: skipped",
        ),
        ({"reason": "too_short", "exit_status": 24}, "nightly failed after 12.3 s on h1"),
        (
            {"phase": SUCCESS, "warning": "slow"},
            "nightly succeeded after 12.3 s on h1: warning: slow",
        ),
        (
            {"detail": "disk full", "warning": "slow"},
            "nightly failed: exit status 3 after 12.3 s on h1: disk full; warning: slow",
        ),
        ({"check": "a\r\nb\udce9", "host": ""}, "a b\ufffd failed: exit status 3 after 12.3 s"),
    ],
)
def test_a_summary_says_what_happened_in_one_line(changes: dict[str, object], summary: str) -> None:
    assert FAILED.replace(**changes).summary == summary


def test_a_report_has_summary_facts_and_output() -> None:
    event = FAILED.replace(output=b"one\ntwo\n", output_bytes=8)

    assert event.report(10_000) == (
        "nightly failed: exit status 3 after 12.3 s on h1\n"
        "run r1, command: /bin/backup --all, CPU 1.5 s, peak memory 31.0 MB\n"
        "\n"
        "8 bytes of output:\n"
        "one\ntwo\n"
    )


def test_a_report_has_what_the_job_says_of_itself() -> None:
    event = FAILED.replace(note="half\nof it", metrics={"rows": 0, "share": 12.5})

    assert event.report(10_000).splitlines()[1:] == [
        "note: half of it",
        "run r1, command: /bin/backup --all, CPU 1.5 s, peak memory 31.0 MB, rows 0, share 12.5",
    ]


def test_a_report_without_output_says_nothing_of_it() -> None:
    assert "output" not in FAILED.report(10_000)


def test_the_front_of_the_output_gives_way_at_the_beginning_of_a_line() -> None:
    output = b"".join(b"line %04d\n" % number for number in range(2000))

    report = FAILED.replace(output=output, output_bytes=104_857_600).report(10_000)

    head, mark, tail = re.split(r"\n(last .* bytes of output):\n", report)
    assert head.startswith("nightly failed")
    assert mark == f"last {len(tail):,} of 104,857,600 bytes of output"
    assert re.fullmatch(r"(line \d{4}\n)+", tail)
    assert tail.endswith("line 1999\n")
    assert 9_900 < len(report) <= 10_000


def test_a_cut_that_falls_on_a_line_loses_no_line() -> None:
    event = FAILED.replace(output=b"aa\nbb\ncc\n", output_bytes=9)

    assert event.output_end(6, marked=False) == "bb\ncc\n"
    assert event.output_end(5, marked=False) == "cc\n"


def test_a_long_line_is_cut_at_a_character() -> None:
    event = FAILED.replace(output="é€😀".encode() * 1000, output_bytes=9000)

    for limit_bytes in range(40, 60):
        text = event.output_end(limit_bytes, marked=False)
        assert limit_bytes - 4 < len(text.encode()) <= limit_bytes
        assert set(text) <= set("é€😀")


def test_the_rest_of_a_character_at_the_front_of_what_was_kept_is_left_out() -> None:
    event = FAILED.replace(output="€".encode()[1:] + b"abc", output_bytes=1000)

    assert event.output_end(100, marked=False) == "abc"


@given(st.binary(max_size=3000), st.integers(-5, 700), st.integers(0, 10**12))
def test_a_report_is_valid_and_never_longer_than_it_may_be(
    output: bytes, limit_bytes: int, more: int
) -> None:
    event = FAILED.replace(output=output, output_bytes=len(output) + more)

    report = event.report(limit_bytes)

    assert len(report.encode()) <= max(limit_bytes, 0)
    assert "\0" not in report


@given(st.binary(min_size=1, max_size=300))
def test_what_fits_is_whole(output: bytes) -> None:
    text = FAILED.replace(output=output, output_bytes=len(output)).output_end(1000, marked=False)

    assert text.replace("\ufffd", "") == output.decode(errors="ignore").replace("\0", "").replace(
        "\ufffd", ""
    )


def test_a_huge_command_leaves_room_for_the_output() -> None:
    event = FAILED.replace(command="x" * 10**6, output=b"the reason\n", output_bytes=11)

    assert event.report(1000).endswith("the reason\n")


def test_a_late_report_says_when_it_was() -> None:
    event = FAILED.replace(late=True, finished_unix_s=1_750_000_000.0)

    assert "reported late, it ended at 2025-06-15 15:06:40 UTC" in event.report(1000)
