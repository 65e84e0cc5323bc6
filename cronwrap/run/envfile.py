r"""Env files, in the form that systemd's ``EnvironmentFile=`` reads (systemd.exec(5)).

Nothing is expanded and no shell is asked. As systemd does it (its src/basic/env-file.c):

    # comment, ; comment    a backslash at its end does not continue it (since v254)
    NAME= value             blanks around a bare value are dropped; a quote within it is a quote
    NAME=a\ b\              a backslash takes the next character as it is, and a line's end away
    NAME='a\b'              between ' nothing is special
    NAME="a\"b"             between " a backslash is, before any of " \ ` $ and a line's end
    NAME="a" 'b'c           is abc

Unlike systemd, which drops it with a line in the journal, a line that is no assignment is an
error: a job must not run with half of its environment. And what people's files have is taken:
``export NAME=value``, a byte order mark, bytes that are no UTF-8, Windows line ends after a
backslash.

A message never shows anything of the file: a key pasted without quotes would look like a name.
"""

import os

from cronwrap.errors import CronwrapError

MAX_BYTES = 1024 * 1024

_BLANKS = b" \t"
_LINE_ENDS = b"\n\r"
_QUOTES = "put the whole value between quotes if it has more than one line"
_NAME = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"


def read(path: str) -> "list[tuple[bytes, bytes]]":
    """Return the variables in the file *path*, in order; none for ``-PATH`` that does not exist.

    Raises:
        CronwrapError: it cannot be read, or has a mistake.
    """
    name = path.removeprefix("-")
    if not name:
        raise CronwrapError("the env file has no name", hint="write the path of a file")
    try:
        data = _read(name)
    except (FileNotFoundError, NotADirectoryError):
        if path.startswith("-"):
            return []
        hint = f"write -{name} if it may be missing"
        raise CronwrapError(f"{name}: there is no such env file", hint=hint) from None
    except OSError as error:
        hint = "let this user read it" if isinstance(error, PermissionError) else ""
        message = f"{name}: the env file cannot be read: {error.strerror}"
        raise CronwrapError(message, hint=hint) from None
    if len(data) > MAX_BYTES:
        raise CronwrapError(
            f"{name}: the env file is larger than 1 MiB", hint="is it the right one?"
        )
    return parse(data, name)


def _read(path: str) -> bytes:
    """Return a little more than MAX_BYTES at the most.

    A pipe is fine, as in ``--env-file <(decrypt job.env)``. It is opened without waiting and then
    read with: so a FIFO that nobody writes to is empty, and holds no job.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        os.set_blocking(fd, True)
        data = b""
        while len(data) <= MAX_BYTES:
            chunk = os.read(fd, 65536)
            if not chunk:
                break
            data += chunk
    finally:
        os.close(fd)
    return data


def parse(data: bytes, origin: str) -> "list[tuple[bytes, bytes]]":
    r"""Return the variables in *data*, in order; of two with one name the later holds.

    Args:
        data: what the file has.
        origin: its path, for messages.

    Raises:
        CronwrapError: with file and line.

    >>> parse(b"# who\nUSER=root\nWORDS='two words'\n", "job.env")
    [(b'USER', b'root'), (b'WORDS', b'two words')]
    """
    reader = _Reader(data.removeprefix(b"\xef\xbb\xbf"), origin)
    variables = []
    while reader.skip_to_name():
        variables.append((reader.take_name(), reader.take_value()))
    return variables


class _Reader:
    """A place in a file, and what can be taken from there."""

    __slots__ = ("data", "origin", "place")

    def __init__(self, data: bytes, origin: str) -> None:
        self.data = data
        self.origin = origin
        self.place = 0
        if b"\0" in data:
            raise self._mistake(data.index(b"\0"), "a NUL byte", "save the file as UTF-8 text")

    def skip_to_name(self) -> bool:
        """Go over blank lines and comments; tell whether anything is left."""
        while next_ := self._next():
            if next_ in b"#;":
                self._skip_line()
            elif next_ in _BLANKS + _LINE_ENDS:
                self.place += 1
            else:
                return True
        return False

    def take_name(self) -> bytes:
        start = self.place
        while self._next() not in (b"", b"=", b"\n", b"\r"):
            self.place += 1
        if self._next() != b"=":
            raise self._mistake(start, "there is no = in this line", f"write NAME=VALUE; {_QUOTES}")
        name = self.data[start : self.place].rstrip(_BLANKS)
        self.place += 1
        if name.startswith((b"export ", b"export\t")):
            name = name[len(b"export ") :].lstrip(_BLANKS)
        if not name or name.strip(_NAME + b"0123456789") or name[:1].isdigit():
            hint = f"a name has letters, digits and _, and does not begin with a digit; {_QUOTES}"
            raise self._mistake(start, "what stands before the = is no name of a variable", hint)
        return name

    def take_value(self) -> bytes:
        value = bytearray()
        while next_ := self._next():
            if next_ in _LINE_ENDS:
                break
            if next_ in _BLANKS:
                self.place += 1
            elif next_ == b"'":
                self._take_single_quoted(value)
            elif next_ == b'"':
                self._take_double_quoted(value)
            else:
                self._take_bare(value)
                break
        return bytes(value)

    def _take_bare(self, value: bytearray) -> None:
        kept = len(value)  # without the blanks at its end, unless they are escaped
        while self._next() not in (b"", b"\n", b"\r"):
            character = self._take()
            if character == b"\\":
                value += b"" if self._take_line_end() else self._take()
            else:
                value += character
            if character not in _BLANKS:
                kept = len(value)
        del value[kept:]

    def _take_single_quoted(self, value: bytearray) -> None:
        end = self.data.find(b"'", self.place + 1)
        if end < 0:
            raise self._unclosed(self.place)
        value += self.data[self.place + 1 : end]
        self.place = end + 1

    def _take_double_quoted(self, value: bytearray) -> None:
        start = self.place
        self.place += 1
        while (character := self._take()) != b'"':
            if not character:
                raise self._unclosed(start)
            if character != b"\\":
                value += character
            elif not self._take_line_end():
                escaped = self._take()
                value += escaped if escaped in b'"\\`$' else b"\\" + escaped

    def _next(self) -> bytes:
        """Return the character at the place, empty at the end."""
        return self.data[self.place : self.place + 1]

    def _take(self) -> bytes:
        self.place += 1
        return self.data[self.place - 1 : self.place]

    def _take_line_end(self) -> bool:
        """Take a line's end, Windows' or not, if there is one."""
        for end in (b"\r\n", b"\n", b"\r"):
            if self.data.startswith(end, self.place):
                self.place += len(end)
                return True
        return False

    def _skip_line(self) -> None:
        while self._next() not in (b"", b"\n", b"\r"):
            self.place += 1

    def _unclosed(self, start: int) -> CronwrapError:
        quote = self.data[start : start + 1].decode()
        hint = f"write another {quote} where the value ends"
        return self._mistake(start, f"the {quote} that opens here is never closed", hint)

    def _mistake(self, place: int, what: str, hint: str) -> CronwrapError:
        line = self.data.count(b"\n", 0, place) + 1
        return CronwrapError(f"{self.origin}:{line}: {what}", hint=hint)
