"""An endpoint of any service before a server of a test, and what came of telling it.

told = tell(httpd, "cronitor", FAILED, base=[httpd.url], api_key="k")
told.kinds  ->  ["accepted"]
httpd.received[-1].query["state"]  ->  "fail"
"""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cronwrap import services
from cronwrap.deliver.http import Sender
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services.base import Answer, Http, Verdict
from cronwrap.services.endpoint import Endpoint
from tests.support.httpd import Behaviour, Exchange, Httpd, Received

RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
HEX_ID = RUN_ID.replace("-", "")
OUTPUT = b"line one\nit broke: <a & b>\n"
STARTED = Event(
    check="nightly",
    run_id=RUN_ID,
    started_unix_s=1_750_000_000.25,
    host="h1",
    user="root",
    command="/srv/backup --all",
    environment="prod",
    tags={"team": "ops"},
)
SUCCEEDED = STARTED.replace(
    phase=SUCCESS,
    reason="exit",
    exit_status=0,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.25,
    output=OUTPUT,
    output_bytes=len(OUTPUT),
)
FAILED = SUCCEEDED.replace(phase=FAIL, exit_status=3)
# Ends of which no exit status is known, or one that says "fine": a failure all the same.
LOST = FAILED.replace(reason="lost", exit_status=None, duration_s=None)
WRONG_OUTPUT = FAILED.replace(reason="output", exit_status=0)
LONG = b"noise \xc3\xa9\xe2\x82\xac \xff\xf0\x9f\x98\x80\n" * 40_000 + b"the reason\n"
LONG_FAILED = FAILED.replace(output=LONG, output_bytes=len(LONG))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of one event: the requests, and what each answer meant."""

    deliveries: list[Http]
    verdicts: list[Verdict]

    @property
    def kinds(self) -> list[str]:
        return [verdict.kind for verdict in self.verdicts]

    @property
    def why(self) -> str:
        return self.verdicts[-1].why


def endpoint(
    service: str, environ: Mapping[str, str] | None = None, /, **settings: Any
) -> Endpoint:
    """Return an endpoint of *service*."""
    table = {"service": service, **settings}
    return services.from_table("ops", table, origin="c.toml", environ=environ or {})


def render(place: Endpoint, event: Event) -> list[Http]:
    """Return the requests that carry *event*."""
    deliveries = place.render(event, {})
    assert all(isinstance(one, Http) for one in deliveries)
    return [one for one in deliveries if isinstance(one, Http)]


def only(place: Endpoint, event: Event) -> Http:
    """Return the one request that carries *event*."""
    (delivery,) = render(place, event)
    return delivery


def tell(httpd: Httpd, service: str, event: Event, /, **settings: Any) -> Told:
    """Deliver *event* to an endpoint of *service* with *settings*, each request once.

    A setting may hold ``{url}``: the address of *httpd*.
    """
    filled = {key: _filled(value, httpd.url) for key, value in settings.items()}
    place = endpoint(service, **filled)
    deliveries = render(place, event)
    verdicts = []
    with closing(Sender()) as sender:
        for delivery in deliveries:
            answer = sender.send(delivery, timeout_s=10)
            assert isinstance(answer, Answer)
            verdicts.append(place.service.judge(delivery, answer))
    return Told(deliveries=deliveries, verdicts=verdicts)


def _filled(value: Any, url: str) -> Any:
    if isinstance(value, list):
        return [_filled(one, url) for one in value]
    return value.replace("{url}", url) if isinstance(value, str) else value


def by_request(decide: Callable[[Received], Behaviour]) -> Behaviour:
    """Return the behaviour that *decide* chooses for each request: ``httpd.always = ...``."""
    return lambda exchange: decide(_latest(exchange))(exchange)


def _latest(exchange: Exchange) -> Received:
    return exchange.server.httpd.received[-1]


def body(request: Received | Http) -> Any:
    """Return the JSON of a request."""
    return json.loads(request.body)


def form(request: Received) -> dict[str, str]:
    """Return the fields of a form."""
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(request.body.decode(), strict_parsing=True, keep_blank_values=True))


def query(delivery: Http) -> dict[str, list[str]]:
    """Return the query of a request, each name with all of its values."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(delivery.url).query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found
