"""``cronwrap history``: what this machine remembers, for people and for programs."""

import json
import os
import re
import signal
import subprocess
from typing import Any

import pytest

from tests.support.command import UNMEASURED, Cronwrap, Done
from tests.support.terminal import on_terminal
from tests.support.waiting import children, eventually


def history(cronwrap: Cronwrap, *words: str | bytes) -> list[dict[str, Any]]:
    done = cronwrap("history", "--json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["schema"], found.keys()) == ("cronwrap-history/1", {"schema", "runs"})
    assert isinstance(found["runs"], list)
    return found["runs"]


def cells(done: Done) -> list[list[str]]:
    """Return the cells of a table in a pipe, which stand at least two blanks apart."""
    return [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()]


def test_nothing_is_remembered_at_first(cronwrap: Cronwrap) -> None:
    assert cronwrap("history").stdout == "no run is remembered\n"
    assert cronwrap("history", "billing").stdout == "no run is remembered of billing\n"
    assert history(cronwrap) == []
    assert not cronwrap.state_dir.exists()


def test_each_run_is_remembered_the_newest_first(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "billing", "--", "sh", "-c", "echo 12345; exit 0")
    cronwrap("--check", "backup", "--", "sh", "-c", "exit 3")
    cronwrap("--check", "backup", "-t", "0.2", "--", "sleep", "60")

    runs = history(cronwrap)

    assert [(run["check"], run["phase"], run["exit_status"]) for run in runs] == [
        ("backup", "fail", 124),
        ("backup", "fail", 3),
        ("billing", "success", 0),
    ]
    assert runs[0]["reason"] == "timeout"
    assert runs[2]["output_bytes"] == 6
    assert runs[2]["command"] == "sh -c 'echo 12345; exit 0'"
    assert len({run["run_id"] for run in runs}) == 3
    assert "12345\\n" not in json.dumps(runs)  # what the job wrote is not kept


def test_in_a_pipe_a_run_is_one_line_and_no_line_ends_in_blanks(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "billing", "--", "true")
    cronwrap("--check", "billing", "--", "/no/such/file/with/a/long/name" * 10)

    done = cronwrap("history")

    headings, failed, succeeded = cells(done)
    assert headings[:4] == ["started", "check", "outcome", "exit"]
    assert failed[1:4] == ["billing", "fail", "127"]
    assert "there is no such file" in failed[-1]
    assert succeeded[1:4] == ["billing", "success", "0"]
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_only_the_named_checks_are_shown_and_only_so_many(cronwrap: Cronwrap) -> None:
    for check in ("a", "b", "c", "a"):
        cronwrap("--check", check, "--", "true")

    assert [run["check"] for run in history(cronwrap, "a", "c")] == ["a", "c", "a"]
    assert [run["check"] for run in history(cronwrap, "-n", "2")] == ["a", "c"]
    assert history(cronwrap, "none") == []


@pytest.mark.parametrize("width", [80, 200])
def test_on_a_terminal_the_table_is_as_wide_as_the_screen(cronwrap: Cronwrap, width: int) -> None:
    cronwrap("--check", "billing", "--", "/no/such/command/of/a/rather/long/name/that/is/folded")

    with on_terminal(cronwrap, "history", columns=width) as terminal:
        assert terminal.wait() == 0

    plain = without_colours(terminal.screen.decode())
    assert max(len(line) for line in plain.splitlines()) <= width
    assert "billing" in plain
    assert "127" in plain
    assert "─" in plain


def test_on_a_narrow_screen_why_stands_below_its_run(cronwrap: Cronwrap) -> None:
    cronwrap("-c", "billing", "--fail-unless", "done", "--", "true")

    with on_terminal(cronwrap, "history", columns=80) as terminal:
        terminal.wait()

    headings, rule, run, *below = without_colours(terminal.screen.decode()).splitlines()
    assert headings.split() == ["started", "check", "outcome", "exit", "duration"]
    assert (rule.strip("─"), run.split()[2:4]) == ("", ["billing", "fail"])
    assert below == ["    output: nothing that it wrote matches fail-unless 'done'"]


def test_a_run_that_was_skipped_is_marked_as_one_to_look_at(cronwrap: Cronwrap) -> None:
    cronwrap("-c", "billing", "--skip-codes", "75", "--", "sh", "-c", "exit 75")

    with on_terminal(cronwrap, "history", columns=80) as terminal:
        terminal.wait()

    assert b"\x1b[35mskipped\x1b[0m" in terminal.screen


def test_what_the_job_reported_is_told_with_its_run(cronwrap: Cronwrap) -> None:
    script = 'printf "rows=0\\nnote=%0250d\\n" 1 >>"$CRONWRAP_REPORT"'
    cronwrap("-c", "import", "--expect", "rows>0", "--", "sh", "-c", script)

    told = cells(cronwrap("history"))[1][-1]
    alone = cronwrap("status", "import").stdout

    assert told == f"output: rows is 0 (expect rows>0); {'0' * 199}…, rows=0"
    assert f"  reported      {1:0250d}, rows=0\n" in alone


def test_a_note_that_is_the_reason_is_told_once(cronwrap: Cronwrap) -> None:
    script = 'printf "status=fail\\nnote=no mirror\\n" >>"$CRONWRAP_REPORT"'
    cronwrap("-c", "import", "--", "sh", "-c", script)

    assert cells(cronwrap("history"))[1][-1] == "output: the job reports a failure: no mirror"


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_check_may_have_any_name(cronwrap: Cronwrap) -> None:
    names = [
        b"[red]x[/red]",
        b"[/x]",
        b":bug:",
        b"\xff",
        "ü".encode(),
        b"a b",
        b"../../x",
        b"'; DROP",
    ]
    for name in names:
        cronwrap("--check", name, "--", "true")

    done = cronwrap("history")

    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.splitlines()[:0:-1]
    for name, line in zip(names, shown, strict=True):
        assert (name.decode() if name != b"\xff" else "\\udcff") in line
    assert len(history(cronwrap, b"\xff")) == 1


def test_a_run_that_goes_on_is_shown_as_running(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--check", "long", "--", "sh", "-c", "echo ready; exec sleep 60")
    running.wait_for_output(b"ready")
    eventually(lambda: history(cronwrap))

    assert [(run["check"], run["phase"]) for run in history(cronwrap)] == [("long", "running")]

    running.process.terminate()
    running.wait()
    assert [run["reason"] for run in history(cronwrap)] == ["stopped"]


def test_a_run_that_was_cut_off_is_shown_as_lost(cronwrap: Cronwrap) -> None:
    running = cronwrap.start("--check", "long", "--", "sh", "-c", "echo ready; exec sleep 60")
    running.wait_for_output(b"ready")
    eventually(lambda: history(cronwrap))
    assert children(running.pid)

    running.process.kill()
    running.process.wait()

    (run,) = history(cronwrap)
    why = "nobody saw its end: cronwrap itself was killed (SIGKILL, or for want of memory)"
    assert (run["check"], run["phase"], run["reason"], run["detail"]) == (
        *("long", "lost", "lost"),
        why,
    )
    assert why in cronwrap("history").stdout
    assert "last run" in (shown := cronwrap("status", "long").stdout)
    assert shown.count(", lost") == 1
    assert os.listdir(cronwrap.state_dir / "runs") == []  # noqa: PTH208 - names are wanted


@pytest.mark.parametrize("number", ["0", "-2", "many"])
def test_how_many_are_shown_is_a_number_from_one_on(cronwrap: Cronwrap, number: str) -> None:
    done = cronwrap("history", "-n", number)

    assert (done.returncode, done.stdout) == (2, "")
    assert "--limit" in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_as_any_other_tool(cronwrap: Cronwrap) -> None:
    cronwrap("true")

    done = cronwrap("history", via=["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "bash"])

    assert (done.returncode in {0, 128 + signal.SIGPIPE}, done.stderr) == (True, "")


def test_many_may_look_and_run_at_once(cronwrap: Cronwrap) -> None:
    processes = [cronwrap.start("--check", "many", "--", "true") for _ in range(5)]
    processes += [cronwrap.start("history") for _ in range(5)]

    assert {running.wait().returncode for running in processes} == {0}
    assert len(history(cronwrap)) == 5


def test_the_command_is_remembered_without_its_secrets(cronwrap: Cronwrap) -> None:
    cronwrap("--", "echo", "--password=hunter2hunter2", "https://me:hunter2hunter2@example.org/")

    assert "hunter2" not in cronwrap("history", "--json").stdout
    assert b"hunter2" not in (cronwrap.state_dir / "history.sqlite3").read_bytes()


def test_a_wrong_option_is_2(cronwrap: Cronwrap) -> None:
    done = cronwrap("history", "--limit", "many")

    assert done.returncode == 2
    assert "'many' is not a valid integer" in done.stderr


def test_a_history_that_cannot_be_used_says_what_to_do(cronwrap: Cronwrap) -> None:
    cronwrap("true")
    (cronwrap.state_dir / "history.sqlite3").mkdir()

    done = cronwrap("history")

    assert (done.returncode, done.stdout) == (2, "")
    assert "history.sqlite3 cannot be used: it is not a file, or only a link to one" in done.stderr
    assert "hint: look at" in done.stderr
    assert cronwrap("true").returncode == 0


def test_without_room_for_the_database_that_is_said(cronwrap: Cronwrap) -> None:
    cronwrap("true")

    limited = ["sh", "-c", 'ulimit -f 4; exec "$@"', "sh"]

    done = cronwrap("history", via=limited, env=UNMEASURED)

    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(history(cronwrap)) == 1


def test_sqlite_itself_finds_nothing_wrong(cronwrap: Cronwrap) -> None:
    cronwrap("true")
    history(cronwrap)

    code = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check'))"
    path = cronwrap.state_dir / "history.sqlite3"
    assert subprocess.check_output(["python3", "-c", code, path]) == b"('ok',)\n"
