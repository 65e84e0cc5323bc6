"""The tail is the true end of what was written: bounded, in order, and fair to both streams."""

import tracemalloc

from hypothesis import example, given
from hypothesis import strategies as st

from cronwrap.run.tail import MAX_PIECES, PIECE_BYTES, Tail

OUT, ERR = 1, 2
# Each stream has its own letters, so that the result tells who wrote what.
LETTERS = {OUT: b"abcdefghij", ERR: b"ABCDEFGHIJ"}


def text(stream: int, begin: int, count: int) -> bytes:
    letters = LETTERS[stream]
    return bytes(letters[number % 10] for number in range(begin, begin + count))


def write(tail: Tail, stream: int, data: bytes) -> None:
    while data:
        room = tail.room(stream)
        size = min(len(room), len(data))
        room[:size] = data[:size]
        tail.fill(size)
        data = data[size:]


WRITES = st.lists(st.tuples(st.sampled_from([OUT, ERR]), st.integers(0, 60)), max_size=60)


@given(writes=WRITES, limit=st.integers(0, 100))
@example(writes=[(OUT, 60), (ERR, 3), (OUT, 60)], limit=20)
@example(writes=[(ERR, 1), (OUT, 21)], limit=21)
@example(writes=[(OUT, 5), (ERR, 5), (OUT, 5)], limit=15)
def test_it_ends_with_the_true_end_of_each_stream_in_order(
    writes: list[tuple[int, int]], limit: int
) -> None:
    tail = Tail(limit)
    whole: list[tuple[int, int]] = []
    written = {OUT: 0, ERR: 0}
    for stream, count in writes:
        data = text(stream, written[stream], count)
        write(tail, stream, data)
        whole += [(stream, byte) for byte in data]
        written[stream] += count

    found = tail.take()

    kept = {stream: sum(byte in LETTERS[stream] for byte in found) for stream in (OUT, ERR)}
    skip = {stream: written[stream] - kept[stream] for stream in (OUT, ERR)}
    expected = bytearray()
    for stream, byte in whole:
        if skip[stream] > 0:
            skip[stream] -= 1
        else:
            expected.append(byte)
    assert found == expected
    assert len(found) <= limit
    assert len(found) >= min(len(whole), limit - 1)  # the halves of an odd limit are one less
    for stream in (OUT, ERR):
        assert kept[stream] >= min(written[stream], limit // 2)
    assert tail.total_bytes == len(whole)


@given(
    data=st.lists(st.sampled_from([b"\n", b"x", b"yy\n", b"\xff"]), max_size=300),
    limit=st.integers(0, 600),
)
def test_one_stream_with_lines_is_cut_to_its_end(data: list[bytes], limit: int) -> None:
    tail, whole = Tail(limit), b"".join(data)
    for piece in data:
        write(tail, OUT, piece)

    found = tail.take()

    assert whole.endswith(found)
    assert len(found) <= limit
    cut = whole[max(0, len(whole) - limit) :]
    if found != cut:  # the half line at the cut is left out, and nothing more
        assert len(whole) > limit
        assert found == cut[cut.index(b"\n") + 1 :]


def test_output_of_exactly_the_limit_is_whole() -> None:
    for limit in (0, 1, 2, 1000):
        tail = Tail(limit)
        write(tail, OUT, b"x" * limit)
        assert tail.take() == b"x" * limit


def test_a_chatty_stream_does_not_push_out_the_one_line_of_the_other() -> None:
    tail = Tail(1000)
    write(tail, ERR, b"disk full\n")
    for _ in range(1000):
        write(tail, OUT, b"working ...\n" * 10)

    assert tail.take().startswith(b"disk full\nworking")


def test_memory_is_bounded_by_the_limit_whatever_is_written() -> None:
    tracemalloc.start()
    try:
        tail = Tail(10_000)
        for _ in range(2_000):
            write(tail, OUT, b"x" * 7_001)
            write(tail, ERR, b"y" * 30_000)
        _, large_bytes = tracemalloc.get_traced_memory()
        tail = Tail(10_000_000)
        for _ in range(50_000):
            write(tail, OUT, b"x")
            write(tail, ERR, b"y")
        _, many_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert large_bytes < 2 * (10_000 + 4 * PIECE_BYTES)
    assert many_bytes < 1_000 * MAX_PIECES


def test_however_the_job_alternates_the_newest_is_kept() -> None:
    tail = Tail(1_000_000)
    for number in range(20_000):
        write(tail, OUT, b"out %d\n" % number)
        write(tail, ERR, b"err %d\n" % number)

    lines = tail.take().splitlines()

    count = len(lines) // 2
    assert count >= MAX_PIECES // 4
    assert lines[-2 * count :] == [
        b"%s %d" % (name, number)
        for number in range(20_000 - count, 20_000)
        for name in (b"out", b"err")
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from((OUT, ERR)), st.sampled_from((1, 3, 4080, PIECE_BYTES))),
        max_size=60,
    ),
    st.integers(0, 300_000),
)
def test_it_does_not_matter_in_which_reads_the_output_came(
    writes: list[tuple[int, int]], limit_bytes: int
) -> None:
    whole, in_parts = Tail(limit_bytes), Tail(limit_bytes)
    for number, (stream, size) in enumerate(writes):
        data = bytes([65 + number % 26]) * size
        write(whole, stream, data)
        for begin in range(0, size, 5_000):
            write(in_parts, stream, data[begin : begin + 5_000])

    assert in_parts.total_bytes == sum(size for _, size in writes)
    assert in_parts.take() == whole.take()
