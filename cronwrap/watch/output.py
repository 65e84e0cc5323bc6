"""What a run's job wrote, as far as this machine keeps it: the whole log, or the end."""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cronwrap.run.log import GZIP, PACKED, SUFFIX
from cronwrap.store import Store
from cronwrap.watch.living import Living, still_goes_on

PIECE_BYTES = 1 << 16
POLL_S = 0.1


def log_of(run: dict[str, Any]) -> Path | None:
    """Return the file of a run's whole output, None where there is none any more."""
    path = run.get("log")
    if not isinstance(path, str) or not path:
        return None
    written = Path(path)
    packed = written.with_name(written.name.removesuffix(SUFFIX) + PACKED)
    return next((one for one in (written, packed) if one.is_file()), None)


def pieces(store: Store, run: dict[str, Any]) -> Iterator[bytes]:
    """Yield what is kept of a run's output, piece by piece.

    Raises:
        OSError: its log cannot be read.
    """
    path = log_of(run)
    if path is None:
        yield store.output(run["run_id"])
        return
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        unpack = zlib.decompressobj(wbits=GZIP)
        while piece := file.read(PIECE_BYTES):
            yield unpack.decompress(piece) if path.name.endswith(PACKED) else piece


def follow(run: dict[str, Any], over: Callable[[], bool]) -> Iterator[bytes]:
    """Yield what the log of a run that goes on says, until *over* says that it does not.

    Raises:
        OSError: the log cannot be read.
    """
    fd = os.open(run["log"], os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb", buffering=0) as file:
        ended = False
        while True:
            while piece := file.read(PIECE_BYTES):
                yield piece
            if ended:
                return
            ended = over()
            if not ended:
                time.sleep(POLL_S)


def end_of(store: Store, run: Living) -> Iterator[bytes]:
    """Wait until a run that goes on is over, and yield the end of its output."""
    while still_goes_on(store, run):
        time.sleep(POLL_S)
    while any(one.facts["run_id"] == run.run_id for one in store.living()):
        time.sleep(POLL_S)
    store.take_in()
    yield store.output(run.run_id)
