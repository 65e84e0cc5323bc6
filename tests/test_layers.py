"""What may import what, and how little is loaded before the job is started.

The second is measured and not read from the source: the real entry point starts a real job, and
an audit hook (PEP 578) writes down what is loaded when the child is about to execute it.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap

PACKAGE = Path(__file__).parent.parent / "cronwrap"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each part of the package, and the parts or modules of it that it may import.
LEAVES = {"cpu_time", "errors", "units", "event", "schedule", "redact", "state"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    **{leaf: set() for leaf in LEAVES},
    "redact": {"cpu_time"},
    "schedule": {"errors"},
    "config": LEAVES | {"toml_file"},
    "toml_file": set(),
    "store": LEAVES,
    "services": LEAVES,
    "deliver": LEAVES | {"services", "store"},
    "run": LEAVES | {"config", "deliver", "services", "store"},
    "lint": {"errors", "redact", "schedule", "units", "run.options"},
    "watch": LEAVES | {"config", "deliver", "run", "store"},
    "cli": LEAVES | {"config", "deliver", "lint", "run", "services", "store", "watch"},
    "docgen": {"cli", "lint", "run.options", "services"},
    "__main__": {"cli", "errors", "run"},
}
# What others wrote, and where alone it is used; all else is Python's own.
ONLY_IN = {
    "certifi": {"deliver.tls"},
    "click": {"cli", "docgen"},
    "httpcore": {"deliver.http"},
    "httpx": {"deliver.http"},
    "psutil": {"run.proctree"},
    "rich": {"cli"},
    "tomli": {"docgen", "services", "toml_file"},
    "tree_sitter": {"lint.shell_build", "lint.shell_word"},
    "tree_sitter_bash": {"lint.shell_build"},
}

# Nothing of these may be loaded when the job is executed. Each costs 3 to 60 ms.
TOO_SLOW = {
    "click", "contextlib", "dataclasses", "enum", "functools", "httpx", "inspect", "json",
    "logging", "pathlib", "psutil", "re", "rich", "signal", "sqlite3", "subprocess", "tomli",
    "tomllib", "typing", "uuid",
}  # fmt: skip
PROBE = """
import sys
modules_file, sys.argv = sys.argv[1], ["cronwrap", *sys.argv[2:]]

def hook(event, arguments):
    if event in ("os.exec", "os.posix_spawn"):
        with open(modules_file, "w") as file:
            file.write(" ".join(sys.modules))

sys.addaudithook(hook)
from cronwrap.__main__ import main
sys.exit(main())
"""
CONFIG = """
[defaults]
timeout = "30m"
[endpoints.somewhere]
url = "http://127.0.0.1:9/"
"""


def name_of(path: Path) -> str:
    """Return the dotted name of a module within the package: ``run.spawn``.

    >>> name_of(PACKAGE / "run" / "spawn.py"), name_of(PACKAGE / "run" / "__init__.py")
    ('run.spawn', 'run')
    """
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(path: Path) -> set[str]:
    """Return all that is imported anywhere in a module, for annotations too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, parts: set[str]) -> bool:
    """Tell whether *name* is one of *parts* or something in it.

    >>> within("run.options.OPTIONS", {"run.options"}), within("run.job", {"run.options"})
    (True, False)
    """
    return any(f"{name}.".startswith(f"{part}.") for part in parts)


def test_a_module_imports_only_what_its_part_may() -> None:
    found = {}
    for path in MODULES:
        part = name_of(path).partition(".")[0]
        assert part in MAY_IMPORT, "say in MAY_IMPORT what the new part may import"
        ours = {name.partition(".")[2] for name in imports(path) if name.startswith("cronwrap.")}
        known = {name for name in ours if within(name, set(MAY_IMPORT))}
        found[name_of(path)] = {
            name for name in known if not within(name, MAY_IMPORT[part] | {part})
        }

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_library_is_imported_only_where_it_belongs() -> None:
    found = {}
    for path in MODULES:
        libraries = {name.partition(".")[0] for name in imports(path)}
        libraries -= set(sys.stdlib_module_names) | {"cronwrap"}
        module = name_of(path)
        found[module] = {name for name in libraries if not within(module, ONLY_IN.get(name, set()))}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--check", "nightly", "--timeout", "30m", "--kill-after=5s", "--tag", "team=billing"],
        ["--env-file", "{directory}/job.env", "--chdir", "/", "--umask", "027", "--nice", "1"],
        ["--overlap", "skip", "--lock-per-args", "--splay", "1ms", "--retries", "2"],
        ["--endpoint", "http://127.0.0.1:9/x", "--report-budget", "1ms"],
        ["--config", "{directory}/there.toml", "--report-budget", "1ms"],
        [
            "--fail-if",
            "x",
            "--success-codes",
            "0,24",
            "--expect",
            "rows!=1",
            "--stall-timeout",
            "1h",
        ],
    ],
    ids=lambda words: " ".join(words) or "no options",
)
def test_little_is_loaded_when_the_job_is_executed(cronwrap: Cronwrap, words: list[str]) -> None:
    loaded = modules_at_exec(cronwrap, words)

    assert "cronwrap.run.options" in loaded
    assert sorted(TOO_SLOW & loaded) == []


def modules_at_exec(cronwrap: Cronwrap, words: list[str]) -> set[str]:
    """Run ``true`` through the command with options *words*; return what was loaded before it."""
    directory = cronwrap.directory
    (directory / "job.env").write_text("A='b'\n")
    (directory / "there.toml").write_text(CONFIG)
    words = [word.format(directory=directory) for word in words]
    modules_file = directory / "modules"

    status = subprocess.run(
        [sys.executable, "-c", PROBE, modules_file, *words, "--", "/bin/true"],
        env=cronwrap.environment({**UNMEASURED, "CRONWRAP_CONFIG": None, "HOME": directory}),
        stderr=subprocess.DEVNULL,  # nobody listens on port 9
        check=False,
    ).returncode

    assert status == 0
    return set(modules_file.read_text().split())
