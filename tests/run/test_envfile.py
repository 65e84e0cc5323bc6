r"""Env files are read as systemd reads them, and a mistake is told without showing a value."""

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cronwrap.errors import CronwrapError
from cronwrap.run import envfile

NO_NUL = st.integers(1, 255).map(lambda byte: bytes([byte]))
VALUES = st.lists(NO_NUL | st.sampled_from([b"\r\n", b"\\", b"'", b'"', b" "])).map(b"".join)
NAMES = st.from_regex(rb"\A[A-Za-z_][A-Za-z0-9_]{0,20}\Z")


def parse(data: bytes) -> list[tuple[bytes, bytes]]:
    return envfile.parse(data, "job.env")


def in_double_quotes(value: bytes) -> bytes:
    return b'"' + re.sub(rb'([\\"`$])', rb"\\\1", value) + b'"'


def in_single_quotes(value: bytes) -> bytes:
    r"""Each ``'`` between double quotes: ``'it'"'"'s'``."""
    return b"'" + value.replace(b"'", b"'\"'\"'") + b"'"


def escaped(value: bytes) -> bytes:
    """A backslash before everything; a line's end, which would be eaten, only between quotes.

    Once a bare part begins a quote is no longer one, so all of the lines' ends have to come first.
    """
    ends = re.match(rb"[\r\n]*", value)
    assert ends is not None
    rest = value[ends.end() :]
    if re.search(rb"[\r\n]", rest):
        return in_double_quotes(value)
    return in_single_quotes(ends[0]) + re.sub(rb"([\x01-\xff])", rb"\\\1", rest)


@pytest.mark.parametrize("quote", [in_double_quotes, in_single_quotes, escaped])
@given(variables=st.lists(st.tuples(NAMES, VALUES)), end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_value_that_was_quoted_is_read_back(
    quote: Callable[[bytes], bytes], variables: list[tuple[bytes, bytes]], end: bytes
) -> None:
    lines = [b"%b=%b" % (name, quote(value)) for name, value in variables]

    assert parse(end.join(lines)) == variables
    assert parse(end.join([b"# it's", *lines, b'; "'])) == variables


@given(st.binary() | st.text(alphabet="aB_=#; \t\r\n\\'\"`$\0").map(str.encode))
@example(b'a="\\')
@example(b"a=\\")
def test_whatever_a_file_has_it_is_read_or_refused_with_its_line(data: bytes) -> None:
    try:
        variables = parse(data)
    except CronwrapError as error:
        line = re.match(r"job\.env:(\d+): ", error.message)
        assert line, error.message  # noqa: PT017 - either way is right
        assert 1 <= int(line[1]) <= data.count(b"\n") + 1
    else:
        assert all(re.fullmatch(rb"[A-Za-z_][A-Za-z0-9_]*", name) for name, _ in variables)


# What systemd's own test-env-file.c expects.
SYSTEMD = [
    (
        b"a=a\nb=b\\\nc\nd= d\\\ne  \\\nf  \ng=g\\ \nh= \xc4\x85\xc4\x99\\ \xc5\x9b  \ni=i\\",
        [b"a", b"bc", b"de  f", b"g ", b"\xc4\x85\xc4\x99 \xc5\x9b", b"i"],
    ),
    (b"a=a\\\n", [b"a"]),
    (
        (
            b'#SPAMD_ARGS="-d --socketpath=/var/lib/bulwark/spamd \\\n'
            b"#--nouser-config       \\\nnormal1=line\\\n111\n;normal=ignored  \\\nnormal2=line222\n"
        ),
        [b"line111", b"line222"],
    ),
    (
        b'# Generated\n\nHWMON_MODULES="coretemp f71882fg"\n\n# For compatibility\n\nMODULE_0=c\n',
        [b"coretemp f71882fg", b"c"],
    ),
    (b"a=\nb=", [b"", b""]),
    (
        (
            b"a=\\ \\n \\t \\x \\y \\' \nb= \\$'                  \n"
            b"c= ' \\n\\t\\$\\`\\\\\n'   \nd= \" \\n\\t\\$\\`\\\\\n\"   \n"
        ),
        [b" n t x y '", b"$'", b" \\n\\t\\$\\`\\\\\n", b" \\n\\t$`\\\n"],
    ),
]


@pytest.mark.parametrize(("data", "values"), SYSTEMD)
def test_what_systemd_tests_is_read_as_systemd_reads_it(data: bytes, values: list[bytes]) -> None:
    assert [value for _, value in parse(data)] == values


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"a=two words  ", b"two words"),
        (b"a= '  x' ", b"  x"),
        (b"a='x' \"y\"'z'", b"xyz"),
        (b"a='x'y'z'", b"xy'z'"),
        (b"a='x' # no comment", b"x# no comment"),
        (b"a=x # no comment", b"x # no comment"),
        (b"a=b=c", b"b=c"),
        (b"  a =x", b"x"),
        (b"a=$HOME `id` ~ %n", b"$HOME `id` ~ %n"),
        (b"export a=x", b"x"),
        (b"export\ta=x", b"x"),
        (b"\xef\xbb\xbfa=x", b"x"),
        (b'a="x\r\ny"', b"x\r\ny"),
        (b"a=x\\\r\ny\r\n", b"xy"),
        (b"a=\xff\xfe", b"\xff\xfe"),
    ],
)
def test_one_line_has_one_value(line: bytes, value: bytes) -> None:
    assert parse(line) == [(b"a", value)]


