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


NEWER = {"__version__.py": '__version__ = "0.29.0"'}
# As 0.27 did, it looks at what it is told of TLS also for http.
STRICT = """
_made = create_ssl_context
def create_ssl_context(verify=True, **more):
    verify.get_ca_certs()
    return _made(verify, **more)
"""


def changed(tmp_path: Path, package: str, lines: dict[str, str]) -> Path:
    """Return a folder with the installed *package*, some files of it with more lines."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, tmp_path / package)
    for file, more in lines.items():
        path = tmp_path / package / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{more}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("package", "lines"),
    [
        ("httpx", NEWER),
        ("httpx", {**NEWER, "_config.py": STRICT}),
        ("httpcore", {"__init__.py": '__version__ = "1.1.0"'}),
        ("httpx", {"_utils.py": "import anyio"}),
        ("httpx", {"_models.py": "class Own(__import__('http').cookiejar.Cookie): pass"}),
        ("httpcore", {"_trace.py": "logging.getLogger('httpcore').handlers.clear()"}),
    ],
)
def test_another_version_is_imported_as_anybody_would(
    tmp_path: Path, httpd: Httpd, package: str, lines: dict[str, str]
) -> None:
    folder = changed(tmp_path, package, lines)

    done = subprocess.run(
        [sys.executable, "-c", SEND, httpd.url],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("True 200\n", "")
    assert [one.body for one in httpd.received] == [b"x"]
