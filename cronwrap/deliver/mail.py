"""Hand a mail to an SMTP server, or to sendmail.

smtplib's time-outs are per operation and it looks names up outside of them; the attempt's own
time holds for all of it, and its connection is shut when that is up.
"""

import os
import re
import smtplib
import socket
import ssl
from contextlib import suppress

from cronwrap.deliver import command, tls, words
from cronwrap.deliver.attempt import Attempt, Failure, Outcome, TrustError
from cronwrap.services.base import ACCEPTED, REJECTED, Mail, Verdict

_SAID_CHARACTERS = 100
_PERMANENT = 500


def send(delivery: Mail, attempt: Attempt) -> Outcome:
    """Send *delivery*."""
    if not delivery.host:
        message = delivery.message.replace(b"\r\n", b"\n")
        argv = (delivery.sendmail, "-i", "-t")
        return command.outcome_of(argv, message, os.environ, attempt)
    try:
        return _by_smtp(delivery, attempt)
    except TrustError as error:
        return Failure(why=str(error), again=False)
    except socket.gaierror:
        return Failure(why=words.unresolved(delivery.host))
    except (ssl.SSLError, OSError) as error:
        return _of_error(error, delivery, attempt)


def _of_error(error: OSError, delivery: Mail, attempt: Attempt) -> Outcome:
    """Return what went wrong; smtplib's errors are OSErrors too."""
    server = f"{delivery.host}:{delivery.port}"
    if isinstance(error, smtplib.SMTPException):
        return _of_server(error, server)
    if isinstance(error, ssl.SSLError):
        why = words.of_tls(error, plain='should "security" be starttls?')
        return Verdict(kind=REJECTED, why=f"{server}: {why}")
    if isinstance(error, TimeoutError):
        return Failure(why=f"{server}: {words.timed_out(attempt.timeout_s, attempt.stage)}")
    return Failure(why=f"{server}: {words.of_system(error)}")


def _of_server(error: smtplib.SMTPException, server: str) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _recipients_refused(server, error.recipients)
    if isinstance(error, smtplib.SMTPResponseException):
        login = isinstance(error, smtplib.SMTPAuthenticationError)
        what = "the login; look at user and password" if login else "the mail"
        return _refused(f"{server} refused {what}", error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        wanted = "login" if "AUTH" in str(error) else "STARTTLS"
        return Verdict(kind=REJECTED, why=f'{server} offers no {wanted}; look at "security"')
    return Failure(why=f"{server} closed the connection")


def _by_smtp(delivery: Mail, attempt: Attempt) -> Outcome:
    attempt.stage = words.CONNECTING
    smtp = _Smtp(delivery, attempt)
    try:
        smtp.connect(delivery.host, delivery.port)
        if delivery.security == "starttls":
            attempt.stage = words.SHAKING_HANDS
            smtp.starttls(context=tls.context(*attempt.trust))
        if delivery.user:
            attempt.stage = "while logging in"
            smtp.login(delivery.user, delivery.password)
        attempt.stage = "while handing over the mail"
        attempt.check()
        refused = smtp.sendmail(delivery.sender, list(delivery.recipients), delivery.message)
        with suppress(OSError):  # it has the mail
            smtp.quit()
    finally:
        smtp.close()
        smtp.forget()
    return _recipients_refused("the server", refused) if refused else Verdict(kind=ACCEPTED)


class _Smtp(smtplib.SMTP):
    """A connection that an attempt can shut from another thread."""

    def __init__(self, delivery: Mail, attempt: Attempt) -> None:
        self._delivery = delivery
        self._attempt = attempt
        self._duplicate: socket.socket | None = None
        # Without a name of its own smtplib asks the name server for ours.
        name = re.sub(r"[^A-Za-z0-9.-]", "", socket.gethostname()) or "localhost"
        # The attempt's own end comes first: smtplib takes a time-out for a closed connection.
        super().__init__(local_hostname=name, timeout=attempt.left_s + 1)
        self._host = delivery.host  # whose certificate STARTTLS wants

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._duplicate = duplicate = connection.dup()  # TLS takes the descriptor away

        def shut() -> None:
            with suppress(OSError):
                duplicate.shutdown(socket.SHUT_RDWR)

        try:
            self._attempt.on_leave(shut)
            if self._delivery.security != "tls":
                return connection
            self._attempt.stage = words.SHAKING_HANDS
            context = tls.context(*self._attempt.trust)
            return context.wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise

    def forget(self) -> None:
        """Give up what ``shut`` needs: it is all over."""
        if self._duplicate is not None:
            self._duplicate.close()


def _refused(what: str, status: int, said: bytes | str) -> Outcome:
    why = f"{what} ({status}{_line(said)})"
    return Verdict(kind=REJECTED, why=why) if status >= _PERMANENT else Failure(why=why)


def _recipients_refused(server: str, refused: dict[str, tuple[int, bytes]]) -> Outcome:
    status, said = max(refused.values(), key=lambda pair: pair[0])
    return _refused(f"{server} refused the recipient {', '.join(refused)}", status, said)


def _line(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    line = " ".join(text.split())
    return f" {line[:_SAID_CHARACTERS]}" if line and line.isprintable() else ""
