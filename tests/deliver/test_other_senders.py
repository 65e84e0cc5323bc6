"""Datagrams, files, programs and mails: what arrives, and every way in which that can fail."""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from cronwrap import services
from cronwrap.deliver.attempt import Failure
from cronwrap.deliver.senders import Senders
from cronwrap.services.base import (
    ACCEPTED,
    REJECTED,
    Answer,
    Command,
    Datagram,
    Delivery,
    File,
    Mail,
    Verdict,
)
from tests.support.authority import Authority, stranger
from tests.support.ports import free_port
from tests.support.recorders import Mailbox, datagrams, mailbox
from tests.support.waiting import content, eventually, is_alive, pids_in

SECRET = "s3cr3t-of-no-one"  # noqa: S105 -- of no one
TAKEN = Verdict(kind=ACCEPTED)
LONG_S = 20.0
SHORT_S = 0.3


def send(delivery: Delivery, timeout_s: float = LONG_S, ca_file: str = "") -> Verdict | Failure:
    table = {"url": "https://h/x", "ca_file": ca_file}
    endpoint = services.from_table("ops", table, origin="c", environ={})
    outcome = Senders(endpoint).send(delivery, timeout_s=timeout_s)
    assert not isinstance(outcome, Answer)
    assert SECRET not in outcome.why
    return outcome


def failed(outcome: Verdict | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome


def rejected(outcome: Verdict | Failure) -> str:
    assert isinstance(outcome, Verdict)
    assert outcome.kind == REJECTED
    return outcome.why


def test_a_datagram_arrives_by_udp_and_by_unix_socket(tmp_path: Path) -> None:
    for path in (None, tmp_path / "s"):
        with datagrams(path) as taker:
            assert send(Datagram(taker.url, b"\xff\n")) == TAKEN
            assert taker.next() == b"\xff\n"


def test_where_nobody_listens_that_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.bind(str(tmp_path / "stream"))
        stream.listen()

        udp = rejected(send(Datagram(f"udp://127.0.0.1:{free_port()}", b"x")))
        missing = rejected(send(Datagram(f"unix://{tmp_path}/none", b"x")))
        wrong = rejected(send(Datagram(f"unix://{tmp_path}/stream", b"x")))

    assert udp.endswith("nothing listens there; does the daemon run?")
    assert missing == f"unix://{tmp_path}/none: there is no such socket; does the daemon run?"
    assert wrong.endswith("it is not a socket for datagrams")


def test_a_datagram_that_is_too_large_is_told() -> None:
    with datagrams() as taker:
        assert "too large" in rejected(send(Datagram(taker.url, b"x" * 70_000)))


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.prom"
    path.write_text("old")

    assert send(File(str(path), b"new", mode=0o644)) == TAKEN

    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o644)
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "precious", tmp_path / "a.prom"
    target.write_text("precious")
    link.symlink_to(target)

    assert send(File(str(link), b"new", merge=lambda older, newer: older + newer)) == TAKEN

    assert target.read_text() == "precious"
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.prom")

    outcome = send(File(str(tmp_path / "a.prom"), b"new", merge=lambda older, newer: newer))

    assert outcome == TAKEN
    assert (tmp_path / "a.prom").read_bytes() == b"new"


def test_what_stands_in_the_way_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "f").touch()

    missing = failed(send(File(str(tmp_path / "none" / "a"), b"x")))
    taken = failed(send(File(str(tmp_path / "d"), b"x")))
    file = failed(send(File(str(tmp_path / "f" / "a"), b"x")))

    assert missing == Failure(
        f"{tmp_path}/none: there is no such directory; create it", again=False
    )
    assert taken.why == f"{tmp_path}: a directory has the name of the file"
    assert file.why == f"{tmp_path}/f: that is not a directory"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "f"]


def shell(script: str, stdin: bytes = b"", **variables: str) -> Command:
    return Command(("/bin/sh", "-c", script), stdin, tuple(variables.items()))


