"""Output that is held back until it is known whether the run failed (``--output on-failure``).

The first MiB stays in memory, the rest goes to a file without a name, so that nothing of it is
left behind however we end.  A record is the stream's number, the length and the bytes.

When the disk is full nothing may be lost: all that was held is passed on at once, and so is what
follows, as if nothing had been asked to be held.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY_BYTES = 1024 * 1024
HEADER_BYTES = 5


class Hold:
    """What a job wrote, kept in order.

    Attributes:
        problem: why the output could not be held back, or "".
    """

    __slots__ = ("_directories", "_file", "_memory", "problem")

    def __init__(self, directories: "list[str]") -> None:
        """Hold output in memory, then in a file in the first of *directories* that takes one."""
        self._directories = directories
        self._memory = bytearray()
        self._file = -1
        self.problem = ""

    def add(self, stream: int, data: memoryview) -> None:
        """Keep *data*, which *stream* wrote next."""
        if self.problem:
            write_all(stream, data)
            return
        self._memory += bytes((stream,)) + len(data).to_bytes(HEADER_BYTES - 1, "big")
        self._memory += data
        if len(self._memory) > MEMORY_BYTES:
            self._spill()

    def _spill(self) -> None:
        try:
            if self._file < 0:
                self._file = _nameless_file(self._directories)
            with memoryview(self._memory) as view:
                _write_fully(self._file, view)
        except OSError as error:
            self.problem = f"the output could not be held back: {error.strerror}"
            self.release()
            return
        self._memory.clear()

    def release(self) -> None:
        """Pass on all that is held, each stream where it belongs, in order."""
        for stream, data in self.records():
            write_all(stream, memoryview(data))
        self._memory.clear()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def records(self) -> "Iterator[tuple[int, bytes]]":
        """Yield stream and bytes; the memory holds what comes after the file, in whole records."""
        if self._file >= 0:
            offset = 0
            while len(header := os.pread(self._file, HEADER_BYTES, offset)) == HEADER_BYTES:
                data = os.pread(
                    self._file, int.from_bytes(header[1:], "big"), offset + HEADER_BYTES
                )
                yield header[0], data
                offset += HEADER_BYTES + len(data)
        offset = 0
        while offset < len(self._memory):
            start = offset + HEADER_BYTES
            end = start + int.from_bytes(self._memory[offset + 1 : start], "big")
            yield self._memory[offset], bytes(self._memory[start:end])
            offset = end


def _write_fully(fd: int, view: memoryview) -> None:
    """Write all of *view*, or nothing: what was written of it is taken back on an error."""
    before = os.lseek(fd, 0, os.SEEK_CUR)
    written = 0
    try:
        while written < len(view):
            written += os.write(fd, view[written:])
    except OSError:
        os.ftruncate(fd, before)
        raise


def _nameless_file(directories: "list[str]") -> int:
    error: OSError | None = None
    for directory in directories:
        try:
            return _open_nameless(directory)
        except OSError as reason:
            error = reason
    raise error or FileNotFoundError(2, "no directory for it")


def _open_nameless(directory: str) -> int:
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            pass  # an old kernel or file system: the way of all others serves
    path = os.path.join(directory, f"cronwrap-{os.getpid()}-{os.urandom(8).hex()}")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.unlink(path)
    return fd


def write_all(fd: int, data: memoryview) -> None:
    """Write *data* to *fd*; where it does not take it, the copy is lost and nothing else."""
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        return
