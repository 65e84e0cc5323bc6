"""``cronwrap test``: what is sent, what is said of it, and that no secret is among it."""

import json
import re
from typing import Any

import pytest

from cronwrap import services
from cronwrap.docgen.files import ROOT
from tests.conftest import Serve
from tests.services.test_exposition import serving
from tests.support.command import Cronwrap, Done
from tests.support.healthchecks import Healthchecks
from tests.support.httpd import Behaviour, Httpd, answer, drip_body, silent
from tests.support.monitors import KEY, Monitors
from tests.support.ports import free_port
from tests.support.terminal import on_terminal
from tests.support.tools import need

UUID = "5e0e7a4c-3b1d-4a2f-9c8e-0123456789ab"
TOKEN = "t0ken-of-no-one"  # noqa: S105
PAGE = answer(200, b"<!DOCTYPE html><title>Uptime Kuma</title>", Content_Type="text/html")


@pytest.fixture
def healthchecks(httpd: Httpd) -> Healthchecks:
    server = Healthchecks(uuids=[UUID])
    httpd.always = server.behaviour
    return server


def hc(httpd: Httpd, more: str = "") -> str:
    return f'[endpoints.hc]\nservice = "healthchecks"\nurl = "{httpd.url}/ping/{UUID}"\n{more}\n'


def kuma(httpd: Httpd, more: str = "") -> str:
    url = f"{httpd.url}/api/push/{TOKEN}"
    return f'[endpoints.kuma]\nservice = "uptimekuma"\nurl = "{url}"\n{more}\n'


def rows(done: Done) -> dict[str, str]:
    """Return what is said of the only endpoint."""
    lines = done.stdout.splitlines()[1:]
    return {line[2:10].strip(): line[11:] for line in lines}


def as_json(done: Done) -> dict[str, Any]:
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_a_log_is_sent_which_changes_nothing_about_the_check(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks
) -> None:
    done = cronwrap("test", "hc", config=hc(httpd))

    assert (done.returncode, done.stderr) == (0, "")
    (ping,) = healthchecks.pings
    assert ping.kind == "log"
    assert b"a test of the way there; no job has run" in ping.body
    said = rows(done)
    assert re.fullmatch(rf"POST {httpd.url}/\S+/log\?rid=\S+", said["sent"])
    assert re.fullmatch(r"answered 200 OK \(OK\), after \d+\.\d\d s", said["answer"])
    assert said["verdict"] == "accepted"
    assert said["proves"].startswith("That there is such a check;")
    assert said["look"] == "give the project's api_key, and it is looked for"
    assert not cronwrap.state_dir.exists()


def test_a_url_is_an_endpoint_too(cronwrap: Cronwrap, httpd: Httpd) -> None:
    done = cronwrap("test", "-c", "backup", f"webhook+{httpd.url}/{TOKEN}")

    assert done.returncode == 0
    event = json.loads(httpd.bodies[0])
    assert (event["check"], event["phase"]) == ("backup", "log")
    assert "only the server knows" in rows(done)["proves"]


@pytest.mark.parametrize("looks", [0, 1])
def test_what_healthchecks_lists_is_found(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks, looks: int
) -> None:
    healthchecks.looks_till_listed = looks

    done = cronwrap("test", config=hc(httpd, f'api_key = "{healthchecks.api_key}"'))

    assert done.returncode == 0
    assert rows(done)["look"] == "found: its API lists it"
    assert len(httpd.received) == 2 + looks
    assert healthchecks.api_key not in done.stdout


def test_what_was_answered_ok_and_ignored_is_not_fine(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks
) -> None:
    healthchecks.paused = True

    done = cronwrap("test", config=hc(httpd, f'api_key = "{healthchecks.api_key}"'))

    assert done.returncode == 1
    assert rows(done)["verdict"] == "accepted"
    assert rows(done)["look"].startswith("not found: it was recorded, and ignored")
    assert len(httpd.received) == 2


def test_what_its_api_never_lists_is_not_fine(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks
) -> None:
    healthchecks.looks_till_listed = 9

    done = cronwrap("test", config=hc(httpd, f'api_key = "{healthchecks.api_key}"'))

    assert done.returncode == 1
    assert rows(done)["look"] == "not found: its API does not list it"


