"""``cronwrap lint`` as a user meets it: what it prints, writes and exits with."""

import json
import os
import re
from pathlib import Path

import pytest

from cronwrap.errors import UsageError
from cronwrap.lint import baseline
from tests.support.command import CLOSED_STREAMS, Cronwrap
from tests.support.terminal import on_terminal

GOOD = "0 3 * * * /usr/local/bin/backup\n"
BAD = "0 3 * * * cd /x; rm -rf y\n"
DIALECT = ("--dialect", "debian", "--as", "user", "-s", "CW101,CW404,CW810")


@pytest.fixture
def crontab(tmp_path: Path) -> Path:
    path = tmp_path / "jobs"
    path.write_text(BAD)
    return path


def test_a_crontab_that_is_right_is_silent(cronwrap: Cronwrap, crontab: Path) -> None:
    crontab.write_text(GOOD)
    done = cronwrap("lint", "--dialect", "debian", crontab)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_wrong_is_shown_and_the_status_is_1(cronwrap: Cronwrap, crontab: Path) -> None:
    done = cronwrap("lint", *DIALECT, crontab.name, cwd=crontab.parent)

    assert done.returncode == 1
    assert done.stdout.startswith("jobs:1:11: error: if this cd fails")
    assert done.stderr == ""


def test_fail_on_says_what_fails(cronwrap: Cronwrap, crontab: Path) -> None:
    crontab.write_text("0 3 * * * cd /x; y\n")

    assert cronwrap("lint", *DIALECT, crontab).returncode == 0
    assert cronwrap("lint", *DIALECT, "--fail-on", "warning", crontab).returncode == 1


def test_what_cannot_be_read_is_told_and_the_rest_is_looked_at(
    cronwrap: Cronwrap, crontab: Path
) -> None:
    done = cronwrap("lint", *DIALECT, "/nonexistent/x", crontab)

    assert done.returncode == 2
    assert "CW404" in done.stdout
    assert done.stderr == ("cronwrap: /nonexistent/x: cannot be read: No such file or directory\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-s", "CW999"), "there is no rule CW999"),
        (("--dialect", "vixie"), "is not one of"),
        (("--unsafe-fixes",), "--unsafe-fixes goes with --fix or --diff"),
        (("--baseline", "/nonexistent/b"), "the baseline cannot be read"),
        (("--root", "/nonexistent/image"), "--root /nonexistent/image: there is no such directory"),
        (("--config", "/nonexistent/c"), "there is no such configuration file"),
    ],
)
def test_a_wrong_command_line_is_told(
    cronwrap: Cronwrap, crontab: Path, words: tuple[str, ...], said: str
) -> None:
    done = cronwrap("lint", *words, crontab)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_fix_repairs_the_file_and_tells_what_is_left(cronwrap: Cronwrap, crontab: Path) -> None:
    crontab.write_text(BAD + "0 4 * * * sh -c 'cd a; sh -c \"cd b; c\"'")
    crontab.chmod(0o640)
    done = cronwrap("lint", *DIALECT, "--fix", crontab)

    assert crontab.read_text() == (
        "0 3 * * * cd /x && rm -rf y\n0 4 * * * sh -c 'cd a && sh -c \"cd b; c\"'\n"
    )
    assert crontab.stat().st_mode & 0o777 == 0o640
    assert done.returncode == 0
    assert done.stdout.count("CW404") == 1  # a warning, in quotes within quotes


def test_diff_shows_the_same_and_writes_nothing(cronwrap: Cronwrap, crontab: Path) -> None:
    done = cronwrap("lint", *DIALECT, "--diff", crontab.name, cwd=crontab.parent)

    assert done.stdout == (
        "--- jobs\n+++ jobs\n@@ -1 +1 @@\n"
        "-0 3 * * * cd /x; rm -rf y\n+0 3 * * * cd /x && rm -rf y\n"
    )
    assert done.returncode == 1
    assert crontab.read_text() == BAD


