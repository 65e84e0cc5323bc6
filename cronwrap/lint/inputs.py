"""The crontabs to look at: files, directories, standard input, a user's, all of this host."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cronwrap.lint import dockerfile
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.detect import PORTABLE, daemon_of, daemon_of_path
from cronwrap.lint.form import form_of, is_anacrons
from cronwrap.lint.host import Host

STDIN = "-"
_AS_ROOT = "ask as root, or as who owns it"
_NAME_IT = "name the crontab itself, too"
# More than the 10,000 lines and jobs that Debian's cron and cronie take, and more than a person or
# a program writes: a log, an archive or an endless device is told at once, and not held in memory.
MOST_BYTES = 16 * 1024 * 1024
_NO_TEXT = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
SYSTEM_FILES = ("/etc/crontab",)
SYSTEM_DIRECTORIES = ("/etc/cron.d",)
SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs")


class Problem(NamedTuple):
    """What could not be looked at, for a person."""

    message: str
    hint: str = ""


class Wanted(NamedTuple):
    """What was asked for.

    Attributes:
        paths: files, directories, ``-``, Dockerfiles; none for all crontabs of the host.
        user: whose crontab; "" for none.
        dialect: "" to find out.
        form: "system", "user" or "" to find out.
        root: the directory that is the root of the host.
        look: whether rules may look at the host for crontabs that stand elsewhere too.
    """

    paths: Sequence[str] = ()
    user: str = ""
    dialect: str = ""
    form: str = ""
    root: str = "/"
    look: bool = False


class Inputs:
    """Reads what was asked for.

    Attributes:
        problems: what could not be read, though it was asked for.
        notes: what is not ours to read, and was not named: all that can be read was read.
        refused: what was read of a standard input that is no crontab.
    """

    def __init__(self, wanted: Wanted, stdin: Callable[[int], bytes] | None = None) -> None:
        self.wanted = wanted
        self.host = Host(wanted.root)
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.refused = b""
        self._stdin = stdin or _standard_input
        self._dialect = wanted.dialect

    @property
    def dialect(self) -> str:
        """The daemon, unless a file says another."""
        if not self._dialect:
            self._dialect = daemon_of(self.host)
        return self._dialect

    def read(self) -> list[Crontab]:
        """Return the crontabs."""
        files = [*self._read()]
        if not files and not self.problems:  # then even what others may not read was all there is
            self.problems, self.notes = self.notes, []
        return files

    def _read(self) -> Iterator[Crontab]:
        wanted = self.wanted
        if wanted.user:
            yield from self._of_user(wanted.user)
        elif not wanted.paths:
            yield from self._of_host()
        for path in dict.fromkeys(wanted.paths if not wanted.user else ()):
            yield from self._of_path(path)

    def _of_path(self, path: str) -> Iterator[Crontab]:
        if path == STDIN:
            yield from self._of_stdin()
        elif os.path.isdir(path):  # noqa: PTH112 - also of a name that is too long for one
            yield from self._of_directory(path)
        elif dockerfile.is_one(path):
            yield from self._of_dockerfile(path)
        else:
            data = self._data(path)
            if data is not None:
                yield self._crontab(data, path)

    def _of_stdin(self) -> Iterator[Crontab]:
        try:
            data = self._stdin(MOST_BYTES + 1)
        except OSError as error:
            self._cannot("standard input", error)
            return
        if self._may_be_one("standard input", data):
            yield self._crontab(data, STDIN)
        else:
            self.refused = data

    def _of_directory(self, path: str) -> Iterator[Crontab]:
        """Yield what stands in a directory: files, but for hidden ones and what is no text."""
        try:
            names = sorted(os.listdir(path))  # noqa: PTH208 - a name may be any bytes
        except OSError as error:
            self._cannot(path, error)
            return
        if not any(not name.startswith(".") for name in names):
            self.problems.append(Problem(f"{path}: there is no file in this directory"))
        for name in names:
            inner = os.path.join(path, name)  # noqa: PTH118 - keeps ./ as it was typed
            if not name.startswith(".") and os.path.isfile(inner):  # noqa: PTH113 - as above
                data = self._data(inner)
                if data is not None:
                    yield self._crontab(data, inner)

    def _of_dockerfile(self, path: str) -> Iterator[Crontab]:
        data = self._data(path)
        if data is None:
            return
        image = dockerfile.read(data.decode(errors="replace"))
        copied = dockerfile.copied(os.path.dirname(path) or ".", image.copies)  # noqa: PTH120 - keeps ./
        problems = [Problem(f"{path}: {why}", _NAME_IT) for why in copied.missing]
        notes = [Problem(f"{path}: {why}", _NAME_IT) for why in copied.elsewhere]
        if not copied.files and not problems and not notes:
            message = f"{path}: it copies no crontab that can be told as one"
            problems.append(Problem(message, "name the crontabs instead"))
        self.problems += problems
        self.notes += notes
        for inner, target in copied.files:
            content = self._data(inner)
            if content is not None:
                dialect = self.wanted.dialect or image.dialect
                yield Crontab(content, inner, dialect=dialect, form=self._form(target, content))

    def _form(self, path: str, data: bytes) -> str:
        return self.wanted.form or form_of(path, data)

    def _of_user(self, user: str) -> Iterator[Crontab]:
        for spool in SPOOLS:
            real = self.host.real(f"{spool}/{user}")
            if real is not None and real.is_file():
                yield from self._live(f"{spool}/{user}", owner=user)
                return
        if self.wanted.root == "/" and (text := _listed(user)) is not None:
            yield self._crontab(text, f"crontab of {user}", owner=user, live=True)
            return
        hint = "" if os.geteuid() == 0 else "root may read the crontabs of all users"
        self.problems.append(Problem(f"{user} has no crontab that can be read", hint))

    def _of_host(self) -> Iterator[Crontab]:
        """Yield every crontab of the host that can be read."""
        for path in SYSTEM_FILES:
            if self.host.exists(path):
                yield from self._live(path)
        for directory in SYSTEM_DIRECTORIES:
            if self.host.is_dir(directory) and not self._may_list(directory):
                self.notes.append(Problem(f"{directory}: cannot be read", _AS_ROOT))
            for name in self.host.names(directory):
                if not name.startswith("."):
                    yield from self._live(f"{directory}/{name}")
        # Of the others, some are links to the first that is there, some lie above it.
        spool = next((one for one in SPOOLS if self.host.is_dir(one)), "")
        if spool:
            yield from self._of_spool(spool)

    def _of_spool(self, spool: str) -> Iterator[Crontab]:
        if not self._may_list(spool):
            yield from self._own(spool)
        for name in self.host.names(spool):
            if not name.startswith("."):
                yield from self._live(f"{spool}/{name}", owner=name)

    def _may_list(self, directory: str) -> bool:
        real = self.host.real(directory)
        return real is not None and os.access(real, os.R_OK | os.X_OK)

    def _own(self, spool: str) -> Iterator[Crontab]:
        """Yield the crontab of who asks, where those of all may not be read."""
        message = f"{spool}: the crontabs of other users cannot be read"
        self.notes.append(Problem(message, "root can"))
        user = _me()
        if self.wanted.root == "/" and user and (text := _listed(user)) is not None:
            yield self._crontab(text, f"crontab of {user}", owner=user, live=True)

    def _live(self, path: str, owner: str = "") -> Iterator[Crontab]:
        """Yield the crontab at *path* of the host."""
        real = self.host.real(path)
        if real is not None and real.is_file():
            shown = path if self.wanted.root == "/" else str(real)
            data = self._data(shown)
            if data is not None:
                form = "user" if owner else "system"
                yield self._crontab(data, shown, owner=owner, live=True, form=form)

    def _crontab(
        self, data: bytes, path: str, *, owner: str = "", live: bool = False, form: str = ""
    ) -> Crontab:
        live = live or self._is_live(path)
        return Crontab(
            data,
            path,
            dialect=self._dialect_of(path, live=live),
            form=self.wanted.form or form,
            owner=owner or self._owner(path, live=live),
            live=live,
            host=self.host if live or self.wanted.look else None,
        )

    def _dialect_of(self, path: str, *, live: bool) -> str:
        if self.wanted.dialect or (live and self.dialect != PORTABLE):
            return self.dialect
        return daemon_of_path(path) or self.dialect

    def _is_live(self, path: str) -> bool:
        inner = self._inner(path)
        places = (*SYSTEM_DIRECTORIES, *SPOOLS)
        return inner in SYSTEM_FILES or str(Path(inner).parent) in places

    def _inner(self, path: str) -> str:
        """Return *path* as the host names it."""
        absolute, root = os.path.abspath(path), os.path.abspath(self.wanted.root)  # noqa: PTH100 - not resolved
        inside = root != "/" and absolute.startswith(f"{root}/")
        return absolute[len(root) :] if inside else absolute if root == "/" else ""

    def _owner(self, path: str, *, live: bool) -> str:
        parent = str(Path(self._inner(path)).parent)
        return Path(path).name if live and parent in SPOOLS else ""

    def _data(self, path: str) -> bytes | None:
        """Return the bytes of a file that may be a crontab; else tell why not."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # no FIFO may hold us
            with os.fdopen(fd, "rb") as file:
                status = os.fstat(fd)
                if not stat.S_ISREG(status.st_mode):
                    hint = f"give what comes through a pipe as standard input: - < {path}"
                    is_pipe = stat.S_ISFIFO(status.st_mode)
                    self.problems.append(
                        Problem(f"{path}: this is no file", hint if is_pipe else "")
                    )
                    return None
                if status.st_size > MOST_BYTES:
                    self._too_large(path)
                    return None
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            self._cannot(path, error)
            return None
        except ValueError:
            self.problems.append(Problem(f"{path!r}: no file has such a name"))
            return None
        return data if self._may_be_one(path, data) else None

    def _may_be_one(self, path: str, data: bytes) -> bool:
        if len(data) > MOST_BYTES:
            self._too_large(path)
            return False
        head = data[:8192]
        wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
        if wide or len(head) - len(head.translate(None, _NO_TEXT)) > len(head) // 50:
            message = f"{path}: this is UTF-16" if wide else f"{path}: this is no text"
            hint = "cron reads bytes; save it as UTF-8" if wide else "is it the right file?"
            self.problems.append(Problem(message, hint))
            return False
        if is_anacrons(data):
            hint = "anacron -T checks it; a job of cron begins with five fields"
            is_named = path in (*self.wanted.paths, "standard input")
            told = self.problems if is_named else self.notes
            told.append(Problem(f"{path}: this is a table of anacron, and no crontab", hint))
            return False
        return True

    def _too_large(self, path: str) -> None:
        message = f"{path}: this is larger than {MOST_BYTES >> 20} MiB, and not looked at"
        hint = "no crontab is: Debian's cron takes 10,000 lines. Is it the right file?"
        self.problems.append(Problem(message, hint))

    def _cannot(self, path: str, error: OSError) -> None:
        hint = ""
        if isinstance(error, PermissionError):
            hint = _AS_ROOT
        name = path or "''"
        is_named = self.wanted.paths or self.wanted.user
        told = self.problems if is_named or not hint else self.notes
        told.append(Problem(f"{name}: cannot be read: {error.strerror}", hint))


def _standard_input(most_bytes: int) -> bytes:
    return sys.stdin.buffer.read(most_bytes) if sys.stdin is not None else b""


def _listed(user: str) -> bytes | None:
    """Return what ``crontab -l`` shows of the crontab of *user*; None if there is none."""
    import subprocess

    words = ["crontab", "-l"] if user == _me() else ["crontab", "-u", user, "-l"]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None


def _me() -> str:
    """Return the name of who asks; "" if there is none, as in a container of any number."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