def test_order_is_kept_so_that_the_later_of_two_holds() -> None:
    assert parse(b"a=1\nb=2\na=3\n") == [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"A=x\n\nhunter2\n", 3, "no = in this line"),
        (b"A='x\ny'\nhunter2=x==\nhunter2-=x", 4, "no name of a variable"),
        (b"# x\nhunter2+/aa==\n", 2, "no name of a variable"),
        (b"1A=hunter2", 1, "no name of a variable"),
        (b"=hunter2", 1, "no name of a variable"),
        (b"A B=hunter2", 1, "no name of a variable"),
        (b"A=x\nB='hunter2\n\n", 2, "the ' that opens here is never closed"),
        (b'A=x\n\nB= "hunter2', 3, 'the " that opens here is never closed'),
        (b"A=x\nB=hunter2\0", 2, "a NUL byte"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_without_what_stands_there(
    data: bytes, line: int, words: str
) -> None:
    with pytest.raises(CronwrapError) as caught:
        parse(data)

    assert caught.value.message.startswith(f"job.env:{line}: ")
    assert words in caught.value.message
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "job.env"
    path.write_bytes(b"A=1\n")

    assert envfile.read(str(path)) == envfile.read(f"-{path}") == [(b"A", b"1")]


def test_a_missing_file_is_a_mistake_unless_it_may_be_missing(tmp_path: Path) -> None:
    path = f"{tmp_path}/job.env"

    assert envfile.read(f"-{path}") == envfile.read(f"-{path}/x") == []
    with pytest.raises(CronwrapError) as caught:
        envfile.read(path)
    assert caught.value.message == f"{path}: there is no such env file"
    assert caught.value.hint == f"write -{path} if it may be missing"


@pytest.mark.parametrize("optional", ["", "-"])
def test_what_cannot_be_read_is_told_even_of_a_file_that_may_be_missing(
    tmp_path: Path, optional: str
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    with pytest.raises(CronwrapError, match="Is a directory"):
        envfile.read(f"{optional}{tmp_path}")
    with pytest.raises(CronwrapError, match="Too many levels"):
        envfile.read(f"{optional}{loop}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_told(tmp_path: Path) -> None:
    path = tmp_path / "job.env"
    path.touch(mode=0)

    with pytest.raises(CronwrapError, match="Permission denied"):
        envfile.read(str(path))


@pytest.mark.parametrize("path", ["", "-"])
def test_an_empty_path_is_a_mistake(path: str) -> None:
    with pytest.raises(CronwrapError, match="no name"):
        envfile.read(path)


def test_a_file_may_have_a_mebibyte_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "job.env"
    value = b"x" * (envfile.MAX_BYTES - 2)
    path.write_bytes(b"A=" + value)

    assert envfile.read(str(path)) == [(b"A", value)]

    path.write_bytes(b"#" * (envfile.MAX_BYTES + 1))
    with pytest.raises(CronwrapError, match="larger than 1 MiB"):
        envfile.read(str(path))


def test_a_device_without_end_is_too_large() -> None:
    with pytest.raises(CronwrapError, match="larger than 1 MiB"):
        envfile.read("/dev/zero")


def test_a_fifo_that_nobody_writes_to_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)

    assert envfile.read(str(path)) == []


def test_a_pipe_is_read_to_its_end() -> None:
    read, write = os.pipe()
    writer = threading.Thread(target=write_slowly, args=(write,))
    writer.start()

    try:
        assert envfile.read(f"/dev/fd/{read}") == [(b"A", b"1"), (b"B", b"2")]
    finally:
        writer.join()
        os.close(read)


def write_slowly(write: int) -> None:
    """Write after the reader has begun, as far as that can be without its help."""
    with os.fdopen(write, "wb", buffering=0) as pipe:
        for line in (b"A=1\n", b"B=2\n"):
            threading.Event().wait(0.05)
            pipe.write(line)
