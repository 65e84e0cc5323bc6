"""One request, and every way in which a server can fail to answer it."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from cronwrap.deliver.attempt import Failure
from cronwrap.deliver.http import Sender
from cronwrap.services.base import BODY_BYTES, Answer, Http
from tests.conftest import Serve
from tests.support import authority as tls
from tests.support.authority import Authority
from tests.support.httpd import (
    Httpd,
    answer,
    cut,
    drip_body,
    drip_headers,
    raw,
    redirect,
    reset,
    silent,
    stalled,
)
from tests.support.ports import has_ipv6
from tests.support.waiting import eventually

SECRET = "5e0e7a4c-of-the-path"  # noqa: S105 -- of no one
SHORT_S = 0.3
LONG_S = 10.0
# What a deadline of SHORT_S may take on a busy machine; without it, a test would hang for ever.
GENEROUS_S = 5.0


@pytest.fixture
def sender() -> Iterator[Sender]:
    with contextlib.closing(Sender()) as one:
        yield one


@pytest.fixture
def trusting(authority: Authority) -> Iterator[Sender]:
    with contextlib.closing(Sender(ca_file=str(authority.ca_file))) as one:
        yield one


def post(url: str, body: bytes = b"") -> Http:
    return Http(method="POST", url=f"{url}/{SECRET}?key={SECRET}", body=body)


def answered(outcome: Answer | Failure) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def failed(outcome: Answer | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    assert SECRET not in outcome.why
    return outcome


def test_a_request_arrives_as_it_was_built_and_its_answer_comes_back(
    httpd: Httpd, sender: Sender
) -> None:
    httpd.answers = [answer(201, b"Created", X_Said="so")]
    request = Http(
        method="PUT",
        url=f"{httpd.url}/a%2Fb/%2E%2E/c?q=%20x&create=1",
        headers=(("X-Own", "1"),),
        body=b"\xff\x00",
    )

    outcome = answered(sender.send(request, timeout_s=LONG_S))

    received = httpd.received[0]
    assert (received.method, received.target) == ("PUT", "/a%2Fb/%2E%2E/c?q=%20x&create=1")
    assert received.body == b"\xff\x00"
    assert received.headers["x-own"] == "1"
    assert received.headers["user-agent"].startswith("cronwrap/")
    assert (outcome.status, outcome.body) == (HTTPStatus.CREATED, b"Created")
    assert outcome.headers["x-said"] == "so"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", [b"", b"x" * 300_000], ids=["empty", "large"])
def test_a_body_is_sent_with_its_length_and_not_in_chunks(
    httpd: Httpd, sender: Sender, body: bytes, method: str
) -> None:
    answered(sender.send(post(httpd.url, body)._replace(method=method), timeout_s=LONG_S))

    assert httpd.received[0].headers["content-length"] == str(len(body))
    assert "transfer-encoding" not in httpd.received[0].headers


def test_two_requests_go_over_one_connection(httpd: Httpd, sender: Sender) -> None:
    answered(sender.send(post(httpd.url), timeout_s=LONG_S))
    answered(sender.send(post(httpd.url), timeout_s=LONG_S))

    assert len(httpd.received) == 2
    assert len(httpd.connections) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(
    httpd: Httpd, sender: Sender
) -> None:
    httpd.answers = [raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")]
    answered(sender.send(post(httpd.url), timeout_s=LONG_S))

    eventually(lambda: httpd.connections[0].fileno() == -1)

    answered(sender.send(post(httpd.url), timeout_s=LONG_S))


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_an_address_of_ipv6_is_reached(
    serve: Serve,
    authority: Authority,
    trusting: Sender,
    secure: bool,  # noqa: FBT001 - a parameter
) -> None:
    httpd = serve(authority.trusted() if secure else None, host="::1")

    assert answered(trusting.send(post(httpd.url), timeout_s=LONG_S)).body == b"OK"
    assert httpd.received[0].headers["host"] == f"[::1]:{httpd.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_neither_here_nor_to_another_host(
    serve: Serve, httpd: Httpd, sender: Sender, status: int
) -> None:
    other = serve()
    httpd.answers = [redirect(f"{other.url}/elsewhere", status)]
    request = post(httpd.url)._replace(headers=(("Authorization", SECRET),))

    outcome = answered(sender.send(request, timeout_s=LONG_S))

    assert outcome.status == status
    assert (len(httpd.received), other.received) == (1, [])


def test_of_an_endless_body_only_the_beginning_is_read(httpd: Httpd, sender: Sender) -> None:
    httpd.answers = [drip_body(0, piece=b"x" * 4096)]

    assert answered(sender.send(post(httpd.url), timeout_s=LONG_S)).body == b"x" * BODY_BYTES


@pytest.mark.parametrize(
    "behaviour",
    [silent(), stalled(), drip_headers(), drip_body()],
    ids=["silent", "half a status line", "endless headers", "endless body"],
)
def test_the_deadline_holds_whatever_the_server_does(httpd: Httpd, behaviour: object) -> None:
    httpd.answers = [behaviour]  # type: ignore[list-item]  # the table holds nothing else
    sender = Sender()
    begun_s = time.monotonic()

    outcome = failed(sender.send(post(httpd.url), timeout_s=SHORT_S))

    assert outcome.why.startswith("no answer within 0.3 s")
    assert time.monotonic() - begun_s < GENEROUS_S
    eventually(lambda: not alive("cronwrap-http"))


def test_the_deadline_holds_where_no_connection_is_made(full_url: str, sender: Sender) -> None:
    outcome = failed(sender.send(post(full_url), timeout_s=SHORT_S))

    assert outcome.why == "no answer within 0.3 s (while connecting)"


def test_the_deadline_holds_in_a_tls_handshake(deaf_url: str, sender: Sender) -> None:
    url = deaf_url.replace("http:", "https:")

    outcome = failed(sender.send(post(url), timeout_s=SHORT_S))

    assert outcome.why == "no answer within 0.3 s (in the TLS handshake)"


def test_after_a_deadline_the_next_request_has_a_connection_of_its_own(
    httpd: Httpd, sender: Sender
) -> None:
    httpd.answers = [drip_headers()]
    failed(sender.send(post(httpd.url), timeout_s=SHORT_S))

    answered(sender.send(post(httpd.url), timeout_s=LONG_S))

    assert len(httpd.connections) == 2


def test_a_request_under_way_can_be_aborted_from_another_thread(
    httpd: Httpd, sender: Sender
) -> None:
    httpd.answers = [silent()]
    outcomes: list[Answer | Failure] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(sender.send(post(httpd.url), timeout_s=3600))
    )
    thread.start()
    httpd.wait_for(1)

    sender.abort()

    thread.join(LONG_S)
    assert failed(outcomes[0]).why == "given up"


def test_after_an_abort_nothing_is_sent_any_more(httpd: Httpd, sender: Sender) -> None:
    sender.abort()

    failed(sender.send(post(httpd.url), timeout_s=LONG_S))

    assert httpd.received == []


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (cut(b""), "the connection was closed before there was an answer"),
        (cut(), "the connection was closed before there was an answer"),
        (raw(b"SSH-2.0-OpenSSH_9\r\n"), "the connection was closed before there was an answer"),
        (reset(), "connection reset by the server"),
    ],
    ids=["closed", "cut", "not HTTP", "reset"],
)
def test_a_broken_answer_is_told_and_worth_another_try(
    httpd: Httpd, sender: Sender, behaviour: object, why: str
) -> None:
    httpd.answers = [behaviour]  # type: ignore[list-item]  # the table holds nothing else

    outcome = failed(sender.send(post(httpd.url), timeout_s=LONG_S))

    assert outcome == Failure(why=why)


def test_a_refused_connection_is_told(refusing_url: str, sender: Sender) -> None:
    outcome = failed(sender.send(post(refusing_url), timeout_s=LONG_S))

    assert outcome == Failure(why="connection refused: nothing listens there")


def test_an_unknown_host_is_told(sender: Sender) -> None:
    outcome = failed(sender.send(post("http://nowhere.invalid"), timeout_s=LONG_S))

    assert outcome == Failure(why="could not resolve the host name nowhere.invalid")


def test_what_is_no_address_is_told(sender: Sender) -> None:
    outcome = failed(sender.send(post("gopher://h"), timeout_s=LONG_S))

    assert outcome == Failure(why="not an http or https address", again=False)


def test_an_own_authority_is_trusted(serve: Serve, authority: Authority, trusting: Sender) -> None:
    httpd = serve(authority.trusted())

    assert answered(trusting.send(post(httpd.url), timeout_s=LONG_S)).body == b"OK"


def test_ssl_cert_file_is_honoured(serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.trusted())
    code = (
        "from cronwrap.deliver.http import Sender; from cronwrap.services.base import Http; "
        f"print(Sender().send(Http(method='POST', url='{httpd.url}/'), timeout_s=10))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"SSL_CERT_FILE": str(authority.ca_file)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "status=200" in done.stdout


def test_a_client_certificate_is_shown(serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.client_required())
    files = {"ca_file": str(authority.ca_file), "client_cert": str(authority.client_file)}

    with contextlib.closing(Sender(**files)) as sender:
        assert answered(sender.send(post(httpd.url), timeout_s=LONG_S)).body == b"OK"


def test_a_stranger_is_not_trusted_and_gets_nothing(serve: Serve, trusting: Sender) -> None:
    httpd = serve(tls.stranger())

    outcome = failed(trusting.send(post(httpd.url), timeout_s=LONG_S))

    assert outcome.why.startswith("TLS certificate not trusted: ")
    assert outcome.why.endswith("; set ca_file to its authority")
    assert not outcome.again
    assert httpd.received == []


def test_an_unknown_authority_is_not_trusted_by_the_system(serve: Serve, sender: Sender) -> None:
    httpd = serve(tls.stranger())

    assert not failed(sender.send(post(httpd.url), timeout_s=LONG_S)).again
    assert httpd.received == []


def test_an_expired_certificate_is_told(
    serve: Serve, authority: Authority, trusting: Sender
) -> None:
    httpd = serve(authority.expired())

    outcome = failed(trusting.send(post(httpd.url), timeout_s=LONG_S))

    assert outcome.why.startswith("the TLS certificate has expired")


def test_another_hosts_certificate_is_told(
    serve: Serve, authority: Authority, trusting: Sender
) -> None:
    httpd = serve(authority.wrong_name())

    outcome = failed(trusting.send(post(httpd.url), timeout_s=LONG_S))

    assert outcome.why == "the TLS certificate is for another host name; is the address right?"


def test_https_to_a_server_without_tls_is_told(httpd: Httpd, sender: Sender) -> None:
    url = httpd.url.replace("http:", "https:")

    outcome = failed(sender.send(post(url), timeout_s=LONG_S))

    assert outcome == Failure(why="no TLS is spoken there; is it http, not https?", again=False)


@pytest.mark.parametrize("setting", ["ca_file", "client_cert"])
def test_a_certificate_file_that_cannot_be_read_is_named(
    serve: Serve, authority: Authority, setting: str
) -> None:
    httpd = serve(authority.trusted())
    sender = Sender(**{setting: "/nonexistent.pem"})

    outcome = failed(sender.send(post(httpd.url), timeout_s=LONG_S))

    assert outcome.why == (f"{setting} /nonexistent.pem cannot be used: No such file or directory")
    assert not outcome.again


@pytest.mark.parametrize(
    "module", ["click", "rich", "pygments", "anyio", "trio", "certifi", "idna"]
)
def test_what_is_not_needed_is_not_imported(module: str) -> None:
    code = (
        "import sys, cronwrap.deliver.http as http; sender = http.Sender(); "
        "sender._usable_client(secure=False); "
        f"print({module!r} in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}
    )

    assert done.stdout == "False\n"


@pytest.mark.parametrize("module", ["anyio", "certifi", "idna"])
def test_what_was_kept_out_can_be_imported_later(module: str) -> None:
    code = f"import cronwrap.deliver.http, {module}; print({module}.__spec__.name)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}
    )

    assert done.stdout == f"{module}\n"


def test_a_host_name_that_is_not_ascii_is_understood(sender: Sender) -> None:
    outcome = failed(sender.send(post("http://bücher.invalid"), timeout_s=LONG_S))

    assert outcome.why.startswith("could not resolve the host name")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "bad scheme://x"])
def test_a_proxy_that_cannot_be_used_is_told(httpd: Httpd, proxy: str) -> None:
    code = (
        "from cronwrap.deliver.http import Sender; from cronwrap.services.base import Http; "
        f"print(Sender().send(Http(method='POST', url='{httpd.url}/'), timeout_s=10).why)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"ALL_PROXY": proxy},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names")


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("http://u:s3cret@127.0.0.1:1", "connection refused: nothing listens there"),
        ("http://u:s3cret@nowhere.invalid:1", "could not resolve the host name nowhere.invalid"),
    ],
)
def test_a_proxy_that_cannot_be_reached_is_named(proxy: str, why: str) -> None:
    code = (
        "from cronwrap.deliver.http import Sender; from cronwrap.services.base import Http; "
        "print(Sender().send(Http(method='POST', url='https://h.invalid/'), timeout_s=10).why)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"HTTPS_PROXY": proxy},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith(f"{why} (at the proxy ")
    assert "s3cret" not in done.stdout


def alive(name: str) -> bool:
    return any(thread.name == name for thread in threading.enumerate())
