"""Whatever an endpoint does, the job is not touched, the budget is kept, and one line says why."""

import os
import re
import time
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.command import Cronwrap, Done
from tests.support.events import CHECK, LATER, healthchecks
from tests.support.httpd import (
    Behaviour,
    Httpd,
    answer,
    cut,
    drip_body,
    drip_headers,
    rate_limited,
    raw,
    redirect,
    reset,
    silent,
    stalled,
)

BUDGET = ("--report-budget", "1s")
BUDGET_S = 1.0
# On a busy machine, with the imports, which are no reporting. Without the budget a start alone is
# waited for 5 s, and an end is tried for 10.
SLACK_S = 2.5


def timed_out(where: str = "") -> str:
    """Return what is said then; on a busy machine it may not be known where."""
    return rf"no answer (?:within 0\.\d+ s{re.escape(where)}|in time)"


CLOSED = "the connection was closed before there was an answer"
NOT_FOUND = r"answered {} \(.*\); there is no such check; look at its ping URL"

TROUBLE: dict[str, tuple[int | Behaviour, str]] = {
    "silent": (silent(), timed_out()),
    "half a status line": (stalled(), timed_out()),
    "endless headers": (drip_headers(), timed_out()),
    "endless slow body": (drip_body(), timed_out(" (in the middle of the answer)")),
    "endless body": (drip_body(0, piece=b"x" * 4096), r"answered 200 OK \(x+\); .* no answer of"),
    "cut": (cut(), CLOSED),
    "cut at once": (cut(b""), CLOSED),
    "reset": (reset(), "connection reset by the server"),
    "no HTTP": (raw(b"220 mail.example.org ESMTP\r\n"), CLOSED),
    "503": (503, "answered 503 Service Unavailable"),
    "500": (500, "answered 500 Internal Server Error"),
    "429": (rate_limited(100), r"answered 429 Too Many Requests \(slow down\)"),
    "404": (404, NOT_FOUND.format("404 Not Found")),
    "200 not found": (answer(200, b"OK (not found)"), NOT_FOUND.format("200 OK")),
    "200 limited": (answer(200, b"OK (rate limited)"), r"answered 200 OK \(OK \(rate limited\)\)"),
    "a login page": (answer(200, b"<html>log in</html>"), r"answered 200 OK; .* stand before it\?"),
    "redirect": (
        redirect("https://elsewhere.example.org/secret/of/the/path"),
        r"answered 302 Found; .* give the address it leads to \(https://elsewhere.example.org/…\)",
    ),
}


def run(cronwrap: Cronwrap, url: str, tmp_path: Path) -> Done:
    """Run a job that writes, waits a little and fails; look at all but the message."""
    text = 'echo out; echo err >&2; sleep 0.1; echo ran >"$0"; exit 7'
    begun_s = time.monotonic()

    done = cronwrap(
        *("-c", "nightly", *BUDGET, "-e", healthchecks(url)),
        *("--", "sh", "-c", text, tmp_path / "ran"),
    )

    assert time.monotonic() - begun_s < BUDGET_S + SLACK_S
    assert (done.returncode, done.stdout) == (7, "out\n")
    assert (tmp_path / "ran").exists()
    assert done.stderr.startswith("err\n")
    return done


def line(done: Done, address: str) -> str:
    """Return the reason in the one line that a person gets; it has no secret of the URL."""
    said = done.stderr.removeprefix("err\n")
    begin = f"cronwrap: check nightly: the failure was not reported to healthchecks {address}/…: "
    assert said.startswith(begin)
    assert said.count("\n") == 1
    assert CHECK.strip("/") not in said
    assert "secret/of/the/path" not in said
    return said.removeprefix(begin).replace(LATER, "")


@pytest.mark.parametrize("trouble", TROUBLE)
def test_an_endpoint_that_misbehaves(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path, trouble: str
) -> None:
    httpd.always, why = TROUBLE[trouble]

    done = run(cronwrap, httpd.url, tmp_path)

    assert re.match(why, line(done, httpd.url))


def test_an_endpoint_that_hangs_at_the_start_only_is_told_of_the_end(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    httpd.answers = [silent()]

    done = run(cronwrap, httpd.url, tmp_path)

    assert done.stderr == "err\n"
    assert httpd.paths == [f"{CHECK}/start", f"{CHECK}/7"]


def test_an_endpoint_where_nobody_listens(
    cronwrap: Cronwrap, refusing_url: str, tmp_path: Path
) -> None:
    done = run(cronwrap, refusing_url, tmp_path)

    assert line(done, refusing_url) == "connection refused: nothing listens there\n"


def test_an_endpoint_that_does_not_connect(
    cronwrap: Cronwrap, full_url: str, tmp_path: Path
) -> None:
    done = run(cronwrap, full_url, tmp_path)

    assert re.fullmatch(timed_out(" (while connecting)") + "\n", line(done, full_url))


def test_an_endpoint_that_does_not_read(cronwrap: Cronwrap, deaf_url: str, tmp_path: Path) -> None:
    assert re.match(timed_out(), line(run(cronwrap, deaf_url, tmp_path), deaf_url))


def test_an_endpoint_that_does_not_shake_hands(cronwrap: Cronwrap, tmp_path: Path) -> None:
    with ports.deaf() as url:
        secure = url.replace("http:", "https:")
        done = run(cronwrap, secure, tmp_path)

    assert re.match(timed_out(" (in the TLS handshake)"), line(done, secure))


def test_of_a_start_that_failed_a_person_hears_only_when_asked_for(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.answers = [404, 200, 404, 200]
    hook = ("-c", "nightly", "-e", healthchecks(httpd.url))

    assert cronwrap(*hook, "--", "true").stderr == ""
    assert "the start was not reported to" in cronwrap("-v", *hook, "--", "true").stderr
    assert httpd.paths == [f"{CHECK}/start", f"{CHECK}/0"] * 2


def test_a_file_of_a_secret_that_hangs(cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path) -> None:
    """As on a network file system that is gone; a FIFO that nobody writes to is as bad."""
    os.mkfifo(tmp_path / "secret")
    config = f"""
        [endpoints.monitor]
        service = "webhook"
        url = "{httpd.url}/hook"
        secret = "file:{tmp_path / "secret"}"
    """

    done = cronwrap("-c", "x", *BUDGET, "-e", "monitor", "--", "true", config=config, limit_s=10)

    assert done.returncode == 0
    assert done.stderr == (
        "cronwrap: check x: the success was not reported to any endpoint (1 given): no answer in"
        f" 1.0 s{LATER}\n"
    )
    assert cronwrap.processes() == set()
