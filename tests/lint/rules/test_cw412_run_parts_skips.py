"""run-parts and the names that it leaves out."""

from pathlib import Path

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.host import Host
from cronwrap.lint.rule import find_rule


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system whose /etc/cron.daily has scripts of all sorts."""
    daily, programs = tmp_path / "etc/cron.daily", tmp_path / "usr/bin"
    for directory in (daily, programs):
        directory.mkdir(parents=True)
    for name in (
        "backup.sh",
        "man-db",
        "0anacron",
        ".placeholder",
        "old~",
        "x.dpkg-old",
        "README.md",
    ):
        (daily / name).write_text("#!/bin/sh\n")
        (daily / name).chmod(0o755)
    (daily / "README.md").chmod(0o644)
    return tmp_path


def messages(root: Path, command: str) -> list[str]:
    file = Crontab(f"25 6 * * * {command}\n".encode(), "crontab", form="user", host=Host(str(root)))
    return [one.found.message for one in linter.lint([file], [find_rule("CW412")])]


def test_a_script_with_a_dot_in_its_name_is_found(root: Path) -> None:
    (message,) = messages(root, "cd / && run-parts --report /etc/cron.daily")

    assert "leaves out backup.sh in there" in message


def test_names_that_the_command_chooses_itself_are_its_own_affair(root: Path) -> None:
    assert messages(root, "run-parts --regex='sh$' /etc/cron.daily") == []


def test_the_run_parts_of_red_hat_which_is_a_script_takes_dots(root: Path) -> None:
    (root / "usr/bin/run-parts").write_text("#!/bin/bash\n")

    assert messages(root, "run-parts /etc/cron.daily") == []