def test_a_program_gets_its_input_and_its_variables(tmp_path: Path) -> None:
    stdin = b"\xff" * 300_000

    outcome = send(shell(f'cat > {tmp_path}/in; echo "$KEY" > {tmp_path}/key', stdin, KEY=SECRET))

    assert outcome == TAKEN
    assert (tmp_path / "in").read_bytes() == stdin
    assert (tmp_path / "key").read_text() == f"{SECRET}\n"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo one >&2; echo two >&2; exit 3", "sh failed: exit status 3 (two)"),
        ("echo out; exit 75", "sh failed: exit status 75 (out)"),
        ("printf 'a\\033[31mb' >&2; exit 1", "sh failed: exit status 1 (a [31mb)"),
        ("kill -9 $$", "sh failed: killed by signal 9"),
        ("exit 255", "sh failed: exit status 255"),
    ],
)
def test_a_program_that_fails_is_told_with_its_last_line(script: str, why: str) -> None:
    assert failed(send(shell(script))) == Failure(why=why)


def test_a_program_that_reads_nothing_or_prints_much_is_no_trouble() -> None:
    stdin = b"x" * 1_000_000

    assert send(shell("exit 0", stdin)) == TAKEN
    assert send(shell("head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2")) == TAKEN


def test_what_cannot_be_started_is_told_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")

    missing = failed(send(Command((f"{tmp_path}/none",), b"")))
    data = failed(send(Command((f"{tmp_path}/data",), b"")))

    assert missing == Failure(
        f"{tmp_path}/none: there is no such program; give its full path", again=False
    )
    assert data == Failure(f"{tmp_path}/data: this user may not execute it", again=False)


def test_a_program_is_killed_with_its_children_when_its_time_is_up(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    outcome = send(shell(f"sleep 600 & echo $! $$ > {pids}; wait"), timeout_s=SHORT_S)

    assert failed(outcome).why == "no answer within 0.3 s (sh was killed)"
    for pid in map(int, content(pids).split()) if pids.exists() else ():
        eventually(lambda pid=pid: not is_alive(pid))  # type: ignore[misc]  # bound at once


def test_what_a_program_leaves_behind_is_neither_waited_for_nor_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    assert send(shell(f"sleep 600 & echo $! > {pids}")) == TAKEN

    (pid,) = pids_in(pids)
    assert is_alive(pid)
    os.kill(pid, 9)


def test_a_program_has_no_signal_set_aside() -> None:
    script = "grep -Eq '^SigBlk:.0+$' /proc/self/status && kill -PIPE $$"

    assert failed(send(shell(script))).why == "sh failed: killed by signal 13"


def mail_to(server: Mailbox, **changes: Any) -> Mail:
    mail = Mail(b"Subject: x\r\n\r\nhello\r\n", "a@h", ("b@h",), "localhost", server.port)
    return mail._replace(**changes)


@pytest.fixture
def ca_file(authority: Authority) -> str:
    return str(authority.ca_file)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as one:
        yield one


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 no", REJECTED), ("554 spam", REJECTED), ("451 later", ""), ("250 OK", ACCEPTED)],
)
def test_what_a_mail_server_says_of_a_mail_is_heeded(
    server: Mailbox, answer: str, kind: str
) -> None:
    server.answer = answer

    outcome = send(mail_to(server))

    assert (outcome.kind if isinstance(outcome, Verdict) else "") == kind
    assert kind == ACCEPTED or answer in outcome.why


class Choosy:
    """Refuses one recipient."""

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address == "gone@h":
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def test_a_recipient_that_is_refused_is_told_also_when_others_are_not(server: Mailbox) -> None:
    server.handle_RCPT = Choosy().handle_RCPT  # type: ignore[attr-defined]

    some = rejected(send(mail_to(server, recipients=("b@h", "gone@h"))))

    assert "refused the recipient gone@h (550 no such user)" in some
    assert len(server.messages) == 1


