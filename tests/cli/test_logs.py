"""``cronwrap logs``: what a job wrote, from the history, from its log, and while it runs."""

import json
import re

import pytest

from tests.support.command import Cronwrap
from tests.support.terminal import on_terminal
from tests.support.waiting import eventually


def test_the_end_of_what_the_last_run_wrote_is_shown(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "x", "--", "echo", "first")
    cronwrap("--check", "x", "--", "sh", "-c", "echo out; echo err >&2")
    cronwrap("--check", "y", "--", "echo", "other")

    done = cronwrap("logs", "x")

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines()) == ["err", "out"]


def test_a_run_is_found_by_the_beginning_of_its_id(cronwrap: Cronwrap) -> None:
    for word in ("first", "second"):
        cronwrap("--check", "x", "--", "echo", word)
    _, first = json.loads(cronwrap("history", "--json").stdout)["runs"]

    assert cronwrap("logs", "x", "--run", first["run_id"][:10]).stdout == "first\n"
    missing = cronwrap("logs", "x", "--run", "no-such")
    assert missing.returncode == 2
    assert "no run is remembered of x with the id no-such" in missing.stderr
    several = cronwrap("logs", "x", "--run", "")
    assert several.stdout == "second\n"


def test_so_much_is_kept_as_the_run_has_said(cronwrap: Cronwrap) -> None:
    job = ["seq", "1000"]
    cronwrap("--check", "some", "--keep-output", "20", "--", *job)
    cronwrap("--check", "none", "--keep-output", "0", "--", *job)

    assert cronwrap("logs", "some").stdout.endswith("\n998\n999\n1000\n")
    assert len(cronwrap("logs", "some").stdout) <= 20
    assert "of which the end is kept" in cronwrap("logs", "some").stderr
    none = cronwrap("logs", "none")
    assert (none.stdout, none.returncode) == ("", 0)
    assert "of which nothing is kept" in none.stderr


def test_secrets_are_not_kept(cronwrap: Cronwrap) -> None:
    script = 'echo "password=hunter2hunter2"; echo "it is $MY_TOKEN"'
    log_dir = cronwrap.directory / "logs"

    cronwrap(
        *("--check", "x", "--log-dir", log_dir, "--", "sh", "-c", script),
        env={"MY_TOKEN": "s3cr3t-t0k3n"},
    )
    eventually(lambda: list(log_dir.glob("x/*.log.gz")))
    cronwrap("--check", "y", "--", "sh", "-c", script, env={"MY_TOKEN": "s3cr3t-t0k3n"})
    records = [path.read_bytes() for path in (cronwrap.state_dir / "runs").iterdir()]
    history, tail = cronwrap("logs", "x", "--json"), cronwrap("logs", "y")

    shown = json.loads(history.stdout)
    assert "[redacted: password]" in tail.stdout
    assert len(records) == 2
    assert not [
        data for data in (*records, tail.stdout_bytes) if b"hunter2" in data or b"s3cr3t" in data
    ]
    assert shown["schema"] == "cronwrap-logs/1"
    assert shown["run"]["check"] == "x"
    assert "[redacted: password]" in shown["output"]
    assert "hunter2" not in history.stdout
    assert "s3cr3t" not in history.stdout


def test_what_a_report_must_not_say_is_kept_all_the_same(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "x", "--no-output-in-report", "--", "echo", "private")

    assert cronwrap("logs", "x").stdout == "private\n"


HOSTILE = rb"\033[2J\033]0;title\007 \342\200\256 \377\000 \303\244\r\nplain\tend"


def test_nothing_in_it_acts_upon_a_terminal(cronwrap: Cronwrap) -> None:
    cronwrap("--check", "x", "--", "printf", HOSTILE)

    with on_terminal(cronwrap, "logs", "x") as terminal:
        assert terminal.wait() == 0
    piped = cronwrap("logs", "x")

    for shown in (terminal.screen.replace(b"\r\n", b"\n"), piped.stdout_bytes):
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", shown), shown
        assert rb"\x1b[2J\x1b]0;title\x07" in shown
        assert "ä\nplain\tend".encode() in shown
        assert rb"\u202e" in shown
    assert cronwrap("logs", "x", "--raw").stdout_bytes == HOSTILE.decode("unicode_escape").encode(
        "latin-1"
    )


def test_the_log_of_a_run_is_followed_until_it_is_over(cronwrap: Cronwrap) -> None:
    go_on = cronwrap.directory / "go-on"
    script = f"echo one; until [ -e {go_on} ]; do sleep 0.02; done; echo two"
    running = cronwrap.start("-c", "x", "--log-dir", "logs", "--", "sh", "-c", script)
    running.wait_for_output(b"one")
    eventually(lambda: cronwrap("logs", "x").stdout == "one\n")

    follower = cronwrap.start("logs", "x", "--follow")
    follower.wait_for_output(b"one\n")
    assert follower.process.poll() is None
    go_on.touch()

    assert running.wait().returncode == 0
    assert follower.wait().stdout == "one\ntwo\n"


def test_a_run_without_a_log_is_followed_to_its_end(cronwrap: Cronwrap) -> None:
    go_on = cronwrap.directory / "go-on"
    script = f"echo one; until [ -e {go_on} ]; do sleep 0.02; done"
    running = cronwrap.start("-c", "x", "--", "sh", "-c", script)
    running.wait_for_output(b"one")
    eventually(lambda: "running" in cronwrap("history").stdout)
    early = cronwrap("logs", "x")
    follower = cronwrap.start("logs", "x", "-f")
    follower.wait_for_output(b"has no --log-dir")
    go_on.touch()

    assert early.returncode == 2
    assert "goes on" in early.stderr
    assert running.wait().returncode == 0
    assert follower.wait().stdout == "one\n"


@pytest.mark.parametrize("words", [["logs", "nothing"], ["logs"], ["logs", "a", "b"]])
def test_what_cannot_be_shown_is_2(cronwrap: Cronwrap, words: list[str]) -> None:
    done = cronwrap(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_log_that_is_gone_leaves_the_end_of_it(cronwrap: Cronwrap) -> None:
    log_dir = cronwrap.directory / "logs"
    cronwrap("-c", "x", "--log-dir", log_dir, "--", "echo", "kept")
    (path,) = eventually(lambda: list(log_dir.glob("x/*.log.gz")))
    path.unlink()

    assert cronwrap("logs", "x").stdout == "kept\n"


def test_a_link_in_the_place_of_a_log_is_not_followed(cronwrap: Cronwrap) -> None:
    log_dir = cronwrap.directory / "logs"
    cronwrap("-c", "x", "--log-dir", log_dir, "--", "echo", "kept")
    (path,) = eventually(lambda: list(log_dir.glob("x/*.log.gz")))
    path.unlink()
    path.with_suffix("").symlink_to("/etc/passwd")

    assert "root:" not in cronwrap("logs", "x").stdout
