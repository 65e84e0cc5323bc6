"""What is generated is what is committed, and nothing that a person may type is without words."""

import re
from pathlib import Path

import pytest

from cronwrap import services
from cronwrap.docgen import commands, manual
from cronwrap.docgen.files import ROOT, generated
from cronwrap.run import options

GENERATED = generated()
COMMANDS = list(commands.tree().walk())


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", GENERATED, ids=name)
def test_the_file_is_what_docgen_writes(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run python -m cronwrap.docgen"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_and_its_options_have_help(command: commands.Command) -> None:
    assert command.summary or not command.words
    assert [option.flags for option in command.options if not option.help.endswith(".")] == []


def test_the_entry_knows_every_subcommand() -> None:
    others = {command.name for command in COMMANDS[0].subcommands} - {"run"}

    assert set(options.SUBCOMMANDS) == others


def test_a_page_with_a_region_that_nothing_is_known_of_is_refused() -> None:
    page = '.\\" generated: nonsense\n.\\" end generated\n'

    with pytest.raises(KeyError, match=r"x\.1: there is no region nonsense"):
        manual.fill(page, {}, "x.1")


def test_the_readme_lists_every_service_once() -> None:
    table = (
        GENERATED[ROOT / "README.md"].partition("generated: services")[2].partition("<!-- end")[0]
    )

    listed = re.findall(r"(?m)^\| \[?([a-z_]+)\b[^|]* \| ", table)
    assert listed == ["service", *services.names()]


def test_only_what_stands_in_a_region_is_replaced() -> None:
    page = 'before\n.\\" generated: x\nold\n.\\" end generated\nafter\n'

    filled = manual.fill(page, {"x": "new\n"}, "x.1")

    assert filled == page.replace("old", "new")
    assert manual.fill(filled, {"x": "new\n"}, "x.1") == filled


def test_every_page_is_installed() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    for page in (ROOT / "man").iterdir():
        place = f"share/man/man{page.suffix[1:]}/{page.name}"
        assert f'"man/{page.name}" = "{place}"' in project
