"""A start that is put off, so that not all hosts begin in the same second."""

import signal
import time

import pytest

from cronwrap.config import Config
from cronwrap.run import gate, options
from cronwrap.run.job import Job, assemble
from tests.run.test_overlap import waits
from tests.support.command import Cronwrap
from tests.support.events import recorded
from tests.support.waiting import eventually


def job(*words: str) -> Job:
    return assemble(options.parse([*words, "--", "true"]), {}, Config())


def test_it_is_the_same_for_each_run_of_a_check_and_another_for_another_check() -> None:
    splay = ("--splay", "5m")

    assert gate.splay_s(job("-c", "a", *splay)) == gate.splay_s(job("-c", "a", *splay))
    assert gate.splay_s(job("-c", "a", *splay)) != gate.splay_s(job("-c", "b", *splay))


@pytest.mark.parametrize("more", [(), ("--splay-random",)])
def test_it_is_anything_from_nothing_to_what_is_given(more: tuple[str, ...]) -> None:
    found = [gate.splay_s(job("-c", f"c{number}", "--splay", "10", *more)) for number in range(200)]

    assert 0 <= min(found) < 1
    assert 9 < max(found) < 10
    assert 4 < sum(found) / len(found) < 6


def test_with_splay_random_it_is_another_each_time() -> None:
    splay = ("-c", "a", "--splay", "5m", "--splay-random")

    assert len({gate.splay_s(job(*splay)) for _ in range(5)}) == 5


def test_the_job_starts_after_it_and_its_time_is_not_the_jobs(cronwrap: Cronwrap) -> None:
    part = gate.splay_s(job("-c", "late", "--splay", "1000s")) / 1000
    splay = ("-c", "late", "--splay", f"{2 / part:.3f}s")
    begun_s = time.monotonic()

    done = cronwrap(*splay, "--timeout", "1700ms", "--", "echo", "ran")

    assert done.stdout == "ran\n"
    assert time.monotonic() - begun_s >= 1.99
    assert recorded(cronwrap)["duration_s"] < 1.7


def test_told_to_stop_meanwhile_it_ends_at_once(cronwrap: Cronwrap) -> None:
    waiting = cronwrap.start("-c", "x", "--splay", "1000h", "--", "touch", "started")
    eventually(lambda: waits(waiting.pid))

    waiting.send_signal(signal.SIGTERM)
    done = waiting.wait()

    assert done.returncode == 128 + signal.SIGTERM
    told = "cronwrap was told to stop by SIGTERM while it waited for its splay"
    assert done.stderr == f"cronwrap: check x: the job was not started: {told}\n"
    facts = recorded(cronwrap)
    assert (facts["phase"], facts["reason"], facts["detail"]) == ("fail", "stopped", told)
    assert not (cronwrap.directory / "started").exists()
