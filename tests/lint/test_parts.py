"""Work that is shared among processes comes back whole, and leaves none of them behind."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cronwrap.lint.parts import in_parts
from tests.support.command import Cronwrap
from tests.support.waiting import children, eventually, is_alive

ONE_PROCESSOR = len(os.sched_getaffinity(0)) < 2
LINE = "{0} {1} * * * cd /srv/app{2}; ./run {2}\n"

pytestmark = pytest.mark.skipif(ONE_PROCESSOR, reason="there is nobody to share with")


def test_what_is_made_of_the_parts_is_in_their_order() -> None:
    made = in_parts(range(1000), lambda part: [number * 2 for number in part], worth=100)

    assert [number for part in made for number in part] == [*range(0, 2000, 2)]


def test_a_part_whose_process_is_killed_is_made_all_the_same() -> None:
    mine = os.getpid()

    def work(part: Sequence[int]) -> list[int]:
        if os.getpid() != mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(part)

    made = in_parts(range(10), work, worth=2)

    assert [number for part in made for number in part] == [*range(10)]


def test_no_process_is_left_when_the_work_is_broken_off(tmp_path: Path) -> None:
    child = tmp_path / "child"

    def work(part: Sequence[int]) -> list[int]:
        if 0 in part:
            eventually(child.exists)
            raise KeyboardInterrupt
        (tmp_path / "new").write_text(str(os.getpid()))
        (tmp_path / "new").rename(child)
        time.sleep(600)
        return list(part)

    with pytest.raises(KeyboardInterrupt):
        list(in_parts(range(4), work, worth=2))

    assert not is_alive(int(child.read_text()))


def test_a_long_repair_that_is_interrupted_leaves_file_and_machine_as_they_were(
    cronwrap: Cronwrap,
) -> None:
    crontab = cronwrap.directory / "crontab"
    text = "".join(LINE.format(n % 60, n // 60 % 24, n) for n in range(12_000))
    crontab.write_text(text)
    running = cronwrap.start("lint", "--dialect", "debian", "--fix", "crontab")
    (child,) = eventually(lambda: children(running.pid))
    running.send_signal(signal.SIGINT)
    done = running.wait()

    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert not is_alive(child)
    assert crontab.read_text() == text
    assert list(cronwrap.directory.glob("*crontab*")) == [crontab]
