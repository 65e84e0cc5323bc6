"""``--redact``: what users themselves want to be taken out of all that is reported and kept."""

import json
from pathlib import Path

import pytest

from cronwrap.redact import Redactor
from tests.support.command import Cronwrap
from tests.support.events import webhook
from tests.support.httpd import Httpd
from tests.support.waiting import eventually

CONFIG = r"""
[defaults]
redact = { customer = 'KD-\d+', pin = 'pin (\d+)' }
"""
SAID = "order of KD-123456, pin 4711, no. 4711"
CUT = "order of [redacted: customer], pin [redacted: pin], no. 4711"
SLOW = "a" * 60 + "b"


@pytest.mark.parametrize(
    ("pattern", "text", "left"),
    [
        (r"^\d+$", b"12\n34 x\n56\n", b"[redacted: own]\n34 x\n[redacted: own]\n"),
        (r"x*", b"axxb", b"a[redacted: own]b"),
        (r"(a)|b", b"ab", b"[redacted: own]b"),
        ("\u00fc", b"\xff \xc3\xbc", b"\xff [redacted: own]"),
    ],
)
def test_the_first_group_or_else_all_of_a_match_is_taken_out(
    pattern: str, text: bytes, left: bytes
) -> None:
    assert Redactor(patterns=[("own", pattern)])(text) == left


def test_it_is_taken_out_of_report_history_log_and_command(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    done = cronwrap(
        *("-c", "x", "-e", webhook(httpd), "--log-dir", tmp_path / "logs", "--fail-if", "KD-"),
        *("--", "sh", "-c", f"echo '{SAID}'; echo 'note={SAID}' >>$CRONWRAP_REPORT"),
        config=CONFIG,
    )

    assert done.stdout == f"{SAID}\n"
    for told in map(json.loads, httpd.bodies):
        assert CUT in told["command"]
        assert "KD-1" not in json.dumps(told)
    assert json.loads(httpd.bodies[-1])["output"] == f"{CUT}\n"
    assert "KD-1" not in cronwrap("history", "--json").stdout
    eventually(lambda: list(tmp_path.glob("logs/*/*.gz")))
    assert cronwrap("logs", "x").stdout.endswith(f"{CUT}\n")


@pytest.mark.parametrize(
    ("pattern", "mark"),
    [
        ("own=KD-(", "[redacted: all, for own is no regular expression]"),
        ("own=(a+)+$", "[redacted: all, for own takes too long]"),
    ],
)
def test_nothing_leaves_where_an_expression_cannot_be_used_and_the_job_runs(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path, pattern: str, mark: str
) -> None:
    (tmp_path / "job").write_text(f"echo 'KD-1 {SLOW}'; exit 3\n")

    done = cronwrap("-e", webhook(httpd), "--redact", pattern, "--", "sh", tmp_path / "job")

    assert (done.returncode, done.stdout) == (3, f"KD-1 {SLOW}\n")
    assert json.loads(httpd.bodies[-1])["output"] == mark
    assert cronwrap("logs", "sh").stdout == f"{mark}\n"


def test_a_mistake_is_told_with_where_it_stands(cronwrap: Cronwrap) -> None:
    done = cronwrap("--redact", "own=KD-(", "--", "true")
    assert done.stderr.startswith(
        "cronwrap: option --redact: own='KD-(' is no regular expression: missing )"
    )
    assert "; no output is kept or reported\n" in done.stderr

    checked = cronwrap("config", "check", config="[defaults]\nredact = { own = '(' }")
    assert "config.toml: [defaults]: own='(' is no regular expression" in checked.stderr
    assert checked.returncode == 1


@pytest.mark.parametrize("pattern", [r"KD-\d+", r"KD.(?:=|\d+)"])
def test_an_expression_without_a_name_is_one_all_the_same(cronwrap: Cronwrap, pattern: str) -> None:
    done = cronwrap("-c", "x", "--redact", pattern, "--redact", "a=", "--", "echo", "of KD-1")
    assert (done.stdout, done.stderr) == ("of KD-1\n", "")
    assert cronwrap("logs", "x").stdout == "of [redacted: own]\n"
