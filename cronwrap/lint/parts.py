"""Very long crontabs are looked at in parts, by as many processes as there are processors.

A child is forked with all that was read, so that it need only send back what it found.
"""

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cronwrap.lint.crontab import Crontab, Found, Line
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import Rule

_WORTH_LINES = 5_000  # a child and its answer take some milliseconds

Look = Callable[[Sequence[Line]], list[Finding]]


def in_parts(file: Crontab, rules: Sequence[Rule], look: Look) -> Iterator[Finding]:
    """Yield what *look* finds in the lines of *file*; each finding is of one of *rules*."""
    count = min(_processors(), len(file.lines) // _WORTH_LINES)
    if count < 2:  # noqa: PLR2004 - nothing to share
        yield from look(file.lines)
        return
    size = -(-len(file.lines) // count)
    parts = [file.lines[start : start + size] for start in range(0, len(file.lines), size)]
    by_code = {rule.code: rule for rule in rules}
    answers = [_start(part, look) for part in parts[1:]]
    yield from look(parts[0])
    for part, answer in zip(parts[1:], answers, strict=True):
        found = _finish(*answer)
        if found is None:  # killed, or a rule broke: so that it is told here
            yield from look(part)
            continue
        for code, severity, rest in found:
            yield Finding(by_code[code], severity, Found(file, *rest))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(part: Sequence[Line], look: Look) -> tuple[int, int]:
    """Begin to look at *part* in a child; return its process id and where its answer comes."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read)
            found = [(one.rule.code, one.severity, one.found[1:]) for one in look(part)]
            with os.fdopen(write, "wb") as answer:
                pickle.dump(found, answer)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    return pid, read


def _finish(pid: int, read: int) -> list[tuple[str, str, Any]] | None:
    """Return the answer of a child: code, severity and what was found but for the file."""
    with os.fdopen(read, "rb") as answer:
        data = answer.read()
    _, status = os.waitpid(pid, 0)
    return list(pickle.loads(data)) if status == 0 else None  # noqa: S301 - from a child of ours
