"""A baseline: what is known and to be left alone, so that only what is new is told.

It names no line numbers, so that lines above may come and go, and holds no text of a crontab.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from cronwrap.errors import UsageError
from cronwrap.lint import mask
from cronwrap.lint.finding import Finding

_VERSION = 1
_MOST_BYTES = 64 * 1024 * 1024  # a million findings; an endless device is not read to its end


def fingerprint(finding: Finding) -> str:
    """Return what stays the same while the line does: of rule, file name and line, no secrets."""
    words = (finding.rule.code, Path(finding.path).name, mask.line(finding.line).strip())
    text = "\0".join(words).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:32]


def write(path: str, findings: Iterable[Finding]) -> None:
    """Write what is known to the file *path*."""
    known = dict(sorted(Counter(fingerprint(one) for one in findings).items()))
    text = json.dumps({"version": _VERSION, "known": known}, indent=1) + "\n"
    try:
        _put(os.path.realpath(path), text)
    except OSError as error:
        raise UsageError(f"{path}: the baseline cannot be written: {error.strerror}") from error


def _put(path: str, text: str) -> None:
    """Write a file whole or not at all; what is none, such as a pipe, is only written to."""
    place = Path(path)
    if place.exists() and not place.is_file():
        place.write_text(text, encoding="utf-8")
        return
    draft = place.with_name(f".{place.name[:200]}.{secrets.token_hex(6)}")
    try:
        draft.write_text(text, encoding="utf-8")
        if place.exists():
            shutil.copymode(place, draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def without_known(path: str, findings: Sequence[Finding]) -> list[Finding]:
    """Return *findings* without those of the baseline in the file *path*."""
    left = _read(path)
    kept = []
    for finding in findings:
        print_ = fingerprint(finding)
        if left[print_] > 0:
            left[print_] -= 1
        else:
            kept.append(finding)
    return kept


def _read(path: str) -> Counter[str]:
    hint = f"write one with `cronwrap lint --write-baseline {path}`"
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a name may be any bytes
            document = json.loads(file.read(_MOST_BYTES))
        return Counter({str(key): int(count) for key, count in document["known"].items()})
    except OSError as error:
        raise UsageError(
            f"{path}: the baseline cannot be read: {error.strerror}", hint=hint
        ) from error
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UsageError(f"{path}: this is no baseline", hint=hint) from error
