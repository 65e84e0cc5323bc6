"""The end of what a job wrote: a ring for each stream, and the order between the streams.

Each stream keeps its own last bytes, so that a chatty standard output cannot push out the one
line on standard error that says why.  Memory is bounded: whole pieces are dropped from the front
of a stream once the rest of it is as long as the limit, and the pieces are few, however the job
alternates.  Output is read into the newest piece itself and never copied while one stream writes;
of a job in full flow the oldest piece is given back to be read into.
"""

MAX_PIECES = 4096
PIECE_BYTES = 64 * 1024  # larger ones leave the processor's cache: half the throughput
NEAR_BYTES = 400  # so far from a cut, the beginning of a line is near


class Tail:
    """A bounded memory of the output, in pieces: a stream's number and what it wrote in a row."""

    __slots__ = (
        "_filled_bytes",
        "_kept_bytes",
        "_limit_bytes",
        "_newest",
        "_noted_bytes",
        "_pieces",
        "_room",
        "_spare",
        "_stream",
        "_written_bytes",
    )

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pieces: list[tuple[int, bytearray]] = []
        self._spare: list[bytearray] = []
        self._kept_bytes: dict[int, int] = {}
        self._written_bytes: dict[int, int] = {}
        self._stream = 0
        self._filled_bytes = self._noted_bytes = 0
        self._newest = bytearray(PIECE_BYTES)
        self._room = memoryview(self._newest)

    @property
    def total_bytes(self) -> int:
        """How much has been written in all, kept or not."""
        return sum(self._written_bytes.values()) + self._filled_bytes - self._noted_bytes

    def room(self, stream: int) -> memoryview:
        """Return where what *stream* writes next is to be read into; never empty."""
        if stream != self._stream or self._filled_bytes == PIECE_BYTES:
            self._put_away()
            self._stream = stream
        return self._room[self._filled_bytes :]

    def fill(self, size: int) -> None:
        """Remember the first *size* bytes of the room that was given last."""
        self._filled_bytes += size

    def note(self, stream: int, words: bytes) -> None:
        """Put *words* of our own between what *stream* has written and what it will write."""
        self._noted_bytes += len(words)
        while words:
            room = self.room(stream)
            size = min(len(room), len(words))
            room[:size] = words[:size]
            self.fill(size)
            words = words[size:]

    def _put_away(self) -> None:
        """Make a piece of what has been filled, and room for another."""
        size, self._filled_bytes = self._filled_bytes, 0
        if not size:
            return
        if size < PIECE_BYTES:
            self._pieces.append((self._stream, self._newest[:size]))
        else:
            self._pieces.append((self._stream, self._newest))
            self._newest = self._spare.pop() if self._spare else bytearray(PIECE_BYTES)
            self._room = memoryview(self._newest)
        self._count(self._stream, size)

    def _count(self, stream: int, size: int) -> None:
        self._written_bytes[stream] = self._written_bytes.get(stream, 0) + size
        self._kept_bytes[stream] = self._kept_bytes.get(stream, 0) + size
        if self._kept_bytes[stream] > self._limit_bytes + 2 * PIECE_BYTES:
            self._drop_old(stream)
        if len(self._pieces) > MAX_PIECES:
            self._forget_oldest()

    def _drop_old(self, stream: int) -> None:
        """Drop whole pieces of *stream* as long as the limit is left."""
        excess = self._kept_bytes[stream] - self._limit_bytes
        kept = []
        for piece in self._pieces:
            size = len(piece[1])
            if piece[0] != stream or size > excess:
                kept.append(piece)
                excess = excess if piece[0] != stream else 0
                continue
            excess -= size
            self._kept_bytes[stream] -= size
            if size == PIECE_BYTES and not self._spare:
                self._spare.append(piece[1])
        self._pieces = kept

    def _forget_oldest(self) -> None:
        for stream, piece in self._pieces[: MAX_PIECES // 2]:
            self._kept_bytes[stream] -= len(piece)
        del self._pieces[: MAX_PIECES // 2]

    def take(self) -> bytes:
        """Return the end of the output in the order it was written, at most the limit in all.

        Where both streams have more than their half, each gets half, from the beginning of a line
        where one is near the cut; the tail is used up by it.
        """
        self._put_away()
        half = self._limit_bytes // 2
        sizes = {stream: min(size, self._limit_bytes) for stream, size in self._kept_bytes.items()}
        for stream, size in sizes.items():
            others = sum(sizes.values()) - size
            self._cut(stream, min(size, max(half, self._limit_bytes - others)))
            if self._kept_bytes[stream] < self._written_bytes[stream]:
                self._forget_half_line(stream)
        return b"".join(piece for _, piece in self._pieces)

    def _cut(self, stream: int, keep_bytes: int) -> None:
        """Cut *stream* to its last *keep_bytes*."""
        excess = self._kept_bytes[stream] - keep_bytes
        for number, piece in self._pieces:
            if number == stream and excess > 0:
                size = len(piece)
                del piece[:excess]
                excess -= size
        self._pieces = [piece for piece in self._pieces if piece[1]]
        self._kept_bytes[stream] = min(self._kept_bytes[stream], keep_bytes)

    def _forget_half_line(self, stream: int) -> None:
        first = next((piece for number, piece in self._pieces if number == stream), bytearray())
        del first[: first.find(b"\n", 0, NEAR_BYTES) + 1]
