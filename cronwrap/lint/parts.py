"""Much work is shared among as many processes as there are processors.

A child is forked with all that was read, so that it need only send back what it made of its part.
"""

import contextlib
import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

Work = Callable[[Sequence[_Item]], _Made]


def in_parts(items: Sequence[_Item], work: Work[_Item, _Made], *, worth: int) -> Iterator[_Made]:
    """Yield what *work* makes of each part of *items*, in their order; it must be picklable.

    A part has *worth* items or more: a child and its answer take some milliseconds.
    """
    count = min(_processors(), len(items) // worth)
    if count < 2:  # noqa: PLR2004 - nothing to share
        yield work(items)
        return
    size = -(-len(items) // count)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    children = [_start(part, work) for part in parts[1:]]
    try:
        yield work(parts[0])
        for part in parts[1:]:
            made = _finish(*children[0])
            del children[0]
            # None: it was killed, or a rule broke, so that it is told here.
            yield work(part) if made is None else made
    finally:
        for pid, _ in children:  # for nobody, now
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def each(items: Sequence[_Item], make: Callable[[_Item], _Made], *, worth: int) -> Iterator[_Made]:
    """Yield what *make* makes of each of *items*; see ``in_parts``."""
    for made in in_parts(items, lambda part: [make(one) for one in part], worth=worth):
        yield from made


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(part: Sequence[_Item], work: Work[_Item, _Made]) -> tuple[int, int]:
    """Begin to work on *part* in a child; return its process id and where its answer comes."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read)
            made = work(part)
            with os.fdopen(write, "wb") as answer:
                pickle.dump(made, answer)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    return pid, read


def _finish(pid: int, read: int) -> Any:
    """Return the answer of a child; None if it has none."""
    with os.fdopen(read, "rb") as answer:
        data = answer.read()
    _, status = os.waitpid(pid, 0)
    return pickle.loads(data) if status == 0 else None  # noqa: S301 - from a child of ours
