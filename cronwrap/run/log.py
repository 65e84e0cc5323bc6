"""The whole output of a run in a file of its own (``--log-dir``), compressed when the run is over.

    DIR/CHECK/20261121T020000.123Z-ID.log      while the run goes on: as the job wrote it
    DIR/CHECK/20261121T020000.123Z-ID.log.gz   afterwards, without secrets

Compressing is done by a child that nobody waits for, and if that is killed, by the next run of
the check.  A file is locked as long as somebody is at it (flock(2), which children share).
"""

import fcntl
import os
import time

from cronwrap.state import is_left, safe_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

SUFFIX, PACKED, PART = ".log", ".log.gz", ".part"
PIECE_BYTES = 1 << 20
GZIP = 31  # zlib's word for its format


class Log:
    """The file of one run.

    Attributes:
        fd: of the file; -1 where none could be made.
        path: of the file; "" where none could be made.
        problem: why the log is not whole, or "".
    """

    __slots__ = ("_directory", "_left_bytes", "fd", "path", "problem")

    def __init__(
        self, directory: str, check: str, run_id: str, started_unix_s: float, limit_bytes: int
    ) -> None:
        self.fd, self.path, self.problem = -1, "", ""
        self._left_bytes = limit_bytes
        self._directory = os.path.join(os.path.abspath(directory), safe_name(check))
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(started_unix_s))
        name = f"{stamp}.{int(started_unix_s * 1000) % 1000:03}Z-{run_id}{SUFFIX}"
        path = os.path.join(self._directory, name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            os.makedirs(self._directory, 0o700, exist_ok=True)
            self.fd = os.open(path, flags, 0o600)
            fcntl.flock(self.fd, fcntl.LOCK_EX)
            self.path = path
        except OSError as error:
            self._fail(error)

    def add(self, data: memoryview) -> None:
        """Keep *data*, as far as the limit and the disk allow."""
        if self.fd < 0 or self.problem:
            return
        try:
            kept = data[: self._left_bytes]
            self._left_bytes -= len(kept)
            while kept:
                kept = kept[os.write(self.fd, kept) :]
        except OSError as error:
            self._fail(error)
            return
        if not self._left_bytes:
            self.problem = f"the log in {self._directory} ends at its limit; see --log-limit"

    def _fail(self, error: OSError) -> None:
        self.problem = f"the log in {self._directory} is not written: {error.strerror}"

    def pack(self, redact: "Callable[[bytes], bytes]", limits: "Mapping[str, Any]") -> None:
        """Compress all logs of the check that are over, and forget those over the limits; in a child.

        Args:
            redact: takes the secrets of the job out.
            limits: ``[history]`` of the configuration.
        """
        with os.scandir(self._directory) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            path = os.path.join(self._directory, name)
            if name.endswith(SUFFIX) and (path == self.path or is_left(path)):
                _pack(path, redact)
            elif name.endswith(PART) and is_left(path):
                os.unlink(path)
        _prune(self._directory, limits)


def _pack(path: str, redact: "Callable[[bytes], bytes]") -> None:
    """Replace a log by its compressed form, which is there as a whole or not at all."""
    import zlib

    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    packed = path.removesuffix(SUFFIX) + PACKED
    draft = f"{packed}.{os.getpid()}{PART}"
    compressor = zlib.compressobj(wbits=GZIP)
    with open(path, "rb") as source, open(os.open(draft, flags, 0o600), "wb") as target:
        fcntl.flock(target, fcntl.LOCK_EX)
        rest = b""
        while piece := source.read(PIECE_BYTES):
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            if not newline and len(rest) > PIECE_BYTES:  # a line without an end
                whole, rest = rest, b""
            target.write(compressor.compress(redact(whole + newline)))
        target.write(compressor.compress(redact(rest)) + compressor.flush())
        times = (os.fstat(source.fileno()).st_mtime,) * 2
        target.flush()
        os.utime(target.fileno(), times)
        os.rename(draft, packed)
    os.unlink(path)


def _prune(directory: str, limits: "Mapping[str, Any]") -> None:
    """Forget the oldest logs of a check, until the rest is within the limits."""
    from cronwrap.store.limits import read

    bounds, _ = read(limits, "")
    with os.scandir(directory) as entries:
        kept = [entry for entry in entries if entry.name.endswith(PACKED)]
    kept.sort(key=lambda entry: entry.name, reverse=True)
    oldest_unix_s = time.time() - bounds.log_days * 86_400
    total_bytes = 0
    for number, entry in enumerate(kept):
        found = entry.stat(follow_symlinks=False)
        total_bytes += found.st_size
        over = number >= bounds.log_runs or total_bytes > bounds.log_size
        if over or found.st_mtime < oldest_unix_s:
            os.unlink(entry.path)