def test_what_a_pushgateway_lists_is_found(cronwrap: Cronwrap) -> None:
    tool, port = need("prometheus-pushgateway"), free_port()
    with serving(tool, f"--web.listen-address=127.0.0.1:{port}", port=port) as url:
        config = f'[endpoints.gauges]\nservice = "pushgateway"\nurl = "{url}"\n'

        done = cronwrap("test", "gauges", "-c", "a/b", "--phase", "success", config=config)

    assert done.returncode == 0
    assert rows(done)["look"] == "found: its API lists a gauge with the time of this run"


@pytest.mark.parametrize(
    ("api", "status", "look"),
    [
        (403, 0, "its API cannot be read: it answered 403"),
        (200, 0, "its API cannot be read: that is no answer of a Pushgateway's"),
        (answer(200, b'{"data": []}'), 1, "not found: its API lists no gauge with the time of "),
    ],
)
def test_a_pushgateway_that_lets_nobody_read_is_fine_but_not_one_that_has_lost_it(
    cronwrap: Cronwrap, httpd: Httpd, api: int | Behaviour, status: int, look: str
) -> None:
    httpd.at["/api/v1/metrics"] = api
    settings = f'url = "{httpd.url}"\ntoken = "{TOKEN}"\n'

    done = cronwrap(
        "test", "--phase", "fail", config=f'[endpoints.g]\nservice = "pushgateway"\n{settings}'
    )

    assert done.returncode == status
    assert rows(done)["look"].startswith(look)
    assert httpd.received[1].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in done.stdout


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ('api_key = "wrong-key"', "the API answered 401; the api_key is not right"),
        ('api_key = "{key}"\napi = "{url}/else"', "the API answered 404; "),
    ],
)
def test_an_api_that_cannot_be_read_is_not_fine(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks, settings: str, why: str
) -> None:
    more = settings.format(key=healthchecks.api_key, url=httpd.url)

    done = cronwrap("test", config=hc(httpd, more))

    assert done.returncode == 1
    assert rows(done)["look"].startswith(f"could not be looked for: {why}")


def test_a_check_that_is_named_by_its_slug_is_not_looked_for(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks
) -> None:
    healthchecks.slugs.append("backup")
    config = f'[endpoints.hc]\nservice = "healthchecks"\nbase = "{httpd.url}/ping"\n'
    config += f'ping_key = "{healthchecks.ping_key}"\napi_key = "k3y-of-no-one"\n'
    config += '[checks.backup]\nendpoint = ["hc"]\n'

    done = cronwrap("test", "--check", "backup", config=config)

    assert done.returncode == 0
    assert [ping.check for ping in healthchecks.pings] == ["backup"]
    assert "give its uuid" in rows(done)["look"]


