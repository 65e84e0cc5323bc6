"""An httpx that the cheap import was not made for: slower, and no less good."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.httpd import Httpd

SEND = """
import sys
from cronwrap.deliver import http
from cronwrap.services.base import Http
answer = http.Sender().send(Http(method="POST", url=sys.argv[1], body=b"x"), timeout_s=10)
print("logging" in sys.modules, answer.status)
"""


def changed(tmp_path: Path, package: str, file: str, line: str) -> Path:
    """Return a folder with the installed *package*, one file of it with one line more."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, tmp_path / package)
    path = tmp_path / package / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("package", "file", "line"),
    [
        ("httpx", "__version__.py", '__version__ = "0.29.0"'),
        ("httpcore", "__init__.py", '__version__ = "1.1.0"'),
        ("httpx", "_utils.py", "import anyio"),
        ("httpx", "_models.py", "class Biscuit(__import__('http').cookiejar.Cookie): pass"),
        ("httpcore", "_trace.py", "logging.getLogger('httpcore').handlers.clear()"),
    ],
)
def test_another_version_is_imported_as_anybody_would(
    tmp_path: Path, httpd: Httpd, package: str, file: str, line: str
) -> None:
    folder = changed(tmp_path, package, file, line)

    done = subprocess.run(
        [sys.executable, "-c", SEND, httpd.url],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("True 200\n", "")
    assert [one.body for one in httpd.received] == [b"x"]
