"""A history that may be read and not written to: from a copy in memory.

SQLite opens a file with a write-ahead log only where it may write beside it.  On a read-only file
system, or in a directory without the right to, all is read into memory instead: what runs have
left is taken in there, and an older schema is brought up to date, as if it was on the disk.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path


def why_read_only(directory: Path) -> str:
    """Return why nothing can be written in *directory*, "" where it can, or where it is not."""
    if os.access(directory, os.W_OK) or not os.access(directory, os.R_OK | os.X_OK):
        return ""
    if os.statvfs(directory).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    return "nobody has the right to write to its directory"


def copy(path: Path) -> sqlite3.Connection:
    """Return a copy of the database *path* in memory, an empty one where there is none.

    Raises:
        sqlite3.Error, OSError: it cannot be read.
    """
    memory = sqlite3.connect(":memory:", isolation_level=None)
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:  # of one who was killed: it belongs to the file
        with tempfile.TemporaryDirectory(prefix="cronwrap-") as directory:
            for file in (path, log):
                shutil.copyfile(file, Path(directory) / file.name)
            _read(Path(directory) / path.name, "mode=rw", memory)
    elif path.exists():
        _read(path, "immutable=1", memory)
    return memory


def _read(path: Path, how: str, into: sqlite3.Connection) -> None:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as db:
        db.backup(into)
