"""``cronwrap sync``: what differs is told, and with --apply made so; nothing is ever deleted."""

import json
from typing import Any

import pytest

from tests.support.command import Cronwrap, Done
from tests.support.httpd import Httpd
from tests.support.monitors import KEY, UUID, Monitors

CHECK = """
[checks.nightly]
endpoint = "there"
schedule = "0 2 * * *"
timezone = "UTC"
grace = "10m"
tag = {team = "billing"}
"""
ENDPOINTS = {
    "healthchecks": 'base = "URL/ping"\nping_key = "p1"\nslug = "nightly"\napi_key = "KEY"',
    "cronitor": 'base = ["URL"]\napi = "URL"\napi_key = "KEY"',
    "sentry": 'dsn = "DSN"\norganization = "acme"\nauth_token = "KEY"\napi = "URL"',
    "cronradar": 'base = "URL"\napi_key = "KEY"',
    "betterstack": 'base = "URL"\ntoken = "t0ken"\napi_token = "KEY"',
}
# What each has after the check was made from nothing.
MADE: dict[str, dict[str, dict[str, Any]]] = {
    "healthchecks": {
        UUID: {"schedule": "0 2 * * *", "tz": "UTC", "grace": 600, "tags": "team:billing",
               "slug": "nightly", "name": "nightly", "channels": "*"},
    },
    "cronitor": {
        "nightly": {"type": "job", "key": "nightly", "schedule": "0 2 * * *", "timezone": "UTC",
                    "grace_seconds": 600, "tags": ["team:billing"], "name": "nightly"},
    },
    "sentry": {
        "nightly": {"name": "nightly", "slug": "nightly", "project": "42", "type": "cron_job",
                    "config": {"schedule_type": "crontab", "schedule": "0 2 * * *",
                               "timezone": "UTC", "checkin_margin": 10}},
    },
    "cronradar": {
        "nightly": {"key": "nightly", "name": "nightly", "schedule": "0 2 * * *",
                    "gracePeriod": 600},
    },
}  # fmt: skip


def configure(cronwrap: Cronwrap, httpd: Httpd, service: str, check: str = CHECK) -> Monitors:
    monitors = Monitors()
    httpd.always = monitors.behaviour
    dsn = httpd.url.replace("http://", "http://abc@") + "/42"
    settings = ENDPOINTS[service].replace("URL", httpd.url).replace("KEY", KEY)
    settings = settings.replace("DSN", dsn)
    cronwrap.write_config(f'{check}\n[endpoints.there]\nservice = "{service}"\n{settings}\n')
    return monitors


def sync(cronwrap: Cronwrap, *words: str) -> tuple[Done, list[dict[str, Any]]]:
    done = cronwrap("sync", "--json", *words)
    found = json.loads(done.stdout)
    assert found["schema"] == "cronwrap-sync/1"
    return done, found["synced"]


@pytest.mark.parametrize("service", MADE)
def test_a_check_that_is_not_there_is_made_when_that_is_asked_for(
    cronwrap: Cronwrap, httpd: Httpd, service: str
) -> None:
    monitors = configure(cronwrap, httpd, service)

    done, (one,) = sync(cronwrap)
    assert (done.returncode, monitors.checks) == (1, {})
    assert one["outcome"] == ("unknown" if service == "cronradar" else "create")

    done, (one,) = sync(cronwrap, "--apply")
    assert (done.returncode, one["done"]) == (0, True)
    for key, wanted in MADE[service].items():
        assert wanted.items() <= monitors.checks[key].items()

    if service != "cronradar":  # which cannot be read
        done, (one,) = sync(cronwrap)
        assert (done.returncode, one["outcome"]) == (0, "same")


@pytest.mark.parametrize("service", ["healthchecks", "cronitor", "sentry"])
def test_of_a_check_that_is_there_only_what_differs_is_changed(
    cronwrap: Cronwrap, httpd: Httpd, service: str
) -> None:
    monitors = configure(cronwrap, httpd, service)
    sync(cronwrap, "--apply")
    (check,) = monitors.checks.values()
    check["channels"] = check["notify"] = "the user's own"
    check["name"] = "Nightly!"
    check.get("config", check)["schedule"] = "0 3 * * *"
    monitors.checks["another"] = {"slug": "another", "name": "not ours"}

    done, (one,) = sync(cronwrap, "--apply")

    assert done.returncode == 0
    assert one["outcome"] == "update"
    assert one["changes"] == {"schedule": {"before": "0 3 * * *", "after": "0 2 * * *"}}
    assert check.get("config", check)["schedule"] == "0 2 * * *"
    assert (check["channels"], check["notify"], check["name"]) == (
        *["the user's own"] * 2,
        "Nightly!",
    )
    assert monitors.checks["another"] == {"slug": "another", "name": "not ours"}


