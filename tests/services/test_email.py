"""Mail: what a real SMTP server and a sendmail are handed."""

from pathlib import Path

import pytest

from cronwrap import services
from cronwrap.deliver.senders import Senders
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, Mail, Verdict
from cronwrap.services.endpoint import Endpoint
from tests.support.authority import Authority
from tests.support.recorders import mailbox

RUN_ID = "0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11"
FAILED = Event(
    check="nächtlich",
    run_id=RUN_ID,
    phase=FAIL,
    reason="exit",
    started_unix_s=1_750_000_000.25,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.25,
    exit_status=3,
    host="h1.example.org",
    output="one\n.\n.two\nFrom é\n".encode() + b"x" * 2000 + b"\n",
    output_bytes=2020,
)


def endpoint_of(**settings: object) -> Endpoint:
    table = {"service": "email", "to": ["ops@example.org", "b@example.org"], **settings}
    return services.from_table("ops", table, origin="c.toml", environ={})


def mail(event: Event = FAILED, **settings: object) -> Mail:
    found: Mail
    (found,) = endpoint_of(**settings).render(event, {})
    return found


def test_a_server_gets_the_report() -> None:
    with mailbox() as server:
        endpoint = endpoint_of(server=f"127.0.0.1:{server.port}")
        (delivery,) = endpoint.render(FAILED, {})

        assert Senders(endpoint).send(delivery, timeout_s=20) == Verdict(kind=ACCEPTED)

        (envelope,), (message,) = server.envelopes, server.messages
    assert envelope.mail_from == "cronwrap@h1.example.org"
    assert envelope.rcpt_tos == ["ops@example.org", "b@example.org"]
    headers = {name: str(value) for name, value in message.items()}
    assert headers["Subject"] == ("nächtlich failed: exit status 3 after 12.2 s on h1.example.org")
    assert headers["From"] == "cronwrap <cronwrap@h1.example.org>"
    assert headers["To"] == "ops@example.org, b@example.org"
    assert headers["Date"] == "Sun, 15 Jun 2025 15:06:52 +0000"
    assert headers["Message-ID"] == f"<{RUN_ID}.fail@h1.example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == FAILED.report(100_000)


def test_a_server_behind_tls_gets_it_too(authority: Authority) -> None:
    with mailbox(ssl_context=authority.trusted()) as server:
        place = {"server": f"127.0.0.1:{server.port}", "security": "tls"}
        trusting = endpoint_of(**place, ca_file=str(authority.ca_file))
        (delivery,) = trusting.render(FAILED, {})

        assert Senders(trusting).send(delivery, timeout_s=20) == Verdict(kind=ACCEPTED)
        refused = Senders(endpoint_of(**place)).send(delivery, timeout_s=20)

        assert [message["To"] for message in server.messages] == ["ops@example.org, b@example.org"]
    assert isinstance(refused, Verdict)
    assert "TLS certificate not trusted: " in refused.why
    assert refused.why.endswith("; set ca_file to its authority")


def test_only_failures_are_told_unless_on_says_more() -> None:
    success = FAILED.replace(phase=SUCCESS, exit_status=0)

    assert endpoint_of().render(success, {}) == []
    assert len(endpoint_of(on=["success", "fail"]).render(success, {})) == 1


def test_a_mailto_url_goes_to_sendmail() -> None:
    endpoint = services.from_url("mailto:a@h,b@h?subject=x", where="t", environ={})

    (delivery,) = endpoint.render(FAILED, {})

    assert delivery.recipients == ("a@h", "b@h")
    assert (delivery.host, delivery.sendmail) == ("", "/usr/sbin/sendmail")
    assert endpoint.label.endswith("(a@h, b@h)")


def test_sendmail_gets_the_mail_with_line_feeds(tmp_path: Path) -> None:
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/argv\ncat > {tmp_path}/mail\n')
    sendmail.chmod(0o755)
    endpoint = endpoint_of(sendmail=str(sendmail))
    (delivery,) = endpoint.render(FAILED, {})

    assert Senders(endpoint).send(delivery, timeout_s=20) == Verdict(kind=ACCEPTED)

    assert (tmp_path / "argv").read_text() == "-i -t\n"
    text = (tmp_path / "mail").read_bytes()
    assert b"\r" not in text
    assert b"To: ops@example.org, b@example.org\n" in text


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: evil@h", "a\nBcc: evil@h", "a\u2028b", "\udce9\x00\x85"]
)
def test_nothing_can_add_a_header(text: str) -> None:
    event = FAILED.replace(
        check=text,
        host=text,
        run_id=text.encode("ascii", "ignore").decode(),
        detail=text,
        environment=text,
    )

    head = mail(event).message.partition(b"\r\n\r\n")[0]

    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert b"Bcc" not in names
    assert len(names) == len(set(names))
    assert head.isascii()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"server": "mail.h"}, ("mail.h", 587, "starttls")),
        ({"server": "mail.h:465"}, ("mail.h", 465, "tls")),
        ({"server": "mail.h", "security": "tls"}, ("mail.h", 465, "tls")),
        ({"server": "localhost"}, ("localhost", 25, "none")),
        ({"server": "[::1]:2525"}, ("::1", 2525, "none")),
    ],
)
def test_the_server_tells_the_usual_port_and_security(
    settings: dict[str, object], expected: tuple[str, int, str]
) -> None:
    delivery = mail(FAILED, **settings)

    assert (delivery.host, delivery.port, delivery.security) == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"to": []}, "to must be"),
        ({"to": "nobody"}, "to must be a mail address"),
        ({"to": "a@h\nBcc: b@h"}, "to must be a mail address"),
        ({"from": "x\ny@h"}, "from must be a mail address"),
        ({"server": "h:x"}, "server must be HOST or HOST:PORT"),
        ({"server": "h", "security": "tsl"}, "security must be one of starttls, tls, none"),
        ({"server": "h", "security": "none", "user": "u"}, "would send the password for all"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(CronwrapError) as error:
        mail(FAILED, **settings)

    assert error.value.message.startswith("c.toml: [endpoints.ops]: ")
    assert message in error.value.message
