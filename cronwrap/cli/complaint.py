"""Telling of a mistake, by itself: `show`, for all that looks better, takes 0.1 s to import."""

import contextlib
import os

_told: set[str] = set()


def complain(message: str, hint: str = "") -> None:
    """Tell of a mistake on standard error; once, however many steps of a command it ends."""
    if message in _told:
        return
    _told.add(message)
    text = f"cronwrap: {message}\n" + (f"cronwrap: hint: {hint}\n" if hint else "")
    with contextlib.suppress(OSError):  # it is full: the exit status tells
        os.write(2, text.encode(errors="backslashreplace"))
