"""CRONWRAP_REPORT: what a job says of itself, and what can stand in that file instead."""

import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.run.testimony import MOST_METRICS, NOTE_CHARACTERS, READ_BYTES, Said, make, read
from tests.support.command import Cronwrap
from tests.support.events import recorded
from tests.support.waiting import content, eventually


@pytest.fixture
def said(tmp_path: Path) -> Any:
    """Writes bytes to a file and returns what a job has said with them."""

    def reader(data: bytes) -> Said:
        path = tmp_path / "said"
        path.write_bytes(data)
        return read(str(path))

    return reader


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (b"rows=0", 0),
        (b"rows=-3", -3),
        (b" rows = 1.5 \r", 1.5),
        (b"rows=1e6", 1e6),
        (b"rows=+2", 2),
        (b'{"rows": 7}', 7),
        (b'{"rows": 7.25, "note": "x"}', 7.25),
        (b"rows=1\nrows=2", 2),
        (b"rows=9007199254740993", 9007199254740993.0),
    ],
)
def test_a_number_is_reported_in_either_form(said: Any, line: bytes, number: float) -> None:
    found = said(line + b"\n")

    assert (found.metrics, found.problems) == ({"rows": number}, [])


def test_a_note_and_a_status_are_taken_as_well(said: Any) -> None:
    found = said(
        "# a comment\n\nnote=caf\u00e9 = good\nstatus=warn\n"
        '{"note": "and more", "status": "skip"}'.encode()
    )

    assert (found.note, found.status) == ("caf\u00e9 = good; and more", "skip")
    assert (found.metrics, found.problems) == ({}, [])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"rows", "line 1: 'rows' is neither name=value nor a JSON object"),
        (b"a=1\nrows=many", "line 2: rows 'many' is no number"),
        (b"rows=", "line 1: rows '' is no number"),
        (b"rows=nan", "line 1: rows 'nan' is no number"),
        (b"rows=1e999", "line 1: rows '1e999' is no number"),
        (b"rows=1_000", "line 1: rows '1_000' is no number"),
        ("rows=٣".encode(), "line 1: rows '٣' is no number"),
        (b"ro ws=1", "line 1: 'ro ws' is no name for a number"),
        (b"=1", "line 1: '' is no name for a number"),
        (b"x" * 65 + b"=1", "is no name for a number"),
        (b"status=good", "line 1: status 'good' is none of warn, skip, fail"),
        (b'{"status": ["fail"]}', "line 1: status ['fail'] is none of warn, skip, fail"),
        (b'{"rows": true}', "line 1: rows True is no number"),
        (b'{"rows": NaN}', "line 1: rows nan is no number"),
        (b'{"rows": Infinity}', "line 1: rows inf is no number"),
        (b'{"rows": {"deep": 1}}', "line 1: rows {'deep': 1} is no number"),
        (b'{"rows": 1' + b"0" * 400 + b"}", "is no number"),
        (b'{"rows": 1' + b"0" * 5000 + b"}", "line 1: '{"),
        (b'{"rows": ', "line 1: '{\"rows\":' is no JSON object"),
        (b'{"a":' * 10_000, "line 1: '{"),
        (b'{"rows":' + b"[" * 50_000 + b"]" * 10, "line 1: '{"),
        (b"\x00\xff\xfe\x80", "line 1: '\ufffd\ufffd\ufffd' is neither name=value"),
        (b"x\ny\nz", "(and 2 more lines like it)"),
        (b"\n".join(b"n%d=1" % n for n in range(MOST_METRICS + 1)), "there are more than 100"),
    ],
)
def test_what_has_no_meaning_is_told_and_the_rest_holds(
    said: Any, data: bytes, problem: str
) -> None:
    found = said(data + b"\nlast=1\n" if len(data) < READ_BYTES else data)

    (told,) = found.problems
    assert told.startswith("CRONWRAP_REPORT, line ")
    assert problem in told
    assert len(told) < 200
    if "more than 100" not in problem:
        assert found.metrics["last"] == 1


def test_a_huge_file_is_read_as_far_as_its_limit(said: Any) -> None:
    found = said(b"rows=1\n" * READ_BYTES)

    assert found.metrics == {"rows": 1}
    assert found.problems == ["of CRONWRAP_REPORT only the first 64 kB were read"]


def test_a_long_note_is_cut(said: Any) -> None:
    assert len(said(b"note=" + b"n" * 5000).note) == NOTE_CHARACTERS


