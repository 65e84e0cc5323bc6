"""The server that other tests rely on does what it says."""

import contextlib
import ssl
import threading
from collections.abc import Callable

import httpx
import pytest

from tests.support import authority as authorities
from tests.support import httpd as behaviours
from tests.support.authority import Authority
from tests.support.httpd import Behaviour, Httpd

SHORT_S = 0.2
UNVERIFIED = ssl._create_unverified_context()  # noqa: S323, SLF001 - these tests are not about TLS

Serve = Callable[..., Httpd]


def get(url: str, verify: ssl.SSLContext = UNVERIFIED, **short: float) -> httpx.Response:
    """Ask with a generous time-out, but for those in *short*: a busy machine must not fail."""
    timeout = httpx.Timeout(
        **{**dict.fromkeys(("connect", "read", "write", "pool"), 20.0), **short}
    )
    return httpx.get(url, timeout=timeout, verify=verify, trust_env=False)


def test_a_request_is_remembered_as_it_came(httpd: Httpd) -> None:
    httpx.post(f"{httpd.url}/a%20b?rid=1&x=%C3%A9&x=2", content=b"\xff\0", headers={"X-Y": "z"})

    request = httpd.received[0]
    assert (request.method, request.path, request.body) == ("POST", "/a%20b", b"\xff\0")
    assert request.target == "/a%20b?rid=1&x=%C3%A9&x=2"
    assert dict(request.query) == {"rid": "1", "x": "2"}
    assert request.headers["x-y"] == "z"


def test_a_chunked_body_is_read(httpd: Httpd) -> None:
    httpx.post(httpd.url, content=iter([b"one", b"two"]))

    assert httpd.bodies == [b"onetwo"]


def test_answers_are_given_in_order_and_then_always_the_same(httpd: Httpd) -> None:
    httpd.answers = [503, behaviours.answer(200, b"OK (not found)"), behaviours.rate_limited(7)]
    httpd.at["/gone"] = 404

    with httpx.Client() as client:  # one connection
        answers = [client.get(f"{httpd.url}{path}") for path in ("/", "/gone", "/", "/", "/")]

    assert [answer.status_code for answer in answers] == [503, 404, 200, 429, 200]
    assert answers[2].text == "OK (not found)"
    assert answers[3].headers["retry-after"] == "7"
    assert answers[4].text == "OK"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_leaves_the_connection_usable(httpd: Httpd, status: int) -> None:
    httpd.answers = [status]

    with httpx.Client() as client:
        assert [client.get(httpd.url).status_code for _ in range(2)] == [status, 200]


def test_a_redirect_names_its_place(httpd: Httpd) -> None:
    httpd.always = behaviours.redirect("/there")

    assert get(httpd.url).headers["location"] == "/there"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (behaviours.silent(), httpx.ReadTimeout),
        (behaviours.stalled(), httpx.ReadTimeout),
        (behaviours.cut(), httpx.RemoteProtocolError),
        (behaviours.cut(b""), httpx.RemoteProtocolError),
        (behaviours.raw(b"SSH-2.0-OpenSSH_9\r\n"), httpx.RemoteProtocolError),
        # OpenSSL shows a reset as an end of file.
        (behaviours.reset(), (httpx.ReadError, httpx.RemoteProtocolError)),
        (behaviours.after(60), httpx.ReadTimeout),
    ],
)
def test_a_misbehaving_server_is_seen_as_such(
    serve: Serve,
    authority: Authority,
    behaviour: Behaviour,
    error: type[httpx.HTTPError] | tuple[type[httpx.HTTPError], ...],
    scheme: str,
) -> None:
    httpd = serve(authority.trusted() if scheme == "https" else None)
    httpd.always = behaviour

    with pytest.raises(error):
        get(httpd.url, read=SHORT_S)


@pytest.mark.parametrize("behaviour", [behaviours.drip_headers(), behaviours.drip_body()])
def test_a_drip_is_never_silent_for_long_and_never_ends(httpd: Httpd, behaviour: Behaviour) -> None:
    httpd.always = behaviour
    ended = threading.Event()

    def read() -> None:
        with contextlib.suppress(httpx.RemoteProtocolError):  # when the server is closed
            httpx.get(httpd.url, timeout=10)
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()

    assert not ended.wait(4 * SHORT_S)
    httpd.close()
    reader.join()


def test_a_port_that_refuses(refusing_url: str) -> None:
    with pytest.raises(httpx.ConnectError):
        get(refusing_url)


def test_a_port_that_never_connects(full_url: str) -> None:
    with pytest.raises(httpx.ConnectTimeout):
        get(full_url, connect=SHORT_S)


def test_a_port_that_connects_and_is_deaf(deaf_url: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        get(deaf_url, read=SHORT_S)
    with pytest.raises(httpx.ConnectTimeout):  # in the handshake
        get(deaf_url.replace("http:", "https:"), connect=SHORT_S)


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.ca_file))


def test_a_tls_server_is_verified(serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.trusted())

    assert get(httpd.url, trusting(authority)).status_code == 200


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Authority.expired, "expired"),
        (Authority.wrong_name, "IP address mismatch"),
        (lambda _: authorities.stranger(), "unable to get local issuer"),
    ],
    ids=["expired", "wrong name", "stranger"],
)
def test_a_wrong_certificate_is_refused(
    serve: Serve,
    authority: Authority,
    make: Callable[[Authority], ssl.SSLContext],
    words: str,
) -> None:
    httpd = serve(make(authority))

    with pytest.raises(httpx.ConnectError, match=words):
        get(httpd.url, trusting(authority))


def test_a_server_may_want_a_client_certificate(serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.client_required())
    known = trusting(authority)
    known.load_cert_chain(authority.client_file)

    assert get(httpd.url, known).status_code == 200
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        get(httpd.url, trusting(authority))


def test_closing_ends_every_connection_and_thread(httpd: Httpd) -> None:
    httpd.always = behaviours.silent()
    threads = threading.active_count()
    callers = [threading.Thread(target=quietly_get, args=(httpd.url,)) for _ in range(5)]
    for caller in callers:
        caller.start()
    httpd.wait_for(5)

    httpd.close()
    for caller in callers:
        caller.join()

    assert threading.active_count() == threads - 1


def quietly_get(url: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(url, timeout=30)
