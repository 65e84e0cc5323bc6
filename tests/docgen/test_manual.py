"""The manual: mdoc without a mistake, complete, and its examples do what they say."""

import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest

from cronwrap.cli import main
from cronwrap.docgen.files import ROOT
from cronwrap.run import options
from cronwrap.services import answers, names, request, setting, spec, transport
from cronwrap.services.fields import FIELDS, FILTERS, TEXTS
from tests.support.command import SCRIPT, Cronwrap
from tests.support.remembered import leave, run_of
from tests.support.tools import need
from tests.support.waiting import eventually

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
    assert {*keys, *fields, *service, *answer, *transport.KEYS} - words == set()


@pytest.mark.parametrize("service", names())
def test_every_service_has_its_section(service: str) -> None:
    assert f".Ss {service}\n" in plain(ROOT / "man/cronwrap-services.7")


CONFIGURED = """
[checks.x]
schedule = "@daily"
endpoint = "there"
[endpoints.there]
service = "healthchecks"
url = "URL"
api_key = "k"
"""


def of_json(page: str) -> str:
    """Return what a page of the manual tells of JSON."""
    text = plain(ROOT / f"man/cronwrap-{page}.1")
    return text.partition(".Sh JSON\n")[2].partition("\n.Sh ")[0]


def documented(page: str) -> set[str]:
    """Return the fields of JSON that a page of the manual tells of."""
    lines = re.findall(r"(?m)^\.(?:It )?Ic (?!cronwrap )(.+)$", of_json(page))
    return {word for line in lines for word in re.findall(r"\w+", line)}


def keys(found: Any) -> set[str]:
    """Return all names of fields in a JSON, but for those that a user has chosen."""
    if isinstance(found, list):
        return set().union(*map(keys, found))
    if not isinstance(found, dict):
        return set()
    chosen = ("metrics", "tags", "changes")
    return found.keys() | keys([value for name, value in found.items() if name not in chosen])


@pytest.mark.parametrize(
    ("page", "as_well", "commands"),
    [
        ("history", "", ["history x", "forget y"]),
        ("logs", "history", ["logs x"]),
        ("running", "", ["running x", "kill x"]),
        ("status", "running", ["status x"]),
        ("overdue", "status running", ["overdue"]),
        ("flush", "", ["flush"]),
        ("ping", "", ["ping x --phase log"]),
        ("pause", "", ["pause x"]),
        ("sync", "", ["sync x"]),
        ("services", "", ["services", "services ntfy"]),
    ],
)
def test_the_fields_of_json_are_those_of_the_manual(
    cronwrap: Cronwrap, refusing_url: str, page: str, as_well: str, commands: list[str]
) -> None:
    cronwrap.write_config(CONFIGURED.replace("URL", refusing_url))
    now_unix_s = time.time()
    place, long_ago_unix_s = f"webhook+{refusing_url}/", now_unix_s - 9000
    late = run_of("late", ended_unix_s=long_ago_unix_s, schedule="@hourly", grace_s=1.0)
    late |= {"endpoints": [place], "config_files": [], f"told:{place}": ("accepted", "")}
    ended = [run_of(check, ended_unix_s=long_ago_unix_s) for check in ("x", "y")]
    ended[1] |= {"endpoints": [f"{place}owed"], "config_files": []}
    leave(cronwrap.state_dir, late, *ended)
    going_on = cronwrap.start("-c", "x", "--no-output-in-report", "--", "sleep", "60")
    eventually(lambda: cronwrap("running", "x").returncode == 0)
    if page == "status":
        cronwrap("pause", "x")

    printed: set[str] = set()
    for command in commands:
        found = json.loads(cronwrap(*command.split(), "--json").stdout)
        assert found["schema"] == f"cronwrap-{command.split()[0]}/1"
        assert f"Ql cronwrap-{command.split()[0]}/1" in of_json(page)
        printed |= keys(found)

    going_on.kill()
    known = documented(page).union(*map(documented, as_well.split()))
    assert printed - known == set(), "is printed, and not in the manual"
    assert documented(page) - printed == set(), "is in the manual, and not printed"


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
    if words[0] in options.SUBCOMMANDS:
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
