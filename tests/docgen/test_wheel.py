"""What is installed: the command, its completions and its manual, where shells and man look."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cronwrap import __version__
from cronwrap.docgen.files import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*build, f"--wheel-dir={folder}", str(ROOT)], check=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_has_the_completions_the_manual_and_the_command(wheel: zipfile.ZipFile) -> None:
    data = f"cronwrap_cli-{__version__}.data"
    expected = {
        f"{data}/scripts/cronwrap": ROOT / "bin/cronwrap",
        f"{data}/data/share/bash-completion/completions/cronwrap": ROOT
        / "completions/cronwrap.bash",
        f"{data}/data/share/zsh/site-functions/_cronwrap": ROOT / "completions/_cronwrap",
        f"{data}/data/share/fish/vendor_completions.d/cronwrap.fish": ROOT
        / "completions/cronwrap.fish",
    }
    for page in (ROOT / "man").iterdir():
        expected[f"{data}/data/share/man/man{page.suffix[1:]}/{page.name}"] = page

    found = {one for one in wheel.namelist() if ".data/" in one}

    assert found == set(expected)
    for place, path in expected.items():
        assert wheel.read(place) == path.read_bytes()


def test_the_wheel_has_every_service(wheel: zipfile.ZipFile) -> None:
    services = {f"cronwrap/services/{path.name}" for path in Path(ROOT).glob("cronwrap/services/*")}

    assert {one for one in services if one.endswith((".py", ".toml"))} <= set(wheel.namelist())