@given(st.binary(max_size=300))
def test_nothing_that_can_stand_in_it_does_harm(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-report"
    path.write_bytes(data)

    assert len(read(str(path)).problems) <= 1


def test_the_file_is_the_jobs_alone_and_goes_away(cronwrap: Cronwrap) -> None:
    show = 'stat -c "%a %s" "$CRONWRAP_REPORT"; echo "$CRONWRAP_REPORT"'

    done = cronwrap("--", "sh", "-c", show, via=["sh", "-c", 'umask 0; exec "$@"', "sh"])

    mode, path = done.stdout.splitlines()
    assert mode == "600 0"
    assert Path(path).parent == cronwrap.state_dir / "runs"
    assert not Path(path).exists()


@pytest.mark.parametrize("words", [["nothing-of-this-name"], ["-t", "50ms", "sleep", "9"]])
def test_the_file_goes_away_however_the_run_ends(cronwrap: Cronwrap, words: list[str]) -> None:
    cronwrap("true")

    cronwrap(*words)

    assert list(cronwrap.state_dir.glob("runs/*.report")) == []


def test_the_first_run_of_all_leaves_nothing_in_the_temporary_directory_if_it_is_killed(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    show = 'echo "$CRONWRAP_REPORT" >path; exec sleep 60'
    running = cronwrap.start("--", "sh", "-c", show, env={"TMPDIR": tmp_path})
    path = Path(content(cronwrap.directory / "path").strip())

    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    assert path.parent == cronwrap.state_dir / "runs"
    assert list(tmp_path.glob("*.report")) == []


def test_without_a_state_directory_it_is_in_the_temporary_one_and_what_was_left_there_goes_away(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    cronwrap.state_dir.write_text("no directory")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = {
        "left": f"cronwrap-{ended.pid}-left.report",
        "young": f"cronwrap-{ended.pid}-young.report",
        "in use": f"cronwrap-{os.getpid()}-used.report",
        "another's": "cronwrap-notes.report",
    }
    for name in names.values():
        (temporary / name).write_text("rows=1")
        if "young" not in name:
            os.utime(temporary / name, (0, 0))

    done = cronwrap("--", "sh", "-c", 'echo "$CRONWRAP_REPORT"', env={"TMPDIR": temporary})

    path = Path(done.stdout.strip())
    assert (path.parent, path.exists()) == (temporary, False)
    assert path.name.startswith("cronwrap-")
    left = {path.name for path in temporary.iterdir()}
    assert left == {names["young"], names["in use"], names["another's"]}


def test_a_directory_where_others_may_change_files_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    path = Path(make("id-of-a-run", "/dev/null", {"TMPDIR": str(tmp_path)}))

    path.unlink()
    assert path.parent == Path("/tmp")  # noqa: S108 - is sticky


@pytest.mark.parametrize(
    ("instead", "problem"),
    [
        ('ln -sf "$PWD/secret" "$CRONWRAP_REPORT"', "CRONWRAP_REPORT cannot be read: Too many"),
        ('rm "$CRONWRAP_REPORT"; mkfifo "$CRONWRAP_REPORT"', "it is not the file that was made"),
        ('rm "$CRONWRAP_REPORT"; mkdir "$CRONWRAP_REPORT"', "it is not the file that was made"),
        ('chmod 0 "$CRONWRAP_REPORT"; echo note=mine >"$CRONWRAP_REPORT"', ""),
        ('rm "$CRONWRAP_REPORT"', ""),
        ('echo note=mine >new; mv new "$CRONWRAP_REPORT"', ""),
    ],
)
def test_something_else_in_its_place_does_no_harm(
    cronwrap: Cronwrap, instead: str, problem: str
) -> None:
    secret = cronwrap.directory / "secret"
    secret.write_text("note=secret\nrows=5\n")

    done = cronwrap("--", "sh", "-c", instead, limit_s=20)

    assert done.returncode == 0
    end = recorded(cronwrap)
    assert problem in end["warning"]
    assert bool(problem) == bool(end["warning"])
    assert end["note"] in ("", "mine")
    assert end["metrics"] == {}
    assert secret.exists()
    assert list(cronwrap.state_dir.glob("runs/*.report")) == []


def test_a_directory_that_a_job_has_put_in_its_place_goes_away_and_hinders_nobody(
    cronwrap: Cronwrap,
) -> None:
    instead = 'rm "$CRONWRAP_REPORT"; mkdir "$CRONWRAP_REPORT"; echo x >"$CRONWRAP_REPORT/file"'
    left = cronwrap.state_dir / "runs" / "left.report"

    cronwrap("--", "sh", "-c", instead)
    left.mkdir()
    os.utime(left, (0, 0))
    shown = cronwrap("history")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert list(cronwrap.state_dir.glob("runs/*.report")) == []


def test_a_job_without_room_for_it_runs(cronwrap: Cronwrap) -> None:
    small = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]

    done = cronwrap("--expect", "rows>0", "--", "sh", "-c", "echo ran; exit 3", via=small)

    assert done.returncode == 3


def test_what_was_said_before_a_bad_end_is_told(cronwrap: Cronwrap) -> None:
    steps = 'echo "note=half way" >>"$CRONWRAP_REPORT"; echo rows=7 >>"$CRONWRAP_REPORT"; sleep 60'

    cronwrap("-t", "1s", "--", "sh", "-c", steps)

    end = recorded(cronwrap)
    assert (end["reason"], end["note"], end["metrics"]) == ("timeout", "half way", {"rows": 7})


def test_what_a_killed_wrapper_leaves_is_removed_by_who_takes_its_run_in(
    cronwrap: Cronwrap,
) -> None:
    cronwrap("true")
    steps = f'echo "$CRONWRAP_REPORT" >{cronwrap.directory}/path; sleep 60'
    running = cronwrap.start("--", "sh", "-c", steps)
    path = Path(content(cronwrap.directory / "path").strip())
    record = path.with_suffix(".run")
    eventually(lambda: record.exists() and record.stat().st_size)
    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()
    assert stat.S_ISREG(path.stat().st_mode)

    def gone() -> bool:
        cronwrap("history")
        return not path.exists()

    eventually(gone)


def test_what_has_no_run_is_removed_when_it_is_old(cronwrap: Cronwrap) -> None:
    cronwrap("true")
    runs = cronwrap.state_dir / "runs"
    for name in ("new.report", "old.report", ".new", ".old"):
        (runs / name).write_text("")
        if "old" in name:
            os.utime(runs / name, (0, 0))

    cronwrap("history")

    assert {path.name for path in runs.iterdir()} == {"new.report", ".new"}
