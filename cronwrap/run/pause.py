"""Pauses: checks whose runs are skipped until somebody says otherwise.

A file for each in the state directory, which is not there as long as nothing is paused, so that a
run needs one look to know it.
"""

import os
import time

from cronwrap.state import PAUSED, make_private, safe_name

ALL = "all"
OF_A_CHECK = "check-"
READ_BYTES = 4096


class Pause:
    """What is paused, and for how long.

    Attributes:
        check: its name, "" for all checks.
        since_unix_s: when it was paused; 0 where that is not known.
        until_unix_s: when it ends by itself, None when it does not.
    """

    __slots__ = ("check", "since_unix_s", "until_unix_s")

    def __init__(self, check: str, since_unix_s: float, until_unix_s: "float | None") -> None:
        self.check = check
        self.since_unix_s = since_unix_s
        self.until_unix_s = until_unix_s

    def __str__(self) -> str:
        what = "the check is paused" if self.check else "all checks are paused"
        since = f" since {_shown(self.since_unix_s)}" if self.since_unix_s else ""
        until = "" if self.until_unix_s is None else f" until {_shown(self.until_unix_s)}"
        return f"{what}{since}{until}"


def find(directory: str, check: str, now_unix_s: float) -> "Pause | None":
    """Return the pause that *check* is in now, its own or that of all."""
    for name in ("", check):
        pause = _read(_path(directory, name))
        if pause is not None and _holds(pause, now_unix_s):
            return pause
    return None


def every(directory: str, now_unix_s: float) -> "list[Pause]":
    """Return all pauses that hold now, by the name of the check."""
    try:
        names = os.listdir(os.path.join(directory, PAUSED))
    except OSError:
        return []
    found = [_read(os.path.join(directory, PAUSED, name)) for name in names if name[0] != "."]
    holding = [one for one in found if one is not None and _holds(one, now_unix_s)]
    return sorted(holding, key=lambda pause: pause.check)


def begin(directory: str, pause: Pause) -> None:
    """Write *pause* down, in place of an earlier one.

    Raises:
        OSError: the state directory cannot be written to.
    """
    make_private(directory)
    make_private(os.path.join(directory, PAUSED))
    path = _path(directory, pause.check)
    draft = os.path.join(directory, PAUSED, f".{os.getpid()}")
    until = "" if pause.until_unix_s is None else repr(pause.until_unix_s)
    check = pause.check.encode("utf-8", "surrogateescape")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(f"{pause.since_unix_s!r} {until}\n".encode() + check)
    os.rename(draft, path)


def end(directory: str, check: str) -> bool:
    """Take away the pause of *check*, "" for that of all; False when there was none.

    Raises:
        OSError: the state directory cannot be written to.
    """
    try:
        os.unlink(_path(directory, check))
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        os.rmdir(os.path.join(directory, PAUSED))
    except OSError:
        pass  # others are paused
    return True


def _path(directory: str, check: str) -> str:
    name = OF_A_CHECK + safe_name(check) if check else ALL
    return os.path.join(directory, PAUSED, name)


def _read(path: str) -> "Pause | None":
    """Return what the file says; one without a sense is a pause without an end."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(fd, "rb") as file:
        first, _, check = file.read(READ_BYTES).partition(b"\n")
    since, _, until = first.decode("ascii", "replace").partition(" ")
    return Pause(os.fsdecode(check), _number(since) or 0.0, _number(until))


def _number(text: str) -> "float | None":
    try:
        return float(text)
    except ValueError:
        return None


def _holds(pause: Pause, now_unix_s: float) -> bool:
    return pause.until_unix_s is None or now_unix_s < pause.until_unix_s


def _shown(unix_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(unix_s))
