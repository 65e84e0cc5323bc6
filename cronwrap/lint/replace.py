"""Replaces a file by what it becomes: whole or not at all, with its mode and owner.

A crontab may stand where others can write. There, a link could lead us to any file of root's, so
that no link in such a place is followed; and a file that has changed since it was read is left.
"""

import contextlib
import errno
import os
import secrets
import stat

from cronwrap.errors import UsageError

_MOST_LINKS = 8


def replace(path: str, before: bytes, after: bytes) -> None:
    """Replace the file *path*, which was *before*, by *after*.

    Raises:
        UsageError: it cannot be done, or should not.
    """
    try:
        directory, name = _settle(path)
        try:
            _replace(directory, name, before, after, path)
        finally:
            os.close(directory)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{path}: cannot be written: {reason}; it is as it was") from error


def _settle(path: str) -> tuple[int, str]:
    """Return the directory, opened, and the name that *path* stands for, links followed."""
    place = os.path.abspath(path)  # noqa: PTH100 - links are looked at one by one
    for _ in range(_MOST_LINKS):
        parent, name = os.path.split(place)
        _refuse_links_of_others(parent, path)
        directory = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if not stat.S_ISLNK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            return directory, name
        try:
            if os.fstat(directory).st_mode & stat.S_IWOTH:
                raise UsageError(
                    f"{path}: this is a link in a directory that all may write; it is not followed",
                    hint="name the file that it leads to",
                )
            place = os.path.join(parent, os.readlink(name, dir_fd=directory))  # noqa: PTH118
        finally:
            os.close(directory)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _refuse_links_of_others(parent: str, path: str) -> None:
    """Refuse a directory that is reached by a link in a place that all may write."""
    place = "/"
    for part in parent.split("/"):
        here = os.path.join(place, part)  # noqa: PTH118
        if part and os.path.islink(here) and os.stat(place).st_mode & stat.S_IWOTH:  # noqa: PTH114, PTH116
            raise UsageError(
                f"{path}: {here} is a link in a directory that all may write; it is not followed",
                hint="name the directory that it leads to",
            )
        place = os.path.realpath(here)


def _replace(directory: int, name: str, before: bytes, after: bytes, path: str) -> None:
    old = os.open(
        name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory
    )
    with os.fdopen(old, "rb") as file:
        status = os.fstat(old)
        if not stat.S_ISREG(status.st_mode) or file.read(len(before) + 1) != before:
            raise UsageError(f"{path}: it has changed meanwhile; nothing is written")
        if status.st_nlink > 1:
            raise UsageError(f"{path}: the file has other names (hard links); nothing is written")
        # Hidden, with a dot: no daemon takes it for a crontab.
        temporary = f".{name[:200]}.cronwrap-{secrets.token_hex(6)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        new = os.open(temporary, flags, 0o600, dir_fd=directory)
        try:
            with os.fdopen(new, "wb") as target:
                target.write(after)
                _like(old, new, status)
                target.flush()
                os.fsync(new)
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=directory)
            raise
        os.fsync(directory)


def _like(old: int, new: int, status: os.stat_result) -> None:
    """Give the file *new* the owner, the mode and the labels of *old*."""
    mine = os.fstat(new)
    if (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(new, status.st_uid, status.st_gid)
    os.fchmod(new, stat.S_IMODE(status.st_mode))
    if hasattr(os, "listxattr"):
        for label in os.listxattr(old):
            with contextlib.suppress(OSError):  # one of the system that we may not set
                os.setxattr(new, label, os.getxattr(old, label))
