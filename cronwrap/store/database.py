"""The file of the store: opened, brought up to date, and set aside when it is damaged.

All work is a function of a connection, done in one transaction.  So it can be done again: on a
new file when the old one turns out to be damaged, or when another process has set it aside.
"""

import contextlib
import fcntl
import os
import pwd
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from cronwrap.errors import CronwrapError
from cronwrap.state import make_private
from cronwrap.store import migrations, reading

FILE = "history.sqlite3"
BUSY_S = 10.0
POLL_S = 0.05
OPEN_BYTE = 128  # of the -shm file
TRIES = 3

Result = TypeVar("Result")


class Database:
    """The SQLite file in a state directory.

    Attributes:
        read_only: why nothing can be written, or "".

    Raises:
        CronwrapError: the file cannot be used; says which and what to do.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE
        self.read_only = reading.why_read_only(directory)
        self._directory = directory
        self._db: sqlite3.Connection | None = None
        self._identity = (0, 0)

    def exists(self) -> bool:
        """Tell whether there is a file; where that cannot be told, opening it will say why."""
        try:
            return self._db is not None or self.path.exists()
        except PermissionError:
            return True

    def read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do *work*, which only reads, and return its result."""
        return self._run(work, "BEGIN")

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do *work* in a transaction of its own, which is on the disk when this returns."""
        self.refuse_if_read_only()
        return self._run(work, "BEGIN IMMEDIATE")

    def take(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do the same with what is on the disk in another form: if need be, in memory alone."""
        return self._run(work, "BEGIN IMMEDIATE")

    def refuse_if_read_only(self) -> None:
        """Say that there is nothing to be written here, where that is so."""
        if self.read_only:
            raise CronwrapError(
                f"the history in {self.path} cannot be written to: {self.read_only}",
                hint="it can be shown; to change it, make it writable, or name another: --state-dir",
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _run(self, work: Callable[[sqlite3.Connection], Result], begin: str) -> Result:
        try:
            for last in (False,) * (TRIES - 1) + (True,):
                try:
                    result = self._transaction(work, begin)
                except sqlite3.DatabaseError as error:
                    if last or self.read_only or not _means_damage(error):
                        raise
                    self._set_aside(error)
                else:
                    if self._is_current():
                        return result
                    self.close()  # another process has set aside what this was written to
            raise sqlite3.OperationalError("it is replaced again and again")
        except (sqlite3.Error, OSError) as error:
            raise self.unusable(error) from error

    def unusable(self, error: Exception) -> CronwrapError:
        """Return the error that says that the history cannot be used, and why."""
        return CronwrapError(
            f"the history in {self.path} cannot be used: {_words(error)}",
            hint=_whose(self._directory)
            or "look at the directory's owner and free space, or name another: --state-dir",
        )

    def _transaction(self, work: Callable[[sqlite3.Connection], Result], begin: str) -> Result:
        db = self._db or self._begin()
        db.execute(begin)
        try:
            result = work(db)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # a full disk has ended it already
                db.execute("ROLLBACK")
            raise
        return result

    def _begin(self) -> sqlite3.Connection:
        """Open the file; one that could not be brought up to date, for want of room, is let go."""
        try:
            return self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> sqlite3.Connection:
        if self.read_only:
            db = self._db = reading.copy(self.path)
        else:
            self._create()
            db = self._db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        db.execute("PRAGMA synchronous = FULL")  # what is taken in is removed from where it was
        db.execute("PRAGMA foreign_keys = ON")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > migrations.VERSION:
            raise CronwrapError(
                f"the history in {self.path} cannot be used:"
                f" it was written by a newer cronwrap (schema {version})",
                hint="use that version, or another directory: --state-dir",
            )
        if version < migrations.VERSION:
            with contextlib.nullcontext() if self.read_only else self._alone():
                db.execute("PRAGMA journal_mode = WAL")
                migrations.migrate(db)
        return db

    def _create(self) -> None:
        """Make the file where there is none, and see which one it is.

        It is opened for nothing else: closing it would end the locks of SQLite in this process.
        """
        make_private(str(self._directory))
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, flags, 0o600))
        found = self.path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is not a file, or only a link to one")
        self._identity = (found.st_dev, found.st_ino)

    def _is_current(self) -> bool:
        if self.read_only:
            return True
        try:
            found = self.path.lstat()
        except FileNotFoundError:
            return False
        return self._identity == (found.st_dev, found.st_ino)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from creating, migrating or setting aside the file meanwhile."""
        fd = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Give the damaged file another name, so that a new one is begun, and leave a notice."""
        self.close()
        with self._alone():
            if not self._is_current():
                return  # another process has done so
            self._wait_until_closed()
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            name = f"{self.path}.damaged-{stamp}"
            # The log first: SQLite would apply it to a new file.
            for suffix in ("-wal", "-shm", ""):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self.path}{suffix}").rename(f"{name}{suffix}")
        notice = f"the history was damaged ({error}); it is kept as {name}, and a new one is begun"
        self._transaction(lambda db: leave_notice(db, notice), "BEGIN IMMEDIATE")

    def _wait_until_closed(self) -> None:
        """Return when no other process has the file open.

        SQLite removes the log by its name when the last one closes: it would be the new file's.
        All who have it open share the lock of a byte in the -shm file (SQLite's os_unix.c).
        """
        until_s = time.monotonic() + BUSY_S
        try:
            fd = os.open(f"{self.path}-shm", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            while True:
                try:
                    fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, OPEN_BYTE)
                except OSError:
                    if time.monotonic() > until_s:
                        raise OSError(0, "it is damaged, and others have it open") from None
                    time.sleep(POLL_S)
                else:
                    return
        finally:
            os.close(fd)


def leave_notice(db: sqlite3.Connection, text: str) -> None:
    """Keep something that a person should be told once, by whichever command comes next."""
    db.execute("INSERT INTO notices VALUES (?)", (text,))


def notices(db: sqlite3.Connection) -> list[str]:
    """Return what a person should be told."""
    return [text for (text,) in db.execute("SELECT text FROM notices")]


def take_notices(db: sqlite3.Connection) -> list[str]:
    """Return what a person should be told, and forget it."""
    return [text for (text,) in db.execute("DELETE FROM notices RETURNING text")]


def _means_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell damage from a full disk, a lock or a mistake, which are subclasses of this error."""
    return type(error) is sqlite3.DatabaseError


def _whose(directory: Path) -> str:
    """Return what to do about a directory that is another user's, "" where it is not."""
    try:
        uid = directory.stat().st_uid
    except PermissionError:
        return "it is another user's: be that user (sudo -u), or name another: --state-dir"
    except OSError:
        return ""
    if uid == os.geteuid():
        return ""
    try:
        owner = pwd.getpwuid(uid).pw_name
    except KeyError:
        owner = f"#{uid}"
    return f"it is {owner}'s: say sudo -u '{owner}' cronwrap ..., or name another: --state-dir"


def _words(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
