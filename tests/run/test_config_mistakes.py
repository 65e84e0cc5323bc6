"""A mistake in what concerns reporting never stops a job; one in how it is to run always does."""

import os
from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import last, webhook
from tests.support.httpd import Httpd

NOT_RUN = "the job did not run: this option says how it is to run"
JOB = ["sh", "-c", "echo ran; exit 3"]


@pytest.mark.parametrize(
    ("words", "problem", "hint"),
    [
        (["--timout", "5"], "there is no option --timout", "did you mean --timeout?"),
        (["--timeout", "5x"], "option --timeout: timeout '5x' has the unknown unit", NOT_RUN),
        (["--umask", "8"], "option --umask: umask '8' is not a mask", NOT_RUN),
        (["--nice", "99"], "option --nice: nice '99' is not a whole number from", NOT_RUN),
        (["--output", "x"], "option --output: output 'x' is not one of all, on-failure", NOT_RUN),
        (["--signal", "BANG"], "option --signal: signal 'BANG' is not a signal: write", NOT_RUN),
        (["--chdir", "/no/such"], "cannot change to directory /no/such: No such file", "--chdir"),
        (["--env-file", "no.env"], "no.env: there is no such env file", "write -no.env if"),
    ],
)  # fmt: skip
def test_a_line_that_asks_for_what_cannot_be_stops_the_job_and_is_reported(
    cronwrap: Cronwrap, httpd: Httpd, words: list[str], problem: str, hint: str
) -> None:
    done = cronwrap("--endpoint", webhook(httpd), "--check", "billing", *words, "--", *JOB)

    assert (done.returncode, done.stdout) == (125, "")
    message, advice = done.stderr.splitlines()
    assert message.startswith(f"cronwrap: {problem}")
    assert advice.startswith("cronwrap: hint: ")
    assert hint in advice
    event = last(httpd)
    assert (event["check"], event["phase"], event["exit_status"]) == ("billing", "fail", 125)
    assert event["reason"] == "not_started"
    assert event["detail"].startswith(problem)


@pytest.mark.parametrize("table", ["defaults", "checks.billing", "checks.'billing'"])
@pytest.mark.parametrize(
    "line", ["timeout = 'soon'", "timeout = 5m", "umask = '8'", "nice = true", "timeout = []", "="]
)
def test_a_mistake_in_a_file_on_how_this_job_runs_stops_it(
    cronwrap: Cronwrap, table: str, line: str
) -> None:
    done = cronwrap("--check", "billing", "--", *JOB, config=f"[{table}]\n{line}\n")

    assert (done.returncode, done.stdout) == (125, "")
    assert str(cronwrap.config_file) in done.stderr
    assert f"[{table.replace(chr(39), '')}]" in done.stderr
    assert "the job did not run" in done.stderr


@pytest.mark.parametrize("table", ["endpoints.ops", "checks.other", "services.own"])
@pytest.mark.parametrize("line", ["timeout = 5m", "=", "url = 'unclosed", "a = [1,"])
def test_a_file_that_is_no_toml_elsewhere_costs_that_place_alone(
    cronwrap: Cronwrap, table: str, line: str
) -> None:
    config = f"[{table}]\n{line}\n[defaults]\nnice = 5\n"

    done = cronwrap("--check", "billing", "--", "sh", "-c", "nice; exit 3", config=config)

    assert (done.returncode, done.stdout) == (3, "5\n")
    assert f"cronwrap: {cronwrap.config_file}:" in done.stderr
    assert f": [{table}] is not TOML: " in done.stderr
    assert done.stderr.count("cronwrap: ") == 1


def test_a_mistake_in_another_checks_settings_is_not_this_ones(cronwrap: Cronwrap) -> None:
    config = "[checks.other]\ntimeout = 'soon'\nxyz = 1\n"

    done = cronwrap("--check", "billing", "--", *JOB, config=config)

    assert (done.returncode, done.stdout, done.stderr) == (3, "ran\n", "")


def test_an_unknown_key_is_told_with_file_line_and_the_nearest_and_the_job_runs(
    cronwrap: Cronwrap,
) -> None:
    config = "[endpoints.x]\nservice = 'webhook'\n\n[defaults]\n# more\ntimout = '5m'\n"

    done = cronwrap("--", *JOB, config=config)

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert done.stderr == (
        f"cronwrap: {cronwrap.config_file}:6: [defaults]: there is no key 'timout'\n"
        "cronwrap: hint: did you mean timeout?\n"
    )


