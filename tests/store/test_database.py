"""A damaged file is set aside and told of once; another process's doing loses nothing."""

import multiprocessing
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.store import Store
from cronwrap.store.database import Database
from tests.support.remembered import leave, run_of


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


def fill(state_dir: Path, count: int = 1) -> Store:
    leave(state_dir, *(run_of(ended_unix_s=1.8e9 + number) for number in range(count)))
    store = Store(str(state_dir))
    store.take_in()
    return store


def no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


def a_page_of_noise(path: Path) -> None:
    with path.open("r+b") as file:
        for page in range(2, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


@pytest.mark.parametrize("damage", [no_database, cut_short, a_page_of_noise])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    state_dir: Path, damage: Callable[[Path], None]
) -> None:
    fill(state_dir, 200)
    close_all(state_dir)
    damage(state_dir / "history.sqlite3")

    store = fill(state_dir)

    assert len(store.runs()) == 1
    (notice,) = store.notices()
    (kept,) = state_dir.glob("history.sqlite3.damaged-*Z")
    assert "damaged" in notice
    assert str(kept) in notice
    assert Store(str(state_dir)).notices() == []


def close_all(state_dir: Path) -> None:
    """Have all of it in the one file, as the last process that used it leaves it."""
    db = sqlite3.connect(state_dir / "history.sqlite3")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def test_damage_that_shows_only_while_it_is_open_is_found(state_dir: Path) -> None:
    store = fill(state_dir, 200)
    assert len(store.runs(limit=1000)) == 200
    close_all(state_dir)
    a_page_of_noise(state_dir / "history.sqlite3")

    other = Store(str(state_dir))

    assert other.runs(limit=1000) == []
    assert len(other.notices()) == 1


def test_what_is_written_to_a_file_that_was_just_set_aside_is_written_again(
    state_dir: Path,
) -> None:
    slow = Database(state_dir)
    slow.write(lambda db: None)
    for name in ("history.sqlite3-wal", "history.sqlite3-shm", "history.sqlite3"):
        (state_dir / name).rename(state_dir / f"elsewhere-{name}")
    Database(state_dir).write(lambda db: None)
    tries = []

    def work(db: sqlite3.Connection) -> None:
        tries.append(db.execute("INSERT INTO notices VALUES ('kept')").rowcount)

    slow.write(work)

    assert tries == [1, 1]
    assert Store(str(state_dir)).notices() == ["kept"]


def test_the_log_of_a_damaged_file_goes_with_it(state_dir: Path) -> None:
    fill(state_dir)
    close_all(state_dir)
    no_database(state_dir / "history.sqlite3")
    (state_dir / "history.sqlite3-wal").write_bytes(b"what was written last")

    assert Store(str(state_dir)).runs() == []

    (log,) = state_dir.glob("history.sqlite3.damaged-*Z-wal")
    assert log.read_bytes() == b"what was written last"


HOLD_OPEN = """
import sys
from pathlib import Path
from cronwrap.store.database import Database
database = Database(Path(sys.argv[1]))
database.write(lambda db: None)
print("open", flush=True)
sys.stdin.read()
database.close()
"""


def test_a_damaged_file_that_another_has_open_is_waited_for(state_dir: Path) -> None:
    command = [sys.executable, "-c", HOLD_OPEN, str(state_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        no_database(state_dir / "history.sqlite3")
        (state_dir / "history.sqlite3-wal").write_bytes(b"")
        closing = threading.Timer(0.3, other.stdin.close)
        closing.start()

        assert Store(str(state_dir)).runs() == []

        assert not closing.is_alive()
        assert other.wait() == 0
    (kept,) = state_dir.glob("history.sqlite3.damaged-*Z")
    assert kept.read_bytes().startswith(b"no database")
    assert len(Store(str(state_dir)).notices()) == 1


def _take_in(state_dir: Path) -> None:
    Store(str(state_dir)).take_in()


def test_many_that_find_the_damage_at_once_set_aside_one_file_and_lose_no_run(
    state_dir: Path,
) -> None:
    fill(state_dir)
    close_all(state_dir)
    no_database(state_dir / "history.sqlite3")
    leave(state_dir, *(run_of(ended_unix_s=1.8e9 + number) for number in range(300)))
    processes = [multiprocessing.Process(target=_take_in, args=(state_dir,)) for _ in range(6)]

    for process in processes:
        process.start()
    for process in processes:
        process.join()

    store = Store(str(state_dir))
    assert {process.exitcode for process in processes} == {0}
    assert len(store.runs(limit=1000)) == 300
    assert len(list(state_dir.glob("history.sqlite3.damaged-*Z"))) == 1
    assert len(store.notices()) == 1


def test_a_file_of_a_newer_version_is_left_alone(state_dir: Path) -> None:
    fill(state_dir)
    db = sqlite3.connect(state_dir / "history.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (state_dir / "history.sqlite3").read_bytes()

    with pytest.raises(CronwrapError, match=r"written by a newer cronwrap \(schema 99\)"):
        Store(str(state_dir)).runs()

    assert (state_dir / "history.sqlite3").read_bytes() == before


def test_a_link_is_not_followed(state_dir: Path, tmp_path: Path) -> None:
    state_dir.mkdir(mode=0o700)
    (state_dir / "history.sqlite3").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CronwrapError, match="not a file, or only a link"):
        fill(state_dir)

    assert not (tmp_path / "elsewhere").exists()


def test_nobody_else_may_read_it(state_dir: Path) -> None:
    before = os.umask(0)
    try:
        store = fill(state_dir)
    finally:
        os.umask(before)

    modes = {path.stat().st_mode & 0o777 for path in state_dir.glob("history*")}
    assert modes == {0o600}
    assert state_dir.stat().st_mode & 0o777 == 0o700
    assert store.runs()


def test_where_there_was_no_room_for_it_the_same_is_said_again_and_later_it_works(
    state_dir: Path,
) -> None:
    leave(state_dir, run_of(ended_unix_s=1.8e9))
    store = Store(str(state_dir))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        for _ in range(2):
            with pytest.raises(CronwrapError, match=r"cannot be used: (disk I/O error|.*full)"):
                store.take_in()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    store.take_in()

    assert len(store.runs()) == 1
