"""The job's PYTHONPATH is the job's: what is found there stands in for nothing of ours."""

from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A directory with modules of our names, each of which ends who imports it."""
    directory = tmp_path / "job's modules"
    (directory / "cronwrap").mkdir(parents=True)
    for name in ("cronwrap/__init__", "select", "_ctypes", "json", "random", "httpx", "tomli"):
        (directory / f"{name}.py").write_text("raise SystemExit(99)")
    return directory


@pytest.mark.parametrize("written", ["{path}", "/nonexistent:{path}:", "{relative}"])
def test_a_run_imports_nothing_from_it(
    cronwrap: Cronwrap, httpd: Httpd, hostile: Path, written: str
) -> None:
    path = written.format(path=hostile, relative=hostile.name)

    done = cronwrap(
        *("-e", f"webhook+{httpd.url}/x", "--", "sh", "-c", "echo $PYTHONPATH"),
        env={"PYTHONPATH": path},
        cwd=hostile.parent,
        config='[defaults]\ntimeout = "1m"\n',
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    assert len(httpd.received) == 2


def test_neither_does_a_subcommand(cronwrap: Cronwrap, hostile: Path) -> None:
    done = cronwrap("history", env={"PYTHONPATH": hostile})

    assert (done.returncode, done.stderr) == (0, "")
