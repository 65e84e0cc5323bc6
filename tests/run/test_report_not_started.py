"""A job that could not be started is reported as failed, with the reason."""

from pathlib import Path

import pytest

from tests.support.command import Cronwrap
from tests.support.events import CHECK, events, healthchecks, last, webhook
from tests.support.httpd import Httpd


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--", "no-such-command"], 127, "there is no such command in PATH"),
        (["--", "/no/such/file"], 127, "there is no such file"),
        (["--", "/etc/passwd"], 126, "it is not executable"),
        (["--", "/"], 126, "it is a directory"),
        (["--chdir", "/no/such/directory", "--", "true"], 125, "cannot change to directory"),
        (["--timeout", "soon", "--", "true"], 125, "'soon'"),
        (["--tiemout", "5s", "--", "true"], 125, "there is no option --tiemout"),
        (["--env-file", "/no/such/file", "--", "true"], 125, "/no/such/file"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_it_is_a_failure_with_the_reason_not_started(
    cronwrap: Cronwrap, httpd: Httpd, words: list[str], status: int, said: str
) -> None:
    done = cronwrap("-c", "nightly", "-e", webhook(httpd), *words)

    assert done.returncode == status
    assert said in done.stderr
    assert done.stderr.startswith("cronwrap: ")
    end = last(httpd)
    assert (end["check"], end["phase"], end["reason"]) == ("nightly", "fail", "not_started")
    assert end["exit_status"] == status
    assert said in end["detail"]
    assert len(events(httpd)) == 1


def test_healthchecks_is_told_the_status_and_the_reason(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("-c", "nightly", "-e", healthchecks(httpd.url), "--", "no-such-command")

    assert httpd.paths == [f"{CHECK}/127"]
    said = httpd.bodies[0].decode()
    assert said.startswith("nightly could not be started on ")
    assert "cannot run 'no-such-command'" in said


def test_it_is_reported_even_when_the_mistake_is_in_the_configuration(
    cronwrap: Cronwrap, httpd: Httpd, tmp_path: Path
) -> None:
    config = f"""
        [checks.nightly]
        timeout = "soon"
        endpoint = ["{webhook(httpd)}"]
    """

    done = cronwrap("-c", "nightly", "--", "touch", tmp_path / "ran", config=config)

    assert done.returncode == 125
    assert not (tmp_path / "ran").exists()
    assert last(httpd)["reason"] == "not_started"
