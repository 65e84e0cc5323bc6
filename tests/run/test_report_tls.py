"""TLS is verified, redirects are not followed, and the proxies of the environment are used."""

import re
from pathlib import Path

import pytest

from tests.conftest import Serve
from tests.support import authority as tls
from tests.support.authority import Authority
from tests.support.command import Cronwrap, Done
from tests.support.events import CHECK, LATER, events, healthchecks
from tests.support.httpd import Httpd, answer, redirect

PROXIED = "http://monitor.example.org"


def config(httpd: Httpd, **more: Path) -> str:
    settings = "\n".join(f'{name} = "{path}"' for name, path in more.items())
    return f"""
        [endpoints.monitor]
        service = "webhook"
        url = "{httpd.url}/hook"
        {settings}
    """


def run(cronwrap: Cronwrap, text: str) -> Done:
    """Run a job, with so little time that what is tried again in vain does not take long."""
    done = cronwrap(
        *("-c", "x", "--report-budget", "2s", "-e", "monitor", "--", "sh", "-c", "exit 3"),
        config=text,
    )
    assert done.returncode == 3
    return done


def why(done: Done) -> str:
    """Return the reason in the one line on standard error."""
    begin = r"cronwrap: check x: the failure was not reported to monitor \(\S+\): "
    found = re.fullmatch(rf"{begin}(.*?)(?:{re.escape(LATER)})?\n", done.stderr)
    assert found, done.stderr
    return found[1]


def test_a_certificate_of_ones_own_authority_is_trusted(
    cronwrap: Cronwrap, serve: Serve, authority: Authority
) -> None:
    httpd = serve(authority.trusted())

    done = run(cronwrap, config(httpd, ca_file=authority.ca_file))

    assert done.stderr == ""
    assert [event["phase"] for event in events(httpd)] == ["start", "fail"]


def test_ssl_cert_file_is_honoured(cronwrap: Cronwrap, serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.trusted())
    cronwrap.environ["SSL_CERT_FILE"] = authority.ca_file

    assert run(cronwrap, config(httpd)).stderr == ""


def test_a_certificate_that_nobody_knows(cronwrap: Cronwrap, serve: Serve) -> None:
    httpd = serve(tls.stranger())

    said = why(run(cronwrap, config(httpd)))

    assert said.startswith("TLS certificate not trusted: ")
    assert said.endswith("; set ca_file to its authority")
    assert httpd.received == []


def test_an_expired_certificate(cronwrap: Cronwrap, serve: Serve, authority: Authority) -> None:
    httpd = serve(authority.expired())

    said = why(run(cronwrap, config(httpd, ca_file=authority.ca_file)))

    assert said == "the TLS certificate has expired; it must be renewed, or the clock here is wrong"
    assert httpd.received == []


def test_a_certificate_of_another_name(
    cronwrap: Cronwrap, serve: Serve, authority: Authority
) -> None:
    httpd = serve(authority.wrong_name())

    said = why(run(cronwrap, config(httpd, ca_file=authority.ca_file)))

    assert said == "the TLS certificate is for another host name; is the address right?"


def test_a_server_without_tls(cronwrap: Cronwrap, serve: Serve) -> None:
    httpd = serve()
    text = config(httpd).replace("http://", "https://")

    assert why(run(cronwrap, text)) == "no TLS is spoken there; is it http, not https?"


@pytest.mark.parametrize("gives", [True, False], ids=["one", "none"])
def test_a_server_that_wants_a_certificate_of_the_client(
    cronwrap: Cronwrap, serve: Serve, authority: Authority, *, gives: bool
) -> None:
    httpd = serve(authority.client_required())
    files = {"ca_file": authority.ca_file}
    files |= {"client_cert": authority.client_file} if gives else {}

    done = run(cronwrap, config(httpd, **files))

    if gives:
        assert done.stderr == ""
        assert [event["phase"] for event in events(httpd)] == ["start", "fail"]
    else:
        assert "TLS failed: " in why(done)
        assert httpd.received == []


def test_a_file_of_certificates_that_is_missing(
    cronwrap: Cronwrap, serve: Serve, tmp_path: Path
) -> None:
    missing = tmp_path / "ca.pem"

    said = why(run(cronwrap, config(serve(), ca_file=missing).replace("http://", "https://")))

    assert said == f"ca_file {missing} cannot be used: No such file or directory"


def test_a_redirect_is_not_followed(cronwrap: Cronwrap, serve: Serve) -> None:
    first, second = serve(), serve()
    first.always = redirect(f"{second.url}/elsewhere", 307)

    said = why(run(cronwrap, config(first)))

    assert said.endswith(f"give the address it leads to ({second.url}/…)")
    assert second.received == []


def test_the_proxy_of_the_environment_is_used(cronwrap: Cronwrap, serve: Serve) -> None:
    proxy = serve()
    cronwrap.environ["http_proxy"] = proxy.url

    done = cronwrap("-e", healthchecks(PROXIED), "--", "true")

    assert done.stderr == ""
    assert [request.target for request in proxy.received] == [
        f"{PROXIED}{CHECK}/{word}?rid={proxy.received[0].query['rid']}" for word in ("start", "0")
    ]


def test_a_proxy_for_https_is_asked_for_a_tunnel(cronwrap: Cronwrap, serve: Serve) -> None:
    proxy = serve()
    proxy.always = answer(407, b"who are you?")
    cronwrap.environ["HTTPS_PROXY"] = f"http://user:Pr0xyPassw0rd@127.0.0.1:{proxy.port}"
    secure = healthchecks(PROXIED.replace("http:", "https:"))

    done = cronwrap("--report-budget", "2s", "-e", secure, "--", "true")

    assert proxy.received[0].method == "CONNECT"
    assert proxy.received[0].target == "monitor.example.org:443"
    assert "the proxy did not let it through; see HTTP_PROXY, HTTPS_PROXY" in done.stderr
    assert "Pr0xyPassw0rd" not in done.stderr
    assert CHECK.strip("/") not in done.stderr


def test_what_no_proxy_names_is_asked_directly(cronwrap: Cronwrap, serve: Serve) -> None:
    proxy, httpd = serve(), serve()
    cronwrap.environ |= {"http_proxy": proxy.url, "no_proxy": "127.0.0.1"}

    cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert (len(proxy.received), len(httpd.received)) == (0, 2)
