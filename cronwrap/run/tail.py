"""The end of what a job wrote: a ring for each stream, and the order between the streams.

Each stream keeps its own last bytes, so that a chatty standard output cannot push out the one
line on standard error that says why.  Memory is bounded: a stream is cut back to the limit when
it has grown to twice of it, and the pieces are few, however the job alternates.
"""

MAX_PIECES = 4096
NEAR_BYTES = 400  # so far from a cut, the beginning of a line is near


class Tail:
    """A bounded memory of the output, in pieces: a stream's number and what it wrote in a row.

    Attributes:
        total_bytes: how much has been written in all, kept or not.
    """

    __slots__ = ("_kept_bytes", "_limit_bytes", "_pieces", "_written_bytes", "total_bytes")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pieces: list[tuple[int, bytearray]] = []
        self._kept_bytes: dict[int, int] = {}
        self._written_bytes: dict[int, int] = {}
        self.total_bytes = 0

    def add(self, stream: int, data: "memoryview | bytes") -> None:
        """Remember the end of *data*, which *stream* wrote next."""
        limit = self._limit_bytes
        self.total_bytes += len(data)
        self._written_bytes[stream] = self._written_bytes.get(stream, 0) + len(data)
        if len(data) >= limit:
            self._pieces = [piece for piece in self._pieces if piece[0] != stream]
            self._kept_bytes[stream] = 0
            data = data[len(data) - limit :]
        if self._pieces and self._pieces[-1][0] == stream:
            self._pieces[-1][1].extend(data)
        else:
            self._pieces.append((stream, bytearray(data)))
        self._kept_bytes[stream] = self._kept_bytes.get(stream, 0) + len(data)
        if self._kept_bytes[stream] > 2 * limit:
            self._cut(stream, limit)
        if len(self._pieces) > MAX_PIECES:
            self._forget_oldest()

    def _cut(self, stream: int, keep_bytes: int) -> None:
        """Cut *stream* to its last *keep_bytes*."""
        excess = self._kept_bytes[stream] - keep_bytes
        if excess <= 0:
            return
        kept = []
        for piece in self._pieces:
            if piece[0] == stream and excess > 0:
                size = len(piece[1])
                del piece[1][:excess]
                excess -= size
            if piece[1]:
                kept.append(piece)
        self._pieces = kept
        self._kept_bytes[stream] = keep_bytes

    def _forget_oldest(self) -> None:
        for stream, piece in self._pieces[: MAX_PIECES // 2]:
            self._kept_bytes[stream] -= len(piece)
        del self._pieces[: MAX_PIECES // 2]

    def take(self) -> bytes:
        """Return the end of the output in the order it was written, at most the limit in all.

        Where both streams have more than their half, each gets half, from the beginning of a line
        where one is near the cut; the tail is used up by it.
        """
        half = self._limit_bytes // 2
        sizes = {stream: min(size, self._limit_bytes) for stream, size in self._kept_bytes.items()}
        for stream, size in sizes.items():
            others = sum(sizes.values()) - size
            self._cut(stream, min(size, max(half, self._limit_bytes - others)))
            if self._kept_bytes[stream] < self._written_bytes[stream]:
                self._forget_half_line(stream)
        return b"".join(piece for _, piece in self._pieces)

    def _forget_half_line(self, stream: int) -> None:
        first = next((piece for number, piece in self._pieces if number == stream), bytearray())
        del first[: first.find(b"\n", 0, NEAR_BYTES) + 1]
