"""Endpoints: from a URL, from a table, with secrets from elsewhere; mistakes are told in full."""

import stat
from pathlib import Path
from typing import Any

import pytest

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from cronwrap.services.base import Http
from cronwrap.services.endpoint import Endpoint, describe, exposed_secrets

START = Event(check="nightly", run_id="0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11")
FAILED = START.replace(phase="fail", reason="exit", exit_status=3, finished_unix_s=9.0)
SECRET = "s3cr3t-value"  # noqa: S105 -- of no one


def of_url(url: str) -> Endpoint:
    return services.from_url(url, where="--endpoint", environ={})


def of_table(table: object, environ: dict[str, str] | None = None) -> Endpoint:
    return services.from_table("ops", table, origin="/etc/c.toml", environ=environ or {})


@pytest.mark.parametrize(
    ("url", "service", "sent_to"),
    [
        ("https://hc-ping.com/u", "healthchecks", "https://hc-ping.com/u/start?"),
        ("https://HC-PING.com/u", "healthchecks", "https://HC-PING.com/u/start?"),
        ("healthchecks+http://h:8000/ping/u", "healthchecks", "http://h:8000/ping/u/start?"),
        ("webhook+https://hc-ping.com/u", "webhook", "https://hc-ping.com/u"),
        ("https://example.org/a?b=c", "webhook", "https://example.org/a?b=c"),
        ("http://[::1]:8000/a", "webhook", "http://[::1]:8000/a"),
        ("https://hc-ping.com.evil.org/u", "webhook", "https://hc-ping.com.evil.org/u"),
        ("https://cronitor.link/p/K/m", "cronitor", "https://cronitor.link/p/K/m?state=run"),
        ("https://cron.life/ping/k/K", "cronradar", "https://cron.life/ping/k/K/start"),
        ("https://cronradar.com/ping/k/K", "cronradar", "https://cronradar.com/ping/k/K/start"),
        ("https://cronradar.io/ping/T", "cronradar_io", "https://cronradar.io/ping/T/start"),
        ("https://K@o1.ingest.sentry.io/4", "sentry", "https://o1.ingest.sentry.io/api/4/cron/"),
    ],
)
def test_a_url_tells_its_service(url: str, service: str, sent_to: str) -> None:
    endpoint = of_url(url)

    assert endpoint.service_name == service
    assert endpoint.render(START, {})[0].url.startswith(sent_to)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://nosnch.in/T", "deadmanssnitch"),
        ("https://quietpulse.xyz/ping/T", "quietpulse"),
        ("http://10.0.0.1:3001/api/push/T?status=up", "uptimekuma"),
        ("https://uptime.betterstack.com/api/v1/heartbeat/T", "betterstack"),
        ("https://betteruptime.com/api/v1/heartbeat/T", "betterstack"),
        ("https://g.example/api/0/organizations/o/heartbeat_check/U/", "glitchtip"),
        ("https://ntfy.sh/T", "ntfy"),
        ("https://hooks.slack.com/services/T/B/X", "slack"),
        ("https://api.telegram.org/botT/sendMessage?chat_id=1", "telegram"),
        ("https://o.example/integrations/v1/formatted_webhook/I/", "grafana_oncall"),
        ("slack+https://mattermost.example/hooks/x", "slack"),
        ("ntfy+https://ntfy.example/T", "ntfy"),
    ],
)
def test_what_is_not_told_of_starts_is_recognised_too(url: str, service: str) -> None:
    endpoint = of_url(url)

    assert endpoint.service_name == service
    ended = [START.replace(phase=phase, exit_status=1) for phase in ("success", "fail")]
    assert any(endpoint.render(event, {}) for event in ended)


@pytest.mark.parametrize(
    ("url", "missing"),
    [
        ("https://api.opsgenie.com/v2/heartbeats/job/ping", "api_key must be given"),
        ("https://events.pagerduty.com/v2/enqueue", "routing_key must be given"),
    ],
)
def test_a_url_that_wants_a_key_beside_it_says_so(url: str, missing: str) -> None:
    with pytest.raises(CronwrapError) as error:
        of_url(url)

    assert error.value.message == f"--endpoint: {missing}"