def test_a_heartbeat_gets_the_longest_time_between_two_runs(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    check = CHECK.replace("0 2 * * *", "0 2 * * 1-5")
    monitors = configure(cronwrap, httpd, "betterstack", check)
    url = "https://uptime.betterstack.com/api/v1/heartbeat/t0ken"
    monitors.checks["7"] = {"url": url, "name": "x", "period": 60, "grace": 600}

    _, (one,) = sync(cronwrap, "--apply")

    assert one["changes"] == {"period": {"before": 60, "after": 3 * 86400}}
    assert monitors.checks["7"]["period"] == 3 * 86400


def test_the_difference_is_shown_as_one(cronwrap: Cronwrap, httpd: Httpd) -> None:
    monitors = configure(cronwrap, httpd, "cronitor")
    monitors.checks["nightly"] = {
        "schedule": "0 3 * * *", "timezone": "UTC", "grace_seconds": 600, "tags": ["team:billing"],
    }  # fmt: skip

    done = cronwrap("sync")

    assert done.stdout == (
        f"nightly at there ({httpd.url}/…): to be changed\n"
        "  - schedule = 0 3 * * *\n"
        "  + schedule = 0 2 * * *\n"
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_a_time_zone_that_is_not_the_machines_is_pointed_out(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    configure(cronwrap, httpd, "cronitor", CHECK.replace("UTC", "Pacific/Apia"))

    done, _ = sync(cronwrap)

    assert "nightly: its schedule is in Pacific/Apia, and this machine in " in done.stderr


def test_what_the_service_refuses_is_said_without_the_secret(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    configure(cronwrap, httpd, "cronitor").refuses = True

    done, (one,) = sync(cronwrap, "--apply")

    assert done.returncode == 2
    assert one["why"] == 'the API answered 400 ({"error": "cron is wrong, [api_key]"})'


@pytest.mark.parametrize("service", ENDPOINTS)
def test_a_wrong_key_is_named(cronwrap: Cronwrap, httpd: Httpd, service: str) -> None:
    configure(cronwrap, httpd, service)
    cronwrap.write_config(cronwrap.config_file.read_text().replace(KEY, "wr0ng-key"))

    done, (one,) = sync(cronwrap, "--apply")

    assert (done.returncode, one["outcome"]) == (2, "trouble")
    assert "answered 401" in one["why"]


@pytest.mark.parametrize("service", ["healthchecks", "sentry", "betterstack"])
def test_a_key_that_is_missing_is_asked_for(cronwrap: Cronwrap, httpd: Httpd, service: str) -> None:
    configure(cronwrap, httpd, service)
    text = cronwrap.config_file.read_text()
    cronwrap.write_config("\n".join(line for line in text.splitlines() if KEY not in line))

    _, (one,) = sync(cronwrap)

    assert one["why"].startswith("give ")
    assert httpd.received == []


def test_a_schedule_that_no_service_can_be_told_is_a_trouble(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    configure(cronwrap, httpd, "cronitor", CHECK.replace("0 2 * * *", "@reboot"))

    done, (one,) = sync(cronwrap)

    assert (done.returncode, httpd.received) == (2, [])
    assert "no service can be told the schedule '@reboot'" in one["why"]


def test_a_service_that_nobody_listens_at_is_said(cronwrap: Cronwrap, refusing_url: str) -> None:
    settings = f'service = "cronitor"\napi = "{refusing_url}"\napi_key = "{KEY}"'
    cronwrap.write_config(f"{CHECK}\n[endpoints.there]\n{settings}\n")

    done, (one,) = sync(cronwrap)

    assert (done.returncode, one["why"]) == (2, "connection refused: nothing listens there")


def test_a_check_that_is_not_in_the_configuration_is_a_mistake(cronwrap: Cronwrap) -> None:
    done = cronwrap("sync", "nightli")

    assert done.returncode == 2
    assert "there is no [checks.nightli] in the configuration" in done.stderr
