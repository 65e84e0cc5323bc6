"""ntfy: a notification as JSON, at most 4096 bytes of it."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest

from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from cronwrap.services.endpoint import describe
from tests.support.httpd import Behaviour, Httpd, Received, answer
from tests.support.place import (
    FAILED,
    LONG_FAILED,
    STARTED,
    SUCCEEDED,
    body,
    by_request,
    endpoint,
    only,
    render,
    tell,
)


@dataclass(slots=True)
class Ntfy:
    """A longer message becomes an attachment; what is no UTF-8 is refused."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    attachments: int = 0

    def decide(self, request: Received) -> Behaviour:
        if request.path != "/":
            return answer(404, b'{"code":40401,"error":"page not found"}')
        try:
            message = body(request)
        except ValueError:
            return answer(400, b'{"code":40011,"error":"invalid request: not UTF-8"}')
        self.attachments += len(message["message"].encode()) > 4096
        self.messages.append(message)
        return answer(200, b'{"id":"hwQ2YpKdmg","event":"message"}')


@pytest.fixture
def ntfy(httpd: Httpd) -> Ntfy:
    one = Ntfy()
    httpd.always = by_request(one.decide)
    return one


@pytest.mark.parametrize(
    "settings", [{"url": "{url}/my%20topic"}, {"base": "{url}", "topic": "my topic"}]
)
def test_a_failure_is_a_notification(httpd: Httpd, ntfy: Ntfy, settings: dict[str, str]) -> None:
    told = tell(httpd, "ntfy", FAILED, click="https://h/runs", **settings)

    assert told.kinds == ["accepted"]
    assert ntfy.messages == [
        {
            "topic": "my topic",
            "title": FAILED.summary,
            "message": FAILED.report(4096),
            "priority": 4,
            "tags": ["rotating_light"],
            "click": "https://h/runs",
        }
    ]


@pytest.mark.parametrize("event", [STARTED, SUCCEEDED])
def test_of_other_events_nothing_is_sent_unless_asked(event: Event) -> None:
    assert render(endpoint("ntfy", topic="t"), event) == []
    asked = endpoint("ntfy", topic="t", on=["start", "success", "fail"])
    assert body(only(asked, event))["priority"] == 2


def test_a_long_output_is_no_attachment(httpd: Httpd, ntfy: Ntfy) -> None:
    tell(httpd, "ntfy", LONG_FAILED, url="{url}/t")

    assert ntfy.attachments == 0
    assert ntfy.messages[0]["message"].endswith("the reason\n")


def test_a_token_or_a_login_is_sent() -> None:
    token = only(endpoint("ntfy", {"NTFY_TOKEN": "tk_x", "NTFY_TOPIC": "t"}), FAILED)
    login = only(endpoint("ntfy", {"NTFY_USER": "me:p:w"}, topic="t"), FAILED)

    assert dict(token.headers)["Authorization"] == "Bearer tk_x"
    expected = base64.b64encode(b"me:p:w").decode()
    assert dict(login.headers)["Authorization"] == f"Basic {expected}"


def test_neither_topic_nor_login_is_shown() -> None:
    place = endpoint("ntfy", url="https://h/sub/s3cr3t-topic", user="me:p4ssw0rd")

    shown = describe(only(place, FAILED), place)

    assert "s3cr3t-topic" not in f"{shown} {place.label} {place!r}"
    assert "Authorization: Basic […]" in shown


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "does not say where to send: give url, or topic"),
        ({"url": "https://ntfy.sh/"}, "url must be of the form https://HOST/TOPIC"),
        ({"topic": "t", "priority": 6}, "priority must be 1 to 5"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, str], message: str) -> None:
    with pytest.raises(CronwrapError) as error:
        endpoint("ntfy", **settings)

    assert error.value.message == f"c.toml: [endpoints.ops]: {message}"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "rejected"), (401, "rejected"), (413, "rejected"), (429, "retry")]
)
def test_what_answers_mean(httpd: Httpd, status: int, kind: str) -> None:
    httpd.always = status

    assert tell(httpd, "ntfy", FAILED, url="{url}/t").kinds == [kind]