@pytest.mark.parametrize(
    ("service", "environ", "path"),
    [
        ("newrelic", {"NEW_RELIC_LICENSE_KEY": "k"}, "/v1/accounts/events"),
        ("datadog", {"DD_API_KEY": "k"}, "/api/v1/check_run"),
    ],
)
def test_keys_beside_a_url_may_come_from_the_environment(
    service: str, environ: dict[str, str], path: str
) -> None:
    endpoint = services.from_url(f"{service}+https://h/x", where="test", environ=environ)

    (first, *_) = endpoint.render(START.replace(phase="fail"), {})
    assert first.place == "https://h/…"
    assert isinstance(first, Http)
    assert first.url == f"https://h/x{path}"


def test_a_table_with_a_url_alone_tells_its_service() -> None:
    assert of_table({"url": "https://hc-ping.com/u"}).service_name == "healthchecks"
    assert of_table({"url": "https://example.org/u"}).service_name == "webhook"


def test_the_name_of_a_url_is_stable_and_shows_nothing() -> None:
    one = of_url(f"https://hc-ping.com/{SECRET}")

    assert one.name == of_url(f"https://hc-ping.com/{SECRET}").name
    assert one.name != of_url(f"https://hc-ping.com/{SECRET}2").name
    assert one.label == "healthchecks https://hc-ping.com/…"
    assert SECRET not in f"{one!r} {one.name} {one.label}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        SECRET,
        f"ftp://h/{SECRET}",
        f"https:///{SECRET}",
        f"http://h:99999/{SECRET}",
        f"http://h/a {SECRET}",
        f"http://[::1/{SECRET}",
    ],
)
def test_what_is_no_url_is_told_without_showing_it(url: str) -> None:
    with pytest.raises(CronwrapError) as error:
        of_url(url)

    assert error.value.message == "--endpoint: is no address an event can be sent to"
    assert SECRET not in str(error.value)


def test_an_unknown_service_is_told_with_the_nearest() -> None:
    with pytest.raises(CronwrapError) as error:
        of_url("healthcheck+https://h/x")

    assert error.value.message == "--endpoint: unknown service 'healthcheck'"
    assert error.value.hint == "did you mean healthchecks?"


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"service": "healthcheck"}, "unknown service 'healthcheck'", "did you mean healthchecks?"),
        ({}, "has neither service nor url", "services: betterstack, "),
        ({"service": "healthchecks"}, "does not say where to send: give url, or uuid, or", ""),
        ({"service": "healthchecks", "ping_kye": SECRET}, "unknown key 'ping_kye'", "ping_key?"),
        ({"service": "webhook"}, "url must be given", ""),
        ({"service": "webhook", "url": f"gopher://{SECRET}"}, "url must be a URL that", ""),
        ({"service": "healthchecks", "uuid": 7}, "uuid must be a string", "number in quotes"),
        (
            {"service": "command", "argv": ["a", 1]},
            "argv must be a string or a list of strings",
            "",
        ),
        (
            {"service": "pagerduty", "routing_key": SECRET, "region": "EU"},
            "region must be one of us, eu",
            "did you mean eu?",
        ),
        ({"service": "healthchecks", "uuid": "u", "create": "maybe"}, "create must be true or", ""),
        ({"service": "healthchecks", "uuid": "u", "timeout": -1}, "timeout must be a number", ""),
        ({"service": "healthchecks", "uuid": "u", "timeout": 0}, "timeout must be more than 0", ""),
        (
            {"service": "healthchecks", "uuid": "u", "on": "failed"},
            "unknown phase 'failed'",
            "fail?",
        ),
        ({"service": "healthchecks", "uuid": "env:NOWHERE"}, "uuid: the variable NOWHERE is", ""),
        ({"service": "healthchecks", "uuid": "file:/no/where"}, "uuid: cannot read /no/where", ""),
        ("https://h", "must be a table", ""),
    ],
)
def test_a_mistake_in_a_table_is_told(table: object, message: str, hint: str) -> None:
    with pytest.raises(CronwrapError) as error:
        of_table(table)

    assert error.value.message.startswith("/etc/c.toml: [endpoints.ops]: ")
    assert message in error.value.message
    assert hint in error.value.hint
    assert SECRET not in str(error.value)


def test_a_secret_can_be_in_a_file_or_in_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("of-a-file\n")

    from_file = of_table({"service": "healthchecks", "ping_key": f"file:{file}"})
    from_variable = of_table(
        {"service": "healthchecks", "ping_key": "env:KEY"}, {"KEY": "of-a-variable"}
    )
    from_fallback = of_table({"service": "healthchecks"}, {"PING_KEY": f"file:{file}"})

    urls = [one.render(START, {})[0].url for one in (from_file, from_variable, from_fallback)]
    assert [url.split("/")[3] for url in urls] == ["of-a-file", "of-a-variable", "of-a-file"]
    assert not from_file.literal_secrets + from_variable.literal_secrets


