"""Several endpoints at once, and none of them is another's business."""

import time

from tests.conftest import Serve
from tests.support.command import Cronwrap
from tests.support.events import CHECK, events, healthchecks, webhook
from tests.support.httpd import answer, silent

BUDGET_S = 3.0


def test_one_hangs_one_refuses_one_lies_and_two_are_told_in_their_own_time(
    cronwrap: Cronwrap, serve: Serve, refusing_url: str
) -> None:
    hanging, lying, first, second = serve(), serve(), serve(), serve()
    hanging.always = silent()
    lying.always = answer(200, b"OK (not found)")
    urls = [hanging.url, refusing_url, lying.url, first.url]
    endpoints = [*map(healthchecks, urls), webhook(second)]
    words = [word for endpoint in endpoints for word in ("-e", endpoint)]
    begun_s = time.monotonic()

    done = cronwrap("--report-budget", f"{BUDGET_S}s", *words, "--", "sh", "-c", "exit 3")

    assert done.returncode == 3
    assert first.paths == [f"{CHECK}/start", f"{CHECK}/3"]
    assert [event["phase"] for event in events(second)] == ["start", "fail"]
    told_s = max(first.received[-1].at_s, second.received[-1].at_s)
    assert told_s - begun_s < BUDGET_S / 2  # half of it is waited for the one that hangs
    lines = sorted(done.stderr.splitlines())
    assert len(lines) == 3
    for server, why in (
        (hanging.url, "no answer "),
        (refusing_url, "connection refused"),
        (lying.url, "there is no such check"),
    ):
        assert len([line for line in lines if server in line and why in line]) == 1
    rids = {server.received[0].query["rid"] for server in (hanging, lying, first)}
    assert rids == {events(second)[0]["run_id"]}


def test_a_mistake_in_one_endpoint_leaves_the_others(cronwrap: Cronwrap, serve: Serve) -> None:
    good = serve()
    config = f"""
        [endpoints.good]
        service = "webhook"
        url = "{good.url}/hook"
        [endpoints.wrong]
        service = "healthcheks"
        url = "https://example.org/x"
    """

    done = cronwrap("-e", "good", "-e", "wrong", "-e", "gone", "--", "true", config=config)

    assert done.returncode == 0
    assert [event["phase"] for event in events(good)] == ["start", "success"]
    assert "unknown service 'healthcheks'" in done.stderr
    assert "did you mean healthchecks?" in done.stderr
    assert "there is no endpoint 'gone'" in done.stderr
