"""Sharing work among processes: what comes out is what one process would make."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.linter import lint
from cronwrap.lint.parts import in_parts

pytestmark = pytest.mark.skipif(os.cpu_count() == 1, reason="there is nobody to share with")


def test_parts_come_in_their_order_and_from_several_processes() -> None:
    made = list(in_parts(range(1000), lambda part: (os.getpid(), list(part)), worth=1))

    assert [one for _, part in made for one in part] == list(range(1000))
    assert len({pid for pid, _ in made}) == len(made) > 1


def test_few_items_stay_in_this_process() -> None:
    assert list(in_parts(range(1000), lambda _: os.getpid(), worth=501)) == [os.getpid()]


@pytest.mark.parametrize("how", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0])
def test_the_part_of_a_child_that_dies_is_done_here(how: object) -> None:
    here = os.getpid()

    def work(part: Sequence[int]) -> list[int]:
        if os.getpid() != here:
            how()  # type: ignore[operator]
        return list(part)

    assert [one for part in in_parts(range(10), work, worth=1) for one in part] == list(range(10))


def test_what_breaks_here_too_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_parts(range(10), lambda _: 1 / 0, worth=1))


def test_a_long_crontab_has_the_findings_of_its_lines_and_those_across_them(tmp_path: Path) -> None:
    ping = "curl -fsS -m 10 -o /dev/null https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c"
    lines = [f"{n % 60} {n // 60 % 24} * * * /opt/{n} --all\n" for n in range(10_000)]
    lines[7] = f"0 3 * * * /opt/a && {ping}\n"
    lines[8_000] = "0 3 * * * cd /opt/b; ./c\n"
    lines[9_999] = f"0 4 * * * /opt/b && {ping}\n"

    found = lint([Crontab("".join(lines).encode(), str(tmp_path), form="user")])

    assert [(one.rule.code, one.line.number) for one in found] == [
        ("CW404", 8_001),
        ("CW515", 10_000),
    ]