def test_a_service_without_a_harmless_event_is_sent_nothing(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    done = cronwrap("test", config=kuma(httpd))

    assert done.returncode == 1
    assert httpd.received == []
    assert "a success would be GET http://127.0.0.1" in rows(done)["verdict"]
    assert "would count as a real run: send it with --phase success" in rows(done)["verdict"]
    assert TOKEN not in done.stdout


def test_it_is_sent_what_phase_says(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(200, b'{"ok":true}')

    done = cronwrap("test", "--phase", "success", config=kuma(httpd))

    assert done.returncode == 0
    assert httpd.received[0].query["status"] == "up"
    assert TOKEN not in done.stdout


def test_what_an_endpoint_is_usually_told_of_does_not_count(
    cronwrap: Cronwrap, httpd: Httpd, healthchecks: Healthchecks
) -> None:
    done = cronwrap("test", config=hc(httpd, 'on = ["fail"]'))

    assert (done.returncode, len(healthchecks.pings)) == (0, 1)


def test_of_one_that_is_fine_one_that_lies_one_that_refuses_and_one_that_hangs_each_is_told(
    cronwrap: Cronwrap, serve: Serve, refusing_url: str
) -> None:
    lying, hanging, endless, fine = (serve() for _ in range(4))
    lying.always, hanging.always, endless.always = PAGE, silent(), drip_body()
    fine.always = answer(200, b'{"ok":true}')
    urls = {
        "lying": lying.url, "hanging": hanging.url, "endless": endless.url,
        "refusing": refusing_url, "fine": fine.url,
    }  # fmt: skip
    config = "".join(
        f'[endpoints.{name}]\nservice = "uptimekuma"\nurl = "{url}/api/push/{TOKEN}"\n'
        for name, url in urls.items()
    )

    done = cronwrap("test", "--json", "--phase", "success", "--report-budget", "2s", config=config)

    found = as_json(done)
    assert (done.returncode, found["fine"]) == (1, False)
    by_name = {one["name"]: one for one in found["endpoints"]}
    assert list(by_name) == list(urls)
    outcomes = {name: one["outcome"] for name, one in by_name.items()}
    assert outcomes == {
        "lying": "rejected", "hanging": "undelivered", "endless": "undelivered",
        "refusing": "undelivered", "fine": "accepted",
    }  # fmt: skip
    assert "that is not a push URL" in by_name["lying"]["why"]
    assert "nothing listens there" in by_name["refusing"]["why"]
    assert "no answer " in by_name["hanging"]["why"]
    assert len(hanging.received) == 1  # nothing is tried again
    assert TOKEN not in done.stdout + done.stderr


def test_the_time_limit_is_for_all_of_it(
    cronwrap: Cronwrap, httpd: Httpd, deaf_url: str, full_url: str
) -> None:
    httpd.always = silent()

    done = cronwrap(
        "test", "--report-budget", "300ms", *(f"{one}/x" for one in (httpd.url, deaf_url, full_url))
    )

    assert done.returncode == 1
    assert (
        len(re.findall(r"not delivered: no answer (?:within 0\.\d+ s|in time)", done.stdout)) == 3
    )


def test_a_secret_that_is_echoed_is_not_shown_nor_is_a_part_of_it(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(404, f"{'x' * 69} {TOKEN}".encode())
    config = f'[endpoints.c]\nservice = "quietpulse"\nbase = "{httpd.url}"\ntoken = "{TOKEN}"\n'

    done = cronwrap("test", "--phase", "success", config=config)

    assert done.returncode == 1
    assert "xxx [token]" in done.stdout
    assert TOKEN[:5] not in done.stdout


def test_a_second_address_is_tried(cronwrap: Cronwrap, httpd: Httpd, refusing_url: str) -> None:
    config = f'[endpoints.c]\nservice = "cronitor"\nbase = ["{refusing_url}", "{httpd.url}"]\n'

    done = cronwrap("test", "--phase", "start", config=f'{config}api_key = "{TOKEN}"\n')

    assert (done.returncode, done.stdout.count("  sent ")) == (0, 2)
    assert "Nothing: Cronitor answers 200 also with a wrong API key." in rows(done)["proves"]
    assert TOKEN not in done.stdout


def test_the_keys_of_the_json_are_those_of_the_manual(cronwrap: Cronwrap, httpd: Httpd) -> None:
    found = as_json(cronwrap("test", "--json", f"{httpd.url}/x"))

    assert found["schema"] == "cronwrap-test/1"
    (endpoint,) = found["endpoints"]
    (sent,) = endpoint["sent"]
    page = (ROOT / "man/cronwrap-test.1").read_text(encoding="utf-8")
    section = page.partition(".Sh JSON\n")[2].partition(".Sh")[0]
    listed = re.findall(r"(?m)^\.(?:It )?Ic (.+?)(?: \.)?$", section)
    assert {word for line in listed for word in line.split(" , ")} == {
        *found, *endpoint, *sent, "message", "hint",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        (), ("--check", "unknown"), ("nowhere",), ("--phase", "ended", "http://127.0.0.1:9/"), ("ftp://127.0.0.1/x",),
        ("--report-budget", "soon", "http://127.0.0.1:9/"), ("--config", "/nowhere.toml"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_understood_is_2_and_nothing_is_sent(
    cronwrap: Cronwrap, words: tuple[str, ...]
) -> None:
    done = cronwrap("test", *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cronwrap: ")


def test_one_that_is_configured_wrongly_is_told_and_the_others_are_tested(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    config = f'[endpoints.bad]\nservice = "cronitr"\n[endpoints.ops]\nurl = "{httpd.url}/x"\n'

    done = cronwrap("test", "--json", config=config)

    found = as_json(done)
    assert (done.returncode, found["fine"], len(httpd.received)) == (1, False, 1)
    assert "unknown service 'cronitr'" in found["problems"][0]["message"]
    assert "unknown service 'cronitr'" in done.stderr


@pytest.mark.parametrize("name", services.names())
def test_what_an_answer_proves_is_said_in_sentences(name: str) -> None:
    proof = " ".join(services.load(name).proof.split())

    assert proof == "" or re.fullmatch(r"[A-Z].*\.", proof)


def test_what_is_wrong_is_coloured_on_a_terminal(cronwrap: Cronwrap, httpd: Httpd) -> None:
    urls = (f"{httpd.url}/x", f"http://127.0.0.1:{free_port()}/x")
    piped = cronwrap("test", *urls)

    with on_terminal(cronwrap, "test", *urls) as terminal:
        terminal.wait()

    assert b"\x1b" not in piped.stdout_bytes
    assert b"  verdict  accepted\r\n" in terminal.screen
    assert b"\x1b[31m  verdict  not delivered: connection refused" in terminal.screen


# Services whose answers prove nothing, and whose API tells of the monitor.
BY_API: dict[str, tuple[str, str, dict[str, Any]]] = {
    "cronitor": ('base = "URL"\napi = "URL"\napi_key = "KEY"', "nightly", {"paused": False}),
    "sentry": (
        'dsn = "DSN"\norganization = "acme"\nauth_token = "KEY"\napi = "URL"',
        *("nightly", {}),
    ),
    "opsgenie": (
        'base = "URL"\nheartbeat = "nightly"\napi_key = "KEY"',
        "nightly",
        {"enabled": True},
    ),
    "betterstack": (
        'base = "URL"\ntoken = "t0ken"\napi_token = "KEY"',
        *("7", {"url": "https://h/heartbeat/t0ken", "paused_at": None}),
    ),
}


def by_api(cronwrap: Cronwrap, httpd: Httpd, service: str) -> Monitors:
    monitors = Monitors()
    httpd.always = monitors.behaviour
    dsn = httpd.url.replace("http://", "http://abc@") + "/42"
    settings = BY_API[service][0].replace("URL", httpd.url).replace("KEY", KEY)
    table = settings.replace("DSN", dsn)
    cronwrap.write_config(f'[endpoints.there]\nservice = "{service}"\n{table}\n')
    return monitors


@pytest.mark.parametrize("service", BY_API)
def test_a_monitor_that_an_api_tells_of_is_found(
    cronwrap: Cronwrap, httpd: Httpd, service: str
) -> None:
    _, key, check = BY_API[service]
    by_api(cronwrap, httpd, service).checks[key] = dict(check)

    done = cronwrap("test", "-c", "nightly", "--phase", "success", "there")

    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done)["look"].startswith("found: its API ")
    assert KEY not in done.stdout


@pytest.mark.parametrize("service", BY_API)
def test_a_monitor_that_is_not_there_is_not_fine_although_the_event_was_accepted(
    cronwrap: Cronwrap, httpd: Httpd, service: str
) -> None:
    by_api(cronwrap, httpd, service)

    done = cronwrap("test", "-c", "nightly", "--phase", "success", "there")

    assert done.returncode == 1
    assert rows(done)["verdict"] == "accepted"
    assert rows(done)["look"].startswith("not found: ")


@pytest.mark.parametrize(
    ("service", "change"),
    [("cronitor", "paused"), ("opsgenie", "enabled"), ("betterstack", "paused_at")],
)
def test_a_monitor_that_is_switched_off_is_not_fine(
    cronwrap: Cronwrap, httpd: Httpd, service: str, change: str
) -> None:
    _, key, check = BY_API[service]
    by_api(cronwrap, httpd, service).checks[key] = {**check, change: not check[change]}

    done = cronwrap("test", "-c", "nightly", "--phase", "success", "there")

    assert done.returncode == 1
    assert re.search("switched off|is paused", rows(done)["look"])