def authenticate(_server: Any, _session: Any, _envelope: Any, _how: str, login: Any) -> AuthResult:
    good = login == LoginPassword(b"u", SECRET.encode())
    return AuthResult(success=good, handled=False)


def test_a_login_over_starttls(authority: Authority, ca_file: str) -> None:
    context = authority.trusted()
    with mailbox(tls_context=context, authenticator=authenticate, auth_required=True) as server:
        mail = mail_to(server, security="starttls", user="u", password=SECRET)

        assert send(mail, ca_file=ca_file) == TAKEN
        refused = rejected(send(mail._replace(user="v"), ca_file=ca_file))
        untrusted = rejected(send(mail))

    assert "refused the login; look at user and password (535" in refused
    assert "TLS certificate not trusted" in untrusted


def test_a_login_over_tls_from_the_first_byte(authority: Authority, ca_file: str) -> None:
    # aiosmtpd takes STARTTLS alone for TLS.
    tls = {"ssl_context": authority.trusted(), "auth_require_tls": False}
    with mailbox(authenticator=authenticate, **tls) as server:
        mail = mail_to(server, security="tls", user="u", password=SECRET)

        assert send(mail, ca_file=ca_file) == TAKEN
        assert len(server.messages) == 1
        refused = rejected(send(mail._replace(user="v"), ca_file=ca_file))

    assert "refused the login; look at user and password (535" in refused


@pytest.mark.parametrize(
    ("context", "said"),
    [
        (lambda authority: stranger(), "TLS certificate not trusted: "),
        (Authority.wrong_name, "the TLS certificate is for another host name"),
        (Authority.expired, "the TLS certificate has expired"),
    ],
    ids=["unknown", "wrong name", "expired"],
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_cannot_be_trusted_is_given_nothing(
    authority: Authority,
    ca_file: str,
    security: str,
    context: Callable[[Authority], ssl.SSLContext],
    said: str,
) -> None:
    logins = []

    def note(*_: Any) -> AuthResult:
        logins.append(security)
        return AuthResult(success=True)

    kind = "ssl_context" if security == "tls" else "tls_context"
    options = {kind: context(authority), "auth_require_tls": security == "starttls"}
    with mailbox(authenticator=note, **options) as server:
        mail = mail_to(server, security=security, user="u", password=SECRET)

        why = rejected(send(mail, ca_file=ca_file))

        assert (server.envelopes, logins) == ([], [])
    assert why.startswith(f"localhost:{server.port}: {said}")


def test_a_server_that_speaks_no_tls_where_it_should_is_told(server: Mailbox) -> None:
    why = rejected(send(mail_to(server, security="tls", user="u", password=SECRET)))

    place = f"localhost:{server.port}"
    assert why == f'{place}: no TLS is spoken there; should "security" be starttls?'
    assert server.envelopes == []


def test_a_server_without_starttls_is_given_nothing(server: Mailbox) -> None:
    outcome = rejected(send(mail_to(server, security="starttls", user="u", password=SECRET)))

    assert 'offers no STARTTLS; look at "security"' in outcome
    assert server.envelopes == []


def test_a_mail_server_that_is_silent_or_away_is_told(deaf_url: str) -> None:
    mail = Mail(b"\r\n", "a@h", ("b@h",), "127.0.0.1")
    port = int(deaf_url.rpartition(":")[2])

    silent = failed(send(mail._replace(port=port), timeout_s=SHORT_S))
    away = failed(send(mail._replace(port=free_port())))

    assert silent.why == "no answer within 0.3 s (while connecting)"
    assert away.why.endswith("connection refused: nothing listens there")


def test_a_sendmail_that_is_missing_is_told() -> None:
    mail = Mail(b"\r\n", "a@h", ("b@h",), sendmail="/no/sendmail")

    assert failed(send(mail)).why.startswith("/no/sendmail: there is no such program")