def test_transport_settings_are_kept() -> None:
    files = {"ca_file": "/a", "client_cert": "/b", "client_key": "/c"}

    endpoint = of_table({"url": "https://h/x", "timeout": 2.5, "on": ["fail", "success"], **files})

    assert endpoint.timeout_s == 2.5
    assert endpoint.on == ("fail", "success")
    assert (endpoint.ca_file, endpoint.client_cert, endpoint.client_key) == ("/a", "/b", "/c")


def test_a_timeout_may_have_a_unit() -> None:
    assert of_table({"url": "https://h/x", "timeout": "500ms"}).timeout_s == 0.5
    with pytest.raises(CronwrapError, match=r"\[endpoints\.ops\]: timeout "):
        of_table({"url": "https://h/x", "timeout": "5 apples"})


def test_a_request_can_be_shown_without_its_secrets() -> None:
    table = {"service": "healthchecks", "ping_key": SECRET, "create": True}
    endpoint = of_table(table)

    shown = describe(endpoint.render(START, {})[0], endpoint)

    assert shown == (
        "POST https://hc-ping.com/[ping_key]/nightly/start?rid=" + START.run_id + "&create=1"
    )


def test_a_secret_path_and_query_are_not_shown_however_short() -> None:
    endpoint = of_url("https://u:p@example.org/a?b=c")

    first_line = describe(endpoint.render(START, {})[0], endpoint).splitlines()[0]

    assert first_line == "POST https://[url]@example.org/[url]?[url]"


@pytest.mark.parametrize(
    "table",
    [
        {"service": "pushgateway", "url": "http://bob:passw0rd@h.example.org/p?k=query"},
        {
            "service": "datadog",
            "api_key": "k",
            "base": "http://bob:passw0rd@h.example.org/p?k=query",
        },
        {
            "service": "cronitor",
            "api_key": "k",
            "base": ["https://bob:passw0rd@h.example.org?k=query"],
        },
    ],
)
def test_a_login_and_a_query_are_not_shown_though_the_url_is_no_secret(
    table: dict[str, Any],
) -> None:
    endpoint = of_table(table)

    shown = [describe(one, endpoint) for one in endpoint.render(FAILED, {})]
    echoed = endpoint.mask("who are you, passw0rd?")

    assert shown
    assert all("h.example.org" in one for one in shown)
    assert not any("passw0rd" in one or "k=query" in one for one in [*shown, echoed])


def test_a_secret_with_a_slash_and_a_colon_is_not_shown_in_a_path() -> None:
    endpoint = of_table({"service": "healthchecks", "ping_key": "a/b:c d", "slug": "s"})

    first_line = describe(endpoint.render(START, {})[0], endpoint).splitlines()[0]

    assert first_line.startswith("POST https://hc-ping.com/[ping_key]/s/start?")


@pytest.mark.parametrize(
    ("mode", "told"), [(0o600, False), (0o640, True), (0o604, True), (0o400, False)]
)
def test_a_file_that_shows_secrets_to_others_is_told(mode: int, *, told: bool) -> None:
    endpoints = [of_table({"service": "healthchecks", "uuid": SECRET})]

    message = exposed_secrets("/etc/c.toml", stat.S_IFREG | mode, endpoints)

    assert bool(message) is told
    assert SECRET not in message
    assert "ops.uuid" in message or not told


def test_a_login_in_a_url_is_a_secret_of_the_file_too() -> None:
    endpoints = [of_table({"service": "pushgateway", "url": "http://bob:passw0rd@h:9091"})]

    message = exposed_secrets("/etc/c.toml", 0o100644, endpoints)

    assert "ops.url" in message
    assert "passw0rd" not in message


def test_a_file_without_secrets_may_be_read_by_all() -> None:
    endpoints = [of_table({"service": "healthchecks", "uuid": "env:U"}, {"U": SECRET})]

    assert exposed_secrets("/etc/c.toml", 0o100644, endpoints) == ""


def test_names_are_listed_and_each_can_be_loaded() -> None:
    assert {"healthchecks", "webhook"} <= set(services.names())
    with pytest.raises(CronwrapError, match="unknown service 'nothing'"):
        services.load("nothing")
