"""The template engine: what goes in comes out, in its place and nowhere else."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap import services
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services.base import Http
from cronwrap.services.template import merge_query

# Any text a name, a host or a command line can hold, bytes that are no UTF-8 included.
TEXTS = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=300)
# As they arrive: NUL cannot be in any of them, a lone surrogate stands for a bad byte.
FAILED = Event(
    check="c", run_id="r", phase=FAIL, exit_status=3, started_unix_s=1.75e9, finished_unix_s=1.75e9
)


def sent(text: str) -> str:
    """Return what is left of *text* when it is made valid Unicode."""
    valid = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return valid.replace("\0", "")


def render(event: Event, **table: object) -> Http:
    """Return the one request of a service that is just described by *table*."""
    definition = services.define("mine", {"url": "http://h", **table}, origin="c")
    endpoint = services.from_table(
        "e", {"service": "mine"}, origin="c", environ={}, services={"mine": definition}
    )
    delivery: Http
    (delivery,) = endpoint.render(event, {})
    return delivery


@given(TEXTS.filter(lambda text: sent(text).strip(".")))
def test_a_value_is_one_segment_of_a_path(text: str) -> None:
    delivery = render(FAILED.replace(check=text), every={"path": "/a/{check}/b"})

    before, value, after = urlsplit(delivery.url).path.split("/")[1:]
    assert (before, unquote(value, errors="strict"), after) == ("a", sent(text), "b")


@pytest.mark.parametrize("dots", [".", ".."])
def test_dots_do_not_move_about_in_a_path(dots: str) -> None:
    delivery = render(FAILED.replace(check=dots), every={"path": "/a/{check}/b"})

    assert delivery.url == f"http://h/a/{dots.replace('.', '%2E')}/b"


@given(TEXTS.filter(sent))
def test_a_value_is_one_value_of_a_query(text: str) -> None:
    delivery = render(
        FAILED.replace(check=text), every={"query": {"q": "<{check}>", "n": "{exit_status}"}}
    )

    query = urlsplit(delivery.url).query
    assert parse_qsl(query, strict_parsing=True, errors="strict") == [
        ("q", f"<{sent(text)}>"),
        ("n", "3"),
    ]
    assert "+" not in query


@given(TEXTS.filter(sent))
def test_a_value_is_one_string_of_json(text: str) -> None:
    delivery = render(
        FAILED.replace(check=text), every={"json": {"a": "{check}", "b": "{{{check}}}"}}
    )

    expected = {"a": sent(text), "b": f"{{{sent(text)}}}"}
    assert json.loads(delivery.body.decode()) == expected


@given(TEXTS.filter(sent))
def test_a_value_is_one_value_of_a_form(text: str) -> None:
    delivery = render(FAILED.replace(check=text), every={"form": {"m": "{check}", "p": "{phase}"}})

    assert parse_qsl(delivery.body.decode(), strict_parsing=True) == [
        ("m", sent(text)),
        ("p", "fail"),
    ]


@given(TEXTS.filter(sent))
def test_a_value_never_leaves_its_header(text: str) -> None:
    delivery = render(FAILED.replace(check=text), every={"headers": {"X-Check": "{check}"}})

    assert [name for name, _ in delivery.headers] == ["X-Check"]
    value = delivery.headers[0][1]
    assert value.isascii()
    assert value.isprintable() or value == ""


@given(st.binary(max_size=2000), st.integers(0, 400))
def test_a_text_is_valid_and_within_its_limit(output: bytes, limit_bytes: int) -> None:
    event = FAILED.replace(output=output, output_bytes=10**6)

    delivery = render(event, every={"text": "{report}"}, limit={"report": limit_bytes})

    assert len(delivery.body) <= limit_bytes
    assert "\0" not in delivery.body.decode()


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_setting_a_query_again_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    valid = list({sent(name): sent(value) for name, value in pairs}.items())

    once = merge_query("create=1&%20=%41", valid)

    assert merge_query(once, valid) == once


def test_what_is_missing_is_left_out_with_its_key() -> None:
    start = Event(check="c", run_id="r")

    delivery = render(
        start,
        every={
            "query": {"a": "{exit_status}", "b": "x{signal}", "c": ["{check}", "{duration_s}"]},
            "headers": {"X-A": "{host}", "X-B": "{check}"},
            "json": {"a": "{exit_status}", "b": {"c": "{host}"}, "d": ["{host}"], "e": "{late}"},
        },
    )

    assert urlsplit(delivery.url).query == "c=c"
    assert delivery.headers[0] == ("X-B", "c")
    assert json.loads(delivery.body) == {"e": False}


def test_the_first_path_that_can_be_filled_is_taken() -> None:
    table = {"path": ["/{failing_exit_status}", "/fail"]}

    assert render(FAILED, fail=table).url == "http://h/3"
    assert render(FAILED.replace(exit_status=0), fail=table).url == "http://h/fail"
    assert render(FAILED.replace(exit_status=None), fail=table).url == "http://h/fail"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{at}", "2025-06-15T15:06:40.000Z"),
        ("{at|iso}", "2025-06-15T15:06:40.000Z"),
        ("{at|unix}", "1750000000"),
        ("{at|unix_ms}", "1750000000000"),
        ("{at|unix_ns}", "1750000000000000000"),
        ("{duration_s|ms}", "12346"),
        ("{duration_s|int}", "12"),
        ("{duration_s}", "12.3456"),
        ("{run_id|hex}", "ab"),
        ("{check|upper}", "\u00c9COLE"),
        ("{check|cut:4}", "\u00e9co"),
        ("{check|cut:4|upper}", "\u00c9CO"),
        ("{at|int}", "1750000000"),
        ("{tags|text}", '{"a":"<b>"}'),
        ("{tags|text|escape}", '{"a":"&lt;b&gt;"}'),
        ("{error_status}", "3"),
        ("{incident}", "cronwrap/cole-f0f772e1"),
        ("{verb}", "bad"),
        ("{{{verb}}}", "{bad}"),
    ],
)
def test_filters(template: str, expected: str) -> None:
    event = FAILED.replace(check="\u00e9cole", run_id="a-b", duration_s=12.3456, tags={"a": "<b>"})

    delivery = render(event, verb={"fail": "bad"}, every={"text": template})

    assert delivery.body.decode() == expected


def test_a_phase_without_a_verb_is_not_told() -> None:
    table = {"url": "http://h", "verb": {"fail": "bad"}, "every": {"query": {"s": "{verb}"}}}
    services_ = {"mine": services.define("mine", table, origin="c")}
    endpoint = services.from_table(
        "e", {"service": "mine"}, origin="c", environ={}, services=services_
    )

    assert endpoint.render(FAILED.replace(phase=SUCCESS), {}) == []
    assert len(endpoint.render(FAILED, {})) == 1


def test_a_list_is_several_requests() -> None:
    table = {"url": "http://h", "fail": [{"path": "/a"}, {"path": "/b", "method": "GET"}]}
    services_ = {"mine": services.define("mine", table, origin="c")}
    endpoint = services.from_table(
        "e", {"service": "mine"}, origin="c", environ={}, services=services_
    )

    assert [one.url for one in endpoint.render(FAILED, {})] == ["http://h/a", "http://h/b"]


def test_a_request_is_made_only_when_there_is_something_to_say() -> None:
    table = {"url": "http://h", "every": [{"path": "/a", "when": "{signal}"}, {"path": "/b"}]}
    services_ = {"mine": services.define("mine", table, origin="c")}
    endpoint = services.from_table(
        "e", {"service": "mine"}, origin="c", environ={}, services=services_
    )

    killed = endpoint.render(FAILED.replace(signal="SIGKILL"), {})
    assert [only_http(one).url for one in killed] == ["http://h/a", "http://h/b"]
    assert [only_http(one).url for one in endpoint.render(FAILED, {})] == ["http://h/b"]


def test_a_list_in_a_list_of_json_is_spread() -> None:
    event = FAILED.replace(tags={"a\r": "b", "c": "d"})

    delivery = render(event, every={"json": {"t": ["x:{check}", "{tags|list}", "{host}"]}})

    assert json.loads(delivery.body) == {"t": ["x:c", "a:b", "c:d"]}
    nothing = render(FAILED, every={"json": {"t": ["{tags|list}"], "u": "{check}"}})
    assert json.loads(nothing.body) == {"u": "c"}


def test_a_list_in_a_query_is_a_pair_for_each_item() -> None:
    event = FAILED.replace(tags={"a": "b", "c": "d e"})
    every = {"query": {"t": "{tags|list}", "u": ["{check}", "x{tags|list}"]}}

    assert render(event, every=every).url == (
        "http://h?t=a%3Ab&t=c%3Ad%20e&u=c&u=x%5B%22a%3Ab%22%2C%22c%3Ad%20e%22%5D"
    )
    assert render(FAILED, every=every).url == "http://h?u=c"


@given(TEXTS.filter(sent))
def test_a_value_stays_in_its_line_of_json(text: str) -> None:
    table = {"json_lines": [{"a": 1}, {"b": "{check}"}, {"c": "{signal}"}]}

    delivery = render(FAILED.replace(check=text), every=table)

    assert dict(delivery.headers)["Content-Type"] == "application/x-ndjson"
    lines = delivery.body.split(b"\n")
    assert [json.loads(line) for line in lines[:3]] == [{"a": 1}, {"b": sent(text)}, {}]
    assert lines[3:] == [b""]


def test_an_age_is_said_with_the_request() -> None:
    assert render(FAILED, every={"max_age": "10m"}).max_age_s == 600.0
    assert render(FAILED, max_age="6h", every={}).max_age_s == 21600.0
    assert render(FAILED, every={}).max_age_s is None


def only_http(delivery: object) -> Http:
    assert isinstance(delivery, Http)
    return delivery


def test_a_login_is_sent_as_basic_authorization() -> None:
    delivery = render(FAILED, every={"auth": {"user": "{check}", "password": "p"}})

    assert delivery.headers == (("Authorization", "Basic Yzpw"),)  # c:p


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"strat": {}}, "[services.mine]: unknown key 'strat'", "did you mean start?"),
        (
            {"start": {"pth": "/x"}},
            "[services.mine.start]: unknown key 'pth'",
            "did you mean path?",
        ),
        (
            {"start": {"query": {"a": "{exit_staus}"}}},
            "[services.mine.start.query]: a: unknown field 'exit_staus'",
            "did you mean exit_status?",
        ),
        (
            {"start": {"text": "{at|unx}"}},
            "[services.mine.start]: text: unknown filter 'unx'",
            "did you mean unix?",
        ),
        (
            {"start": {"text": "{check|unix}"}},
            "text: unix cannot be used on check",
            "it is for at, finished_at, started_at",
        ),
        ({"start": {"text": "{verb}"}}, "text: unknown field 'verb'", "known are"),
        ({"start": {"path": ["/{exit_status}"]}}, "path must be a list that ends in", ""),
        ({"start": {"url": "ftp://h"}}, "url must be begun by http://", ""),
        (
            {"start": {"url": "http://{check}/"}},
            'check is within the host, so must be of kind "host"',
            "",
        ),
        ({"start": {"url": "http://h/?a={check}"}}, "url must be without ? and #", ""),
        ({"start": {}, "accept": {"body": "("}}, "body must be a regular expression", ""),
        ({"start": {}, "accept": {"status": "ok"}}, "status must be a whole number", ""),
        ({"start": {}, "hint": {"4xx": "no"}}, "'4xx' is no HTTP status", ""),
        ({"start": {}, "settings": {"a": {"kind": "file"}}}, "kind must be one of", ""),
        ({"start": 3}, "[services.mine.start]: must be a table", ""),
        ({"start": {"text": "{check|cut:4|uper}"}}, "text: unknown filter 'uper'", "upper?"),
        ({"start": {"text": "{check|}"}}, "text: unknown filter ''", ""),
        (
            {"start": {"text": "{check|list}"}},
            "list cannot be used on check",
            "it is for metrics, tags",
        ),
        ({"start": {"when": "{hots}"}}, "when: unknown field 'hots'", "did you mean host?"),
        ({"start": {"max_age": "soon"}}, "[services.mine.start]: max_age ", ""),
        ({"start": {"json_lines": {"a": "b"}}}, "json_lines must be a list", ""),
        (
            {"start": {"json_lines": [], "text": "a"}},
            "text and json_lines: a request has one body",
            "",
        ),
        ({"start": {}, "on": ["fial"]}, "on: unknown phase 'fial'", "did you mean fail?"),
        ({"start": {}, "recognise": {"patterns": "("}}, "patterns must be regular expr", ""),
        ({"start": {}, "derived": {"a": "text"}}, "derived is for what cronwrap brings", ""),
        ({"verb": {"end": "x"}}, "[services.mine.verb]: unknown key 'end'", ""),
        ({}, "[services.mine]: has no request", "give one of start"),
        ({"late": {}}, "[services.mine]: has no request", "give one of start"),
        ({"start": {}, "url": []}, "start has no url", "[services.mine.start] or in [services.m"),
        ({"start": {"text": "{token}"}}, "unknown field 'token'", "settings.token = { } makes"),
        ({"start": {"text": '{"a": 1}'}}, "text: what stands in braces is", "json = { ... }"),
        ({"start": {"text": '{"a": {}}'}}, "text: a lone {", "json = { ... } makes JSON"),
        ({"start": {}, "sign": {"header": "X"}}, "sign]: key must be a text", ""),
        ({"start": {}, "method": "post"}, "[services.mine]: method must be one of DELETE", ""),
        ({"settings": {"a b": {}}}, "settings]: 'a b' cannot be the name", "letters"),
        ({"start": {}, "settings": {"on": {}}}, "on is a key of every endpoint", "another"),
        (
            {"settings": {"a": {"default": "c", "choices": {"b": 1}}}},
            "[services.mine.settings.a]: default must be one of b",
            "",
        ),
        (
            {"settings": {"a": {"kind": "number", "choices": {"b": 1}}}},
            "[services.mine.settings.a]: kind must be one of text, url, host where there are",
            "",
        ),
        ({"settings": {"a": {"kind": "flag", "default": "b"}}}, "default must be true or", ""),
        ({"settings": {"a": {"default": 1}}}, "default must be a string", ""),
    ],
)
def test_a_mistake_is_found_at_load(table: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(CronwrapError) as error:
        services.define("mine", {"url": "http://h", **table}, origin="/etc/c.toml")

    assert error.value.message.startswith("/etc/c.toml: ")
    assert message in error.value.message
    assert hint in error.value.hint
