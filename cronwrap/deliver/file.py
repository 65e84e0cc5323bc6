"""Put a file in the place of an older one: whole or not at all, and never through a link.

A draft beside it is renamed over it. What stands there may be a link, which is then replaced
and not followed, or a pipe, which is not waited for.
"""

import errno
import os
import stat
from contextlib import suppress

from cronwrap.deliver import words
from cronwrap.deliver.attempt import Attempt, Failure, Outcome
from cronwrap.services.base import ACCEPTED, File, Verdict

_OLD_BYTES = 1_000_000  # of an older file; what is larger is none of ours
_WHY = {
    errno.ENOENT: "there is no such directory; create it",
    errno.ENOTDIR: "that is not a directory",
    errno.EACCES: "this user may not write there; give it the right to",
    errno.EPERM: "this user may not write there; give it the right to",
    errno.EISDIR: "a directory has the name of the file",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENAMETOOLONG: "the name is too long",
}
_MAY_PASS = {errno.ENOSPC, errno.EDQUOT}


def send(delivery: File, attempt: Attempt) -> Outcome:
    """Write *delivery*."""
    directory, name = os.path.split(delivery.path)
    attempt.stage = f"while writing to {directory}"
    # Hidden, and of another ending: whoever reads the directory must not take it for the file.
    draft = os.path.join(directory, f".{name[:200]}.{os.getpid()}.{os.urandom(4).hex()}")  # noqa: PTH118 -- names may be any bytes
    try:
        content = delivery.content
        if delivery.merge is not None:
            content = delivery.merge(_older(delivery.path), content)
        _write(draft, content, delivery.mode)
        attempt.check()
        os.replace(draft, delivery.path)  # noqa: PTH105
    except OSError as error:
        why = _WHY.get(error.errno or 0) or words.of_system(error)
        return Failure(why=f"{directory}: {why}", again=error.errno in _MAY_PASS)
    finally:
        with suppress(OSError):
            os.unlink(draft)  # noqa: PTH108 -- gone, when all went well
    return Verdict(kind=ACCEPTED)


def _write(path: str, content: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)


def _older(path: str) -> bytes:
    """Return what stands there now; nothing where it is no file of a sensible size."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return b""
        content = file.read(_OLD_BYTES + 1)
    return content if len(content) <= _OLD_BYTES else b""
