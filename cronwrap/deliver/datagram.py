"""Send a datagram, over UDP or to a unix socket; whether it arrived, nobody says.

Where the machine itself knows that nobody listens, that is told. There is no second try, and
none is owed later: a counter that counts twice is worse than one that misses a run.
"""

import errno
import socket
from urllib.parse import unquote, urlsplit

from cronwrap.deliver import words
from cronwrap.deliver.attempt import Attempt, Failure, Outcome
from cronwrap.services.base import ACCEPTED, REJECTED, Datagram, Verdict

_WHY = {
    errno.ENOENT: "there is no such socket; does the daemon run?",
    errno.ECONNREFUSED: "nothing listens there; does the daemon run?",
    errno.EACCES: "this user may not send to it",
    errno.EPROTOTYPE: "it is not a socket for datagrams",
    errno.EMSGSIZE: "the datagram is too large for it",
}


def send(delivery: Datagram, attempt: Attempt) -> Outcome:
    """Send *delivery*."""
    try:
        with _connected(delivery.address, attempt) as connection:
            attempt.check()
            connection.send(delivery.payload)
            refused = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    except socket.gaierror:
        return Failure(why=words.unresolved(urlsplit(delivery.address).hostname or ""))
    except OSError as error:
        refused = error.errno or errno.EIO
        if isinstance(error, TimeoutError):
            return Failure(why=words.timed_out(attempt.timeout_s, "while sending"), again=False)
    if refused:
        why = _WHY.get(refused) or words.of_system(OSError(refused, ""))
        return Verdict(kind=REJECTED, why=f"{delivery.place}: {why}")
    return Verdict(kind=ACCEPTED)


def _connected(address: str, attempt: Attempt) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        family, place = socket.AF_UNIX, unquote(parts.path)
    else:
        attempt.stage = "while looking up the host name"
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_DGRAM)
        family, place = found[0][0], found[0][4]  # type: ignore[assignment]  # of the family
    connection = socket.socket(family, socket.SOCK_DGRAM)
    try:
        connection.settimeout(attempt.left_s)
        connection.connect(place)
    except BaseException:
        connection.close()
        raise
    return connection
