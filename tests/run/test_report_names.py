"""Names that do not resolve: at once, or never, which no time-out of Python's reaches."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import LATER

UNSHARE = ("unshare", "--mount")
# What a name server in resolv.conf may not have: a port. So it is asked at port 53 of a loopback
# address that is ours alone, where a socket takes questions and never answers.
SILENT_ADDRESS = "127.53.53.53"
WITH_RESOLV_CONF = ("sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"')
# What a start (5 s) and glibc (5 s, twice) would take, and the end after it.
WITHOUT_BUDGET_S = 5.0


@pytest.fixture
def silent_name_server(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """Return what to put before a command for it to have a name server that never answers."""
    if os.geteuid() != 0 or subprocess.run([*UNSHARE, "true"], check=False).returncode:
        pytest.skip("no mount namespaces here")
    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text(f"nameserver {SILENT_ADDRESS}\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        silent.bind((SILENT_ADDRESS, 53))
        yield (*UNSHARE, *WITH_RESOLV_CONF, str(resolv_conf))


def test_a_name_that_does_not_exist(cronwrap: Cronwrap) -> None:
    url = "https://nowhere.invalid/5e0e7a4c-of-the-path"

    done = cronwrap("-c", "x", "--report-budget", "1s", "-e", url, "--", "sh", "-c", "exit 3")

    assert done.returncode == 3
    assert done.stderr == (
        "cronwrap: check x: the failure was not reported to webhook https://nowhere.invalid/…: "
        f"could not resolve the host name nowhere.invalid{LATER}\n"
    )


def test_a_name_server_that_never_answers(
    cronwrap: Cronwrap, silent_name_server: tuple[str, ...]
) -> None:
    url = "https://monitor.example.org/5e0e7a4c-of-the-path"
    options = ("-c", "x", "--report-budget", "1s", "-e", url)
    begun_s = time.monotonic()

    done = cronwrap(*options, "--", "sh", "-c", "echo ran; exit 3", via=silent_name_server)

    assert time.monotonic() - begun_s < WITHOUT_BUDGET_S
    assert (done.returncode, done.stdout) == (3, "ran\n")
    begin = "cronwrap: check x: the failure was not reported to webhook "
    shown = re.escape(f"{begin}https://monitor.example.org/…: ")
    why = r"no answer (?:within 0\.\d+ s \(while connecting\)|in time)"
    assert re.fullmatch(shown + why + re.escape(LATER) + "\n", done.stderr)
    assert cronwrap.processes() == set()
