"""The manual: mdoc without a mistake, complete, and its examples do what they say."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from cronwrap.__main__ import SUBCOMMANDS
from cronwrap.cli import main
from cronwrap.docgen.files import ROOT
from cronwrap.run import options
from cronwrap.services import answers, names, request, setting, spec
from cronwrap.services.fields import FIELDS, FILTERS, TEXTS
from cronwrap.services.resolve import TRANSPORT
from tests.support.command import SCRIPT, Cronwrap
from tests.support.tools import need

PAGES = sorted((ROOT / "man").iterdir())
REFERENCE = re.compile(r"(?m)^\.Xr (\S+) (\d)")
SECRETS = {"HC_KEY": "hc-key", "OPS_SECRET": "ops-secret"}


def name(path: Path) -> str:
    return path.name


def plain(page: Path) -> str:
    """Return a page's source without mdoc's escapes."""
    text = page.read_text(encoding="utf-8").replace("\\-", "-").replace("\\(dq", '"')
    return text.replace("\\&", "").replace("\\e", "\\")


def examples() -> Iterator[tuple[str, str]]:
    """Yield each literal block of each page, and the page's name."""
    for page in PAGES:
        for block in re.findall(r"(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", plain(page)):
            yield page.name, block


CONFIGURATIONS = [block for _, block in examples() if re.search(r"(?m)^\[\w+", block)]
COMMANDS = [
    (page, line)
    for page, block in examples()
    for line in block.replace("\\\n", "").splitlines()
    if re.search(r"(^|[ /])cronwrap ", line) and not line.startswith("cronwrap:")
]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_mandoc_has_nothing_to_say_about_the_page(page: Path) -> None:
    done = subprocess.run(
        [need("mandoc"), "-T", "lint", page], capture_output=True, text=True, check=False
    )

    # It looks for pages in /usr/share/man only, and ours are not there yet.
    said = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
    assert said == []
    assert done.returncode <= 1


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_groff_can_set_every_line_of_the_page(page: Path) -> None:
    words = [need("groff"), "-mandoc", "-ww", "-Tutf8", "-z", str(page)]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_of_ours_that_is_referred_to_is_there(page: Path) -> None:
    for other, section in REFERENCE.findall(page.read_text(encoding="utf-8")):
        if other.startswith("cronwrap"):
            assert (ROOT / "man" / f"{other}.{section}").exists()


def test_every_variable_of_the_code_is_in_the_manual_and_no_other() -> None:
    pattern = re.compile(r"\bCRONWRAP_[A-Z]+(?:_[A-Z]+)*\b")
    code = {option.variable for option in options.OPTIONS}
    for path in (ROOT / "cronwrap").rglob("*.py"):
        code |= set(pattern.findall(path.read_text(encoding="utf-8")))

    assert set(pattern.findall(plain(ROOT / "man/cronwrap.1"))) == code
    for page in PAGES:
        assert set(pattern.findall(plain(page))) <= code


def test_every_word_of_a_configuration_is_in_the_manual() -> None:
    words = set(re.findall(r"[a-z][a-z_0-9]*", plain(ROOT / "man/cronwrap.toml.5")))

    keys = {option.key for option in options.OPTIONS if option.level == "any"}
    fields = {*FIELDS, *TEXTS, *FILTERS, "cut", "verb"}
    service = {*spec.KEYS, *setting.KINDS, *setting.KEYS, *request.KEYS}
    answer = {*answers.KEYS, *answers.RETRY_KEYS}
    assert {*keys, *fields, *service, *answer, *TRANSPORT} - words == set()


@pytest.mark.parametrize("service", names())
def test_every_service_has_its_section(service: str) -> None:
    assert f".Ss {service}\n" in plain(ROOT / "man/cronwrap-services.7")


def test_the_fields_of_a_run_are_those_of_the_manual(cronwrap: Cronwrap) -> None:
    cronwrap("-c", "x", "--", "true")

    (run,) = json.loads(cronwrap("history", "--json").stdout)

    section = plain(ROOT / "man/cronwrap-history.1").partition(".Sh JSON\n")[2]
    listed = re.findall(r"(?m)^\.It Ic (.+)$", section.partition(".Sh")[0])
    assert {word for line in listed for word in line.split(" , ")} == run.keys()


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_a_configuration_of_the_manual_is_right(cronwrap: Cronwrap, text: str) -> None:
    done = cronwrap("config", "check", config=text, env=SECRETS)

    assert (done.returncode, done.stderr) == (0, "")


def arguments(line: str) -> list[str]:
    """Return the words after the command of a line for a shell, as far as they are its own."""
    _, _, rest = re.sub(r"\s#.*|^\s*#.*", "", line).partition("cronwrap ")
    words = shlex.shlex(rest, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return list(takewhile(lambda word: word.strip("();<>|&"), words))


def understand(words: list[str]) -> None:
    """Take apart what a subcommand is given; raises what a user would be told of a mistake."""
    command: click.Command | None = main.cronwrap
    context = click.Context(main.cronwrap)
    while isinstance(command, click.Group):
        _, command, words = command.resolve_command(context, words)
    assert command is not None
    command.make_context(command.name, words)


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_line_of_the_manual_is_right(page: str, line: str) -> None:
    words = arguments(line)
    if words[0] in SUBCOMMANDS:
        understand(words)
        return

    parsed = options.parse(words[1:] if words[0] == "run" else words)

    assert parsed.problem == "", page
    for key, given in parsed.given.items():
        for text in given:
            options.convert(options.BY_KEY[key], text)


def test_what_the_manual_shows_of_a_run_is_what_happens(cronwrap: Cronwrap) -> None:
    (shown,) = (block for page, block in examples() if page == "cronwrap-run.1" and "$?\n" in block)

    done = cronwrap(
        "-c",
        "\n".join(line[2:] for line in shown.splitlines() if line.startswith("$ ")),
        via=("sh", "-c", 'shift; exec sh "$@" 2>&1', "sh"),
        env={"PATH": f"{Path(SCRIPT).parent}:{os.environ['PATH']}"},
    )

    expected = [line for line in shown.splitlines() if not line.startswith("$ ")]
    assert done.stdout.splitlines() == expected
