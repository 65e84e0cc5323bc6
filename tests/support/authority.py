"""A throw-away certificate authority, and servers' TLS contexts that are right and wrong."""

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme

NAMES = ("127.0.0.1", "localhost", "::1")
YEAR = timedelta(days=365)


class Authority:
    """Signs certificates for a test run.

    Attributes:
        ca_file: PEM, for a client that is to trust it (``SSL_CERT_FILE``).
        client_file: PEM, key and certificate of a client.
    """

    def __init__(self, directory: Path) -> None:
        self._ca = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self.client_file = directory / "client.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))
        client = self._ca.issue_cert("client@example.org")
        client.private_key_and_cert_chain_pem.write_to_path(str(self.client_file))

    def trusted(self) -> ssl.SSLContext:
        """A server that is what it says."""
        return _server(self._ca.issue_cert(*NAMES))

    def expired(self) -> ssl.SSLContext:
        now = datetime.now(timezone.utc)
        return _server(self._ca.issue_cert(*NAMES, not_before=now - 2 * YEAR, not_after=now - YEAR))

    def wrong_name(self) -> ssl.SSLContext:
        return _server(self._ca.issue_cert("elsewhere.example.org"))

    def client_required(self) -> ssl.SSLContext:
        """A server that wants a certificate of the client."""
        context = self.trusted()
        context.verify_mode = ssl.CERT_REQUIRED
        self._ca.configure_trust(context)
        return context


def stranger() -> ssl.SSLContext:
    """A server whose certificate is signed by an authority that nobody knows."""
    return _server(trustme.CA().issue_cert(*NAMES))


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