def test_what_belongs_on_the_line_is_refused_in_a_file(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", *JOB, config="[defaults]\ncheck = 'x'\ndry_run = true\n")

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert (
        "[defaults]: check cannot be set in a file\ncronwrap: hint: give it as --check"
        in done.stderr
    )
    assert "hint: give it as --dry-run" in done.stderr


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("tail_bytes = 'much'", "tail_bytes 'much' is not a number and a unit"),
        ("report_budget = -1", "report_budget '-1' is negative"),
        ("verbose = 'maybe'", "verbose 'maybe' is neither true nor false"),
        ("tag = 'x'", "tag 'x' is not KEY=VALUE"),
        ("environment = ''", "environment '' must not be empty"),
        ("endpoint = 5.5", "there is no endpoint '5.5'"),
        ("endpoint = [{a = 1}]", "has the wrong type"),
    ],
)
def test_a_mistake_in_reporting_is_told_and_the_job_runs(
    cronwrap: Cronwrap, line: str, problem: str
) -> None:
    done = cronwrap("--", *JOB, config=f"[defaults]\n{line}\n")

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert problem in done.stderr


def test_what_can_still_be_reported_is(cronwrap: Cronwrap, httpd: Httpd) -> None:
    config = f"""
[defaults]
endpoint = ["missing", "broken", "good"]
[endpoints.broken]
url = = x
[endpoints.good]
service = "webhook"
url = "{httpd.url}/hook"
"""

    done = cronwrap("--check", "billing", "--", *JOB, config=config)

    assert done.returncode == 3
    assert (last(httpd)["check"], last(httpd)["exit_status"]) == ("billing", 3)
    assert "there is no endpoint 'missing'" in done.stderr
    assert "[endpoints.broken] is not TOML" in done.stderr


def test_an_environment_that_is_wrong_is_named(cronwrap: Cronwrap) -> None:
    fatal = cronwrap("--", *JOB, env={"CRONWRAP_TIMEOUT": "soon"})
    harmless = cronwrap("--", *JOB, env={"CRONWRAP_TAIL_BYTES": "much"})

    assert (fatal.returncode, harmless.returncode) == (125, 3)
    assert "environment CRONWRAP_TIMEOUT: timeout 'soon'" in fatal.stderr
    assert "environment CRONWRAP_TAIL_BYTES: tail_bytes 'much'" in harmless.stderr
    assert "; it is left out" in harmless.stderr


@pytest.mark.parametrize("kind", ["missing", "directory", "huge", "fifo", "not UTF-8", "binary"])
def test_a_file_that_cannot_be_read_is_told_and_the_job_runs(
    cronwrap: Cronwrap, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "config"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "huge":
        path = Path("/dev/zero")
    elif kind != "missing":
        path.write_bytes(b"# caf\xe9\n" if kind == "not UTF-8" else bytes(range(256)))

    done = cronwrap("--config", path, "--", *JOB)

    assert (done.returncode, done.stdout) == (3, "ran\n")
    assert ("Traceback" in done.stderr) is False
    assert (str(path) in done.stderr) == (kind != "fifo")  # without a writer it is empty


def test_a_pipe_may_be_the_configuration(cronwrap: Cronwrap, tmp_path: Path) -> None:
    path = tmp_path / "config"
    os.mkfifo(path)
    with path.open("r+b", buffering=0) as fifo:  # a writer that stays and says nothing more
        fifo.write(b"[defaults]\nnice = 5\n")
        done = cronwrap("--config", path, "--", "nice")

    assert done.returncode == 0
    assert "cannot be read: Resource temporarily unavailable" in done.stderr


def test_secrets_that_others_can_read_are_pointed_out(cronwrap: Cronwrap, httpd: Httpd) -> None:
    config = f"""
[endpoints.ops]
service = "webhook"
url = "{httpd.url}/hook/secret-path"
headers = {{Authorization = "Bearer hunter2hunter2"}}
"""
    cronwrap.write_config(config)

    private = cronwrap("--endpoint", "ops", "--", *JOB)
    cronwrap.config_file.chmod(0o644)
    exposed = cronwrap("--endpoint", "ops", "--", *JOB)

    assert (private.returncode, private.stderr) == (3, "")
    assert exposed.returncode == 3
    assert str(cronwrap.config_file) in exposed.stderr
    assert "chmod" in exposed.stderr
    assert "hunter2" not in exposed.stderr
