"""Real shells are asked what they offer."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cronwrap.docgen import commands
from cronwrap.docgen.files import ROOT
from tests.support.tools import need

FOLDER = ROOT / "completions"
TREE = commands.tree()
COMMANDS = list(TREE.walk())
SHELLS = ["bash", "fish", "zsh"]
BASH = r"""
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_cronwrap
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
exit 0
"""
ZSH = Path(__file__).parent.parent / "support/complete.zsh"

Offered = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def zsh_dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where zsh keeps from one question to the next which functions complete what."""
    return tmp_path_factory.mktemp("zsh") / "dump"


@pytest.fixture(params=SHELLS)
def offered(request: pytest.FixtureRequest, tmp_path: Path, zsh_dump: Path) -> Offered:
    """Returns what a shell offers for a command line that ends where the cursor is."""
    shell = need(request.param)
    program = tmp_path / "bin/frobnicate-the-job"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)

    def ask(line: str) -> list[str]:
        done = subprocess.run(
            [shell, *words_for(request.param, line, zsh_dump)],
            env={
                "PATH": f"{program.parent}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "LC_ALL": "C.UTF-8",
            },
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stderr == ""
        return [offer.partition("\t")[0] for offer in done.stdout.splitlines()]

    return ask


def words_for(shell: str, line: str, zsh_dump: Path) -> list[str]:
    if shell == "fish":
        script = f"source {FOLDER}/cronwrap.fish; complete -C $argv[1]"
        return ["--no-config", "-c", script, line]
    if shell == "zsh":
        return ["-f", str(ZSH), str(FOLDER), str(zsh_dump), line]
    # As bash takes a line apart: = and : are words of their own.
    words = line.replace("=", " = ").replace(":", " : ").split(" ")
    kept = [word for word in words[:-1] if word]
    return ["--norc", "-c", BASH, "bash", str(FOLDER / "cronwrap.bash"), *kept, words[-1]]


def values(offers: list[str]) -> set[str]:
    """Return offers without the option that fish repeats before them."""
    return {offer.rpartition("=")[2] for offer in offers}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_finds_no_mistake_in_the_file(shell: str) -> None:
    names = {"bash": "cronwrap.bash", "fish": "cronwrap.fish", "zsh": "_cronwrap"}

    done = subprocess.run(
        [need(shell), "-n", FOLDER / names[shell]], capture_output=True, check=False
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if one.subcommands], ids=lambda one: one.name
)
def test_every_subcommand_is_offered(offered: Offered, command: commands.Command) -> None:
    line = " ".join(("cronwrap", *command.words, ""))

    assert set(offered(line)) == {one.name for one in command.subcommands}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_every_option_is_offered(offered: Offered, command: commands.Command) -> None:
    line = " ".join(("cronwrap", *command.words, "--"))

    long = {flag for one in command.all_options for flag in one.flags if flag.startswith("--")}
    assert set(offered(line)) == long


@pytest.mark.parametrize("line", ["cronwrap --output ", "cronwrap run -v -c x --output="])
def test_the_choices_of_an_option_are_offered(offered: Offered, line: str) -> None:
    assert values(offered(line)) == {"all", "on-failure", "none"}


@pytest.mark.parametrize(
    "line",
    [
        "cronwrap --config ",
        "cronwrap --env-file=",
        "cronwrap config check --config ",
    ],
)
def test_files_are_offered_where_there_may_be_one(
    offered: Offered, line: str, tmp_path: Path
) -> None:
    (tmp_path / "job.env").touch()

    assert "job.env" in values(offered(f"{line}job"))


@pytest.mark.parametrize("line", ["cronwrap --chdir ", "cronwrap history --state-dir "])
def test_directories_are_offered_where_there_must_be_one(
    offered: Offered, line: str, tmp_path: Path
) -> None:
    (tmp_path / "job.env").touch()
    (tmp_path / "job.d").mkdir()

    assert {offer.rstrip("/") for offer in offered(f"{line}job")} == {"job.d"}


@pytest.mark.parametrize(
    "line",
    [
        "cronwrap frob",
        "cronwrap -- frob",
        "cronwrap run frob",
        "cronwrap --check x -- frob",
        "cronwrap --check=x frob",
        "cronwrap -v -t 1h --tag a=b -- frob",
        "cronwrap -e https://hc-ping.com/5a3f frob",
        "cronwrap run --chdir /tmp --no-capture frob",
    ],
)
def test_the_job_is_completed_as_a_command(offered: Offered, line: str) -> None:
    assert "frobnicate-the-job" in offered(line)


@pytest.mark.parametrize("line", ["cronwrap -c ", "cronwrap -c x -t ", "cronwrap run --tag "])
def test_no_command_is_offered_for_the_value_of_an_option(offered: Offered, line: str) -> None:
    assert offered(f"{line}frob") == []


@pytest.mark.parametrize("line", ["cronwrap -c x frobnicate-the-job --", "cronwrap -- history --"])
def test_options_of_ours_are_not_offered_to_the_job(offered: Offered, line: str) -> None:
    assert {"--check", "--json"}.isdisjoint(offered(line))


@pytest.mark.parametrize("line", ["cronwrap -- config ", "cronwrap -v config "])
def test_a_subcommand_is_one_in_the_first_place_only(offered: Offered, line: str) -> None:
    assert {"show", "check"}.isdisjoint(offered(line))


def test_the_arguments_of_the_job_are_completed_by_its_own_completion() -> None:
    """With bash-completion, whose function is stood in for here; fish and zsh have their own."""
    script = '_command_offset() { COMPREPLY=("offset $1"); }\n' + BASH
    words = ["cronwrap", "-c", "x", "--", "systemctl", "sta"]

    done = subprocess.run(
        [need("bash"), "--norc", "-c", script, "bash", FOLDER / "cronwrap.bash", *words],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "offset 4\n"