def test_standard_input_is_repaired_to_standard_output(cronwrap: Cronwrap) -> None:
    done = cronwrap("lint", *DIALECT, "--fix", "-", input=BAD.encode() + b"# \xff")

    assert (done.returncode, done.stdout_bytes) == (0, b"0 3 * * * cd /x && rm -rf y\n# \xff")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("0 3 * * * cd /x; y\n".encode("utf-16"), "UTF-16"),
        (b"0 3 * * * cd /x; y\n" * 1_000_000, "larger than 16 MiB"),
    ],
)
def test_what_is_no_crontab_goes_through_the_repair_as_it_is(
    cronwrap: Cronwrap, tmp_path: Path, data: bytes, why: str
) -> None:
    (tmp_path / "data").write_bytes(data)
    with (tmp_path / "data").open("rb") as given:
        done = cronwrap("lint", *DIALECT, "--fix", "-", stdin=given)

    assert done.returncode == 2
    assert why in done.stderr
    assert done.stdout_bytes == data  # `| crontab -` leaves what was there


def test_a_baseline_keeps_what_is_known_quiet_and_tells_what_is_new(
    cronwrap: Cronwrap, crontab: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known.json"
    written = cronwrap("lint", *DIALECT, "--write-baseline", known, crontab)
    crontab.write_text(f"# a line more\n{BAD}0 4 * * * cd /z; y\n")
    done = cronwrap("lint", *DIALECT, "--baseline", known, "-f", "jsonl", crontab)

    assert written.returncode == 0
    assert b"rm -rf" not in known.read_bytes()
    assert [json.loads(line)["line"] for line in done.stdout.splitlines()] == [3]


def test_a_known_finding_that_is_there_twice_is_new_once(
    cronwrap: Cronwrap, crontab: Path, tmp_path: Path
) -> None:
    cronwrap("lint", *DIALECT, "--write-baseline", tmp_path / "known.json", crontab)
    crontab.write_text(BAD + BAD)
    done = cronwrap("lint", *DIALECT, "--baseline", tmp_path / "known.json", "-f", "jsonl", crontab)

    assert [json.loads(line)["line"] for line in done.stdout.splitlines()] == [2]


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"known": {"a": 1e400}}', '{"known": [1]}', "\xff", '{"known": {"a": "x"}}'],
    ids=["deep", "endless number", "list", "bytes", "word"],
)
def test_what_is_no_baseline_is_told(text: str, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text(text, encoding="latin-1")

    with pytest.raises(UsageError, match="this is no baseline"):
        baseline.without_known(str(known), [])


def test_a_baseline_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    known, link = tmp_path / "known.json", tmp_path / "link"
    known.write_text("old")
    known.chmod(0o640)
    link.symlink_to("known.json")

    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        baseline.write(str(tmp_path), [])
    baseline.write(str(link), [])

    assert json.loads(known.read_bytes())["known"] == {}
    assert known.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known.json", "link"]


def test_the_configuration_selects_and_the_command_line_wins(
    cronwrap: Cronwrap, crontab: Path
) -> None:
    config = '[lint]\nselect = ["CW101"]\ndialect = "cronie"\nfail_on = "info"\n'

    quiet = cronwrap("lint", crontab, config=config)
    told = cronwrap("lint", "-s", "CW404", "-f", "jsonl", crontab, config=config)

    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert json.loads(told.stdout)["daemon"] == "cronie"


def test_a_mistake_in_the_configuration_is_told(cronwrap: Cronwrap, crontab: Path) -> None:
    done = cronwrap("lint", crontab, config="[lint]\nfail-on = 'x'\n")

    assert done.returncode == 2
    assert "[lint]: there is no key fail-on" in done.stderr
    assert "did you mean fail_on?" in done.stderr


def test_a_repaired_standard_input_beside_files_is_not_lost_in_silence(
    cronwrap: Cronwrap, crontab: Path
) -> None:
    done = cronwrap("lint", *DIALECT, "--fix", "-", crontab, input=BAD.encode())

    assert done.returncode == 2
    assert "there is no file to write what is repaired to" in done.stderr
    assert "&&" in crontab.read_text()


def test_an_empty_directory_is_told(cronwrap: Cronwrap, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = cronwrap("lint", *DIALECT, tmp_path / "empty")

    assert done.returncode == 2
    assert "there is no file in this directory" in done.stderr


def test_a_host_without_crontabs_is_told_and_fine(cronwrap: Cronwrap, tmp_path: Path) -> None:
    done = cronwrap("lint", "--root", tmp_path)

    assert (done.returncode, done.stderr) == (0, "cronwrap: there is no crontab on this host\n")


def test_a_person_is_shown_the_next_runs_and_a_program_is_not(cronwrap: Cronwrap) -> None:
    crontab = cronwrap.directory / "crontab"
    crontab.write_text("* 5 * * * flock -n /run/lock/poll /usr/local/bin/poll\n")
    words = ("lint", "--dialect", "debian", "crontab")

    piped = cronwrap(*words)
    with on_terminal(cronwrap, *words) as terminal:
        terminal.wait()

    runs = re.findall(rb"[A-Z][a-z]{2} \d{4}-\d\d-\d\d 05:0[0-9]", terminal.screen)
    assert b"= next runs: " in terminal.screen
    assert len(set(runs)) == 3
    assert "next runs" not in piped.stdout


def test_a_diff_cannot_act_on_a_terminal_and_is_exact_elsewhere(cronwrap: Cronwrap) -> None:
    (cronwrap.directory / "crontab").write_text("0 3 * * * cd /x; y '\x1b[31m'\n")
    words = ("lint", *DIALECT, "--diff", "crontab")

    piped = cronwrap(*words)
    with on_terminal(cronwrap, *words) as terminal:
        terminal.wait()

    assert "+0 3 * * * cd /x && y '\x1b[31m'\n" in piped.stdout
    assert "\r\n+0 3 * * * cd /x && y '␛[31m'\r\n".encode() in terminal.screen


@pytest.mark.parametrize(
    ("words", "unbuffered"),
    [
        (("lint", "jobs"), ""),
        (("lint", "--diff", "jobs"), "1"),
        (("next", "jobs"), ""),
        (("explain", "CW404"), "1"),
    ],
)
def test_a_full_standard_output_is_told(
    cronwrap: Cronwrap, crontab: Path, words: tuple[str, ...], unbuffered: str
) -> None:
    done = cronwrap(
        *words,
        via=("sh", "-c", 'exec "$@" >/dev/full', "sh"),
        cwd=crontab.parent,
        env={"PYTHONUNBUFFERED": unbuffered},
    )

    said = "cronwrap: standard output cannot be written to: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize("words", [("lint", "jobs"), ("lint", "--fix", "-"), ("next", "jobs")])
def test_streams_that_are_closed_keep_nothing_from_being_done(
    cronwrap: Cronwrap, crontab: Path, words: tuple[str, ...]
) -> None:
    status = cronwrap(*words, cwd=crontab.parent).returncode
    done = cronwrap(*words, via=CLOSED_STREAMS, cwd=crontab.parent)

    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_name_that_no_file_can_have_is_told(cronwrap: Cronwrap) -> None:
    long = "x" * 300
    for words in (
        ("lint", long),
        ("lint", f"{long}/jobs"),
        ("next", long),
        ("lint", "--root", long),
    ):
        done = cronwrap(*words)

        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith(("cronwrap: --root x", "cronwrap: x"))


def test_a_name_that_would_act_on_a_terminal_is_shown_with_signs(cronwrap: Cronwrap) -> None:
    name = b"a\n\x1b[2J\xff"
    (cronwrap.directory / os.fsdecode(name)).write_text(BAD)
    os.mkfifo(cronwrap.directory / "fifo\x1b[2J")

    done = cronwrap("lint", *DIALECT, name)
    assert done.stdout.startswith("a ␛[2J\\udcff:1:11: error")
    diff = cronwrap("lint", *DIALECT, "--diff", name)
    assert diff.stdout.startswith("--- a ␛[2J\\udcff\n+++ ")
    assert "\x1b" not in cronwrap("lint", "fifo\x1b[2J").stderr
