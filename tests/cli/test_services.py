"""``cronwrap services``: which there are, what each can carry, and how to begin with one."""

import json
import re
from typing import Any

from cronwrap import services
from tests.support.command import Cronwrap


def test_each_service_is_one_line_in_a_pipe(cronwrap: Cronwrap) -> None:
    done = cronwrap("services")

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in lines[1:]] == services.names()
    rows = [re.split(r"\s{2,}", line) for line in lines]
    assert {len(row) for row in rows} == {8}
    by_name = {row[0]: row[1:] for row in rows}
    assert by_name["healthchecks"] == ["yes", "yes", "yes", "yes", "-", "10 kB or more", "-"]
    assert by_name["quietpulse"] == ["-"] * 7
    assert by_name["cronitor"] == ["yes", "yes", "-", "yes", "yes", "1 kB", "yes"]


def test_a_service_is_shown_with_its_settings_and_their_variables(cronwrap: Cronwrap) -> None:
    done = cronwrap("services", "cronitor")

    assert done.returncode == 0
    assert "CRONITOR_PING_API_KEY, CRONITOR_API_KEY" in done.stdout
    assert "https://cronitor.link, https://cronitor.io" in done.stdout
    assert "unless an endpoint's on says otherwise: start, success, fail.\n" in done.stdout
    assert '[endpoints.NAME]\nservice = "cronitor"\n' in done.stdout


def as_json(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    found = json.loads(cronwrap("services", "--json", *words).stdout)
    assert found.keys() == {"schema", "services"}
    assert isinstance(found["services"], list)
    return found["services"]


def test_programs_read_json_of_all_or_one(cronwrap: Cronwrap) -> None:
    found = as_json(cronwrap)
    (one,) = as_json(cronwrap, "cronitor")

    assert [one["name"] for one in found] == services.names()
    for each in found:
        assert each["carries"].keys() >= {"start", "exit_status", "output_bytes", "own_time"}
    assert one in found
    assert one["name"] == "cronitor"


def test_the_examples_of_all_are_a_configuration_without_mistakes(cronwrap: Cronwrap) -> None:
    endpoints = []
    for one in as_json(cronwrap):
        head, _, settings = one["example"].partition("[endpoints.NAME]\n")
        endpoints.append(f"{head}[endpoints.{one['name']}]\n{settings}")

    checked = cronwrap("config", "check", config="\n".join(endpoints))

    assert (checked.returncode, checked.stderr) == (0, "")


def test_an_unknown_service_is_told_with_the_nearest(cronwrap: Cronwrap) -> None:
    done = cronwrap("services", "cronitr")

    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown service 'cronitr'" in done.stderr
    assert "did you mean cronitor?" in done.stderr


OWN = """
[services.mine]
summary = "Our own monitor."
every = { url = "{url}", json = { name = "{check}", state = "{phase}", text = "{report}" } }
[services.mine.settings.url]
kind = "url"
required = true
[services.broken]
evry = {}
"""


def test_services_of_ones_own_are_listed_and_shown_as_the_others(cronwrap: Cronwrap) -> None:
    done = cronwrap("services", config=OWN)
    shown = cronwrap("services", "mine")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].split()[:4] == ["mine", "yes", "yes", "yes"]
    assert done.stderr.endswith(
        "config.toml: [services.broken]: unknown key 'evry'\ncronwrap: hint: did you mean every?\n"
    )
    assert shown.stdout.startswith("Our own monitor.\n")
    assert shown.stdout.endswith('service = "mine"\nurl = "https://HOST/PATH"\n')


def test_the_nearest_service_may_be_one_of_ones_own(cronwrap: Cronwrap) -> None:
    done = cronwrap("services", "mime", config=OWN)

    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown service 'mime'\ncronwrap: hint: did you mean mine?" in done.stderr
