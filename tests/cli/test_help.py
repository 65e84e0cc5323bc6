"""Help and version: on standard output, exit status 0, and nothing is run."""

import pytest

from cronwrap import __version__
from cronwrap.run.options import OPTIONS
from tests.support.command import Cronwrap

EACH = [
    (), ("--help",), ("-h",), ("run", "--help"), ("run", "-h"), ("--check", "x", "--help"),
    ("-v", "-h", "--", "touch", "ran"), ("history", "--help"), ("config", "--help"),
    ("config", "show", "--help"), ("config", "check", "-h"),
]  # fmt: skip


@pytest.mark.parametrize("words", EACH, ids=" ".join)
def test_help_is_on_standard_output(cronwrap: Cronwrap, words: tuple[str, ...]) -> None:
    done = cronwrap(*words)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: cronwrap")
    assert not (cronwrap.directory / "ran").exists()


@pytest.mark.parametrize("words", [("--version",), ("run", "--version"), ("-c", "x", "--version")])
def test_the_version_is_told(cronwrap: Cronwrap, words: tuple[str, ...]) -> None:
    done = cronwrap(*words)

    assert (done.returncode, done.stdout) == (0, f"cronwrap {__version__}\n")


def test_help_and_version_of_the_job_are_the_jobs(cronwrap: Cronwrap) -> None:
    for flag in ("--help", "-h", "--version"):
        assert cronwrap("--", "echo", flag, "x").stdout.endswith("x\n")
        assert cronwrap("printf", "%s\n", flag).stdout == f"{flag}\n"


def test_the_help_of_a_run_names_every_option(cronwrap: Cronwrap) -> None:
    words = cronwrap("run", "--help").stdout.split()

    for option in OPTIONS:
        assert f"--{option.name}" in words


@pytest.mark.parametrize("words", [("history", "--xyz"), ("config", "xyz"), ("config",)])
def test_a_subcommand_that_is_not_understood_is_2_and_says_where_help_is(
    cronwrap: Cronwrap, words: tuple[str, ...]
) -> None:
    done = cronwrap(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cronwrap: ")
    assert "--help`" in done.stderr


def test_a_program_with_the_name_of_a_subcommand_is_run_behind_two_dashes(
    cronwrap: Cronwrap,
) -> None:
    tool = cronwrap.directory / "bin/history"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho a program\n")
    tool.chmod(0o755)

    for words in (("--", "history"), ("run", "history"), ("-v", "history")):
        assert cronwrap(*words, env={"PATH": tool.parent}).stdout == "a program\n"
