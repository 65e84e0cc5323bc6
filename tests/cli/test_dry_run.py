"""``--dry-run``: all that would be done is shown, and nothing is done."""

from pathlib import Path

import pytest

from tests.support.command import UNMEASURED, Cronwrap
from tests.support.httpd import Httpd

SECRET = "hunter2hunter2"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["--dry-run"], {}),
        (["run", "--dry-run"], {}),
        ([], {"CRONWRAP_DRY_RUN": "1"}),
        ([], {"CRONWRAP_DRY_RUN": "perhaps"}),
    ],
    ids=["option", "after run", "environment", "odd"],
)
def test_nothing_is_started_recorded_or_sent(
    cronwrap: Cronwrap, httpd: Httpd, words: list[str], variables: dict[str, str]
) -> None:
    job = ["--endpoint", f"webhook+{httpd.url}/hook", "--", "touch", "ran"]

    done = cronwrap(*words, *job, env=variables)

    assert done.returncode == 0
    assert "check touch would run:\n  touch ran\n" in done.stdout
    assert not (cronwrap.directory / "ran").exists()
    assert not cronwrap.state_dir.exists()
    assert httpd.received == []


def test_no_in_the_environment_means_a_real_run(cronwrap: Cronwrap) -> None:
    for word in ("0", "no", "false", ""):
        assert cronwrap("echo", "real", env={"CRONWRAP_DRY_RUN": word}).stdout == "real\n"


def test_each_request_is_shown_for_start_success_and_fail(cronwrap: Cronwrap) -> None:
    url = "healthchecks+https://hc.example.org/5e0e7a4c-3b1d-4a2f-9c8e-0123456789ab"

    done = cronwrap("--dry-run", "--endpoint", url, "--", "true")

    assert done.returncode == 0
    for phase in ("start", "success", "fail"):
        assert f", for the {phase}:" in done.stdout
    assert "POST https://hc.example.org/" in done.stdout
    assert "4a2f-9c8e" not in done.stdout  # a ping URL is a secret


def test_values_that_change_the_run_are_shown_with_their_origin(cronwrap: Cronwrap) -> None:
    config = '[defaults]\nnice = 5\n[checks.billing]\nkill_after = "1m"\n'

    done = cronwrap(
        "--dry-run", "--check", "billing", "-t", "90", "--", "echo", "a b", "it's",
        env={"CRONWRAP_UMASK": "027"},
        config=config,
    )  # fmt: skip

    assert "  echo 'a b' 'it'\"'\"'s'\n" in done.stdout
    assert "timeout = 1 min 30 s  (option --timeout)" in done.stdout
    assert "umask = 027  (environment CRONWRAP_UMASK)" in done.stdout
    assert f"nice = 5  ({cronwrap.config_file}: [defaults])" in done.stdout
    assert f"kill_after = 1 min  ({cronwrap.config_file}: [checks.billing])" in done.stdout


def test_secrets_are_masked(cronwrap: Cronwrap, tmp_path: Path) -> None:
    file = tmp_path / "job.env"
    file.write_text(f"DB_PASSWORD={SECRET}\nPLAIN=shown\n")
    url = f"webhook+https://user:{SECRET}@example.org/hook?token={SECRET}"

    done = cronwrap(
        "--dry-run", "--env-file", file, "--endpoint", url, "--", "mysql", f"--password={SECRET}",
        env={"API_TOKEN": SECRET},
    )  # fmt: skip

    assert done.returncode == 0
    assert SECRET not in done.stdout + done.stderr
    assert "PLAIN=shown" in done.stdout
    assert "DB_PASSWORD=" in done.stdout


def test_what_would_stop_the_job_is_told_with_125(cronwrap: Cronwrap) -> None:
    done = cronwrap("--dry-run", "--timeout", "soon", "--", "true")

    assert (done.returncode, done.stdout) == (125, "")
    assert "option --timeout" in done.stderr


def test_a_mistake_in_reporting_is_told_and_the_rest_is_shown(cronwrap: Cronwrap) -> None:
    done = cronwrap("--dry-run", "--endpoint", "ops", "--", "true")

    assert done.returncode == 0
    assert "check true would run:" in done.stdout
    assert "there is no endpoint 'ops'" in done.stderr
    assert "hint: write a URL, or configure [endpoints.NAME]" in done.stderr


def test_the_environment_that_is_shown_is_the_jobs(cronwrap: Cronwrap) -> None:
    shown = cronwrap("--dry-run", "--", "env", env={"LANG": "C", **UNMEASURED}).stdout
    real = cronwrap("env", env={"LANG": "C", **UNMEASURED}).stdout

    for line in real.splitlines():
        assert f"  {line}\n" in shown or line.startswith(("CRONWRAP_RUN_ID=", "CRONWRAP_REPORT="))
    assert "LC_CTYPE" not in shown


def test_bytes_that_are_no_utf_8_are_shown_escaped(cronwrap: Cronwrap) -> None:
    done = cronwrap("--dry-run", "--check", b"\xff", "--", "echo", b"\xfe", env={"A": b"\xfd"})

    assert (done.returncode, done.stderr) == (0, "")
    for escaped in (r"check \udcff would run", r"echo '\udcfe'", r"A=\udcfd"):
        assert escaped in done.stdout
