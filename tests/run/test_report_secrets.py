"""Secrets are on no command line, in no message, in no file of ours, and in no report."""

from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.httpd import Httpd, after, answer
from tests.support.waiting import pids_in

URL_KEY = "5e0e7a4c-3b1d-4a2f-9c8e-0123456789ab"
HEADER_KEY = "header-key-9Qw3Er7Ty"
SIGNING_KEY = "signing-key-4Zx8Cv2Bn"
DB_PASSWORD = "Tr0ub4dor-and-3"  # noqa: S105 - of no one
PRINTED = "hunter2hunter2"
BEARER = "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4"
ALL = (URL_KEY, HEADER_KEY, SIGNING_KEY, DB_PASSWORD, PRINTED, BEARER)

JOB = f"""
echo $$ >"$1/pid"
echo "connecting with $DB_PASSWORD"
echo "password={PRINTED}" >&2
echo "Authorization: Bearer {BEARER}"
echo "harmless: 42"
until [ -e "$1/go" ]; do sleep 0.02; done
exit 3
"""


def config(httpd: Httpd) -> str:
    return f"""
        [endpoints.monitor]
        service = "webhook"
        url = "{httpd.url}/{URL_KEY}?key={URL_KEY}"
        headers = {{ X-Key = "{HEADER_KEY}" }}
        secret = "{SIGNING_KEY}"
    """


def found_in(text: bytes) -> list[str]:
    return [secret for secret in ALL if secret.encode() in text]


def files_of(directory: Path) -> bytes:
    return b"\n".join(
        str(path).encode() + path.read_bytes() for path in directory.rglob("*") if path.is_file()
    )


@pytest.fixture(autouse=True)
def _job(tmp_path: Path) -> None:
    (tmp_path / "job").write_text(JOB)


def command_lines(cronwrap: Cronwrap) -> bytes:
    return b"\n".join(map(command_line, cronwrap.processes()))


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""  # it has ended


def test_nothing_is_said_of_them_in_a_whole_run(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    httpd.always = after(0.2, 503)
    running = cronwrap.start(
        *("-v", "-c", "nightly", "--report-budget", "2s", "-e", "monitor"),
        *("--", "sh", tmp_path / "job", tmp_path),
        env={"DB_PASSWORD": DB_PASSWORD},
        config=config(httpd),
    )
    pids_in(tmp_path / "pid")
    httpd.wait_for(1)
    lines = command_lines(cronwrap)
    assert b"cronwrap" in lines
    (tmp_path / "go").touch()
    httpd.wait_for(3)
    lines += command_lines(cronwrap)

    done = running.wait()

    assert done.returncode == 3
    assert found_in(lines) == []
    said = done.stderr_bytes.replace(f"password={PRINTED}".encode(), b"")  # the job's own line
    assert b"the failure was not reported to monitor" in said
    assert found_in(said) == []
    assert found_in(files_of(cronwrap.state_dir)) == []


def test_what_the_job_printed_reaches_its_reader_but_not_the_monitor(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    (tmp_path / "go").touch()

    done = cronwrap(
        *("-e", "monitor", "--", "sh", tmp_path / "job", tmp_path),
        env={"DB_PASSWORD": DB_PASSWORD},
        config=config(httpd),
    )

    assert done.stdout == (
        f"connecting with {DB_PASSWORD}\nAuthorization: Bearer {BEARER}\nharmless: 42\n"
    )
    end = httpd.bodies[-1]
    assert found_in(end) == []
    assert b"connecting with [redacted: DB_PASSWORD]" in end
    assert b"password=[redacted: password]" in end
    assert b"harmless: 42" in end
    assert httpd.received[-1].headers["x-key"] == HEADER_KEY


def test_a_secret_of_an_env_file_is_taken_out_too(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    (tmp_path / "env").write_text(f"DB_PASSWORD={DB_PASSWORD}\n")

    cronwrap(
        *("-e", "monitor", "--env-file", tmp_path / "env"),
        *("--", "sh", "-c", 'echo "with $DB_PASSWORD"'),
        config=config(httpd),
    )

    assert b"with [redacted: DB_PASSWORD]" in httpd.bodies[-1]
    assert found_in(httpd.bodies[-1]) == []


def test_a_secret_on_the_jobs_command_line_is_not_reported(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap(
        *("-e", "monitor", "--", "sh", "-c", "exit 3", "x", f"--password={PRINTED}"),
        config=config(httpd),
    )

    assert b"--password=[redacted: " in httpd.bodies[-1]
    assert found_in(httpd.bodies[-1]) == []


def test_nor_is_it_in_the_history(cronwrap: Cronwrap) -> None:
    cronwrap("--", "sh", "-c", "exit 3", "x", f"--password={PRINTED}")

    assert PRINTED not in cronwrap("history", "--json").stdout
    assert found_in(files_of(cronwrap.state_dir)) == []


def test_nor_is_it_in_the_file_of_a_run(cronwrap: Cronwrap) -> None:
    cronwrap("--", "sh", "-c", "exit 3", "x", f"--password={PRINTED}")

    assert found_in(files_of(cronwrap.state_dir)) == []


def test_a_url_on_our_own_command_line_is_masked_in_what_we_say(
    cronwrap: Cronwrap, refusing_url: str
) -> None:
    url = f"{refusing_url}/{URL_KEY}?api_key={URL_KEY}"

    done = cronwrap("-v", "--report-budget", "1s", "-e", url, "--", "true")

    assert f"{refusing_url}/…" in done.stderr
    assert found_in(done.stderr_bytes) == []
    # It is kept where the report is owed, for its owner alone, and no longer.
    (kept,) = (cronwrap.state_dir / "runs").iterdir()
    assert URL_KEY.encode() in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    assert found_in(cronwrap("history", "--json").stdout.encode()) == []


def test_a_configuration_that_others_can_read_is_pointed_out(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap.write_config(config(httpd))
    cronwrap.config_file.chmod(0o644)

    done = cronwrap("-e", "monitor", "--", "true")

    assert "can be read by other users and holds secrets" in done.stderr
    assert "chmod 600" in done.stderr
    assert len(httpd.received) == 2
    assert found_in(done.stderr_bytes) == []


def test_a_secret_that_a_server_sends_back_is_masked(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(404, f"no check at {URL_KEY}, header {HEADER_KEY}".encode())

    done = cronwrap("-v", "-e", "monitor", "--", "true", config=config(httpd))

    assert "answered 404 Not Found" in done.stderr
    assert found_in(done.stderr_bytes) == []


def test_state_is_for_its_owner_only(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("-e", "monitor", "--", "true", config=config(httpd))
    cronwrap("history")

    modes = {path: path.stat().st_mode & 0o777 for path in cronwrap.state_dir.rglob("*")}
    assert cronwrap.state_dir.stat().st_mode & 0o777 == 0o700
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
