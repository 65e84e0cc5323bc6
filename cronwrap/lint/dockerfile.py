"""Crontabs that a Dockerfile copies into its image, and the daemon that will read them there."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cronwrap.lint.detect import daemon_of_image

_NAME = re.compile(r"(?i)^(dockerfile|containerfile)(\..+)?$|\.(dockerfile|containerfile)$")
_CRONTAB = re.compile(
    r"(?i)/etc/crontab$|/cron\.d/|/crontabs/|/spool/cron/|(^|[/._-])crontabs?([/._-]|$)"
)
# Where daemons look for crontabs; a directory may be copied that holds such places.
_FILE = "/etc/crontab"
_DIRECTORIES = ("/etc/cron.d", "/etc/crontabs", "/var/spool/cron/crontabs", "/var/spool/cron/tabs",
                "/var/spool/cron")  # fmt: skip
_SET = re.compile(r"\[(\^?)((?:\\.|[^\]\\])+)\]", re.DOTALL)


class Copy(NamedTuple):
    """What a Dockerfile copies.

    Attributes:
        sources: as they are written.
        target: where it goes in the image.
        origin: the stage or image that it comes from; "" for what is beside the Dockerfile.
    """

    sources: tuple[str, ...]
    target: str
    origin: str = ""


class Image(NamedTuple):
    """What is known of an image.

    Attributes:
        dialect: of the daemon in it.
        copies: what is copied into it, in order.
    """

    dialect: str
    copies: tuple[Copy, ...]


class Copied(NamedTuple):
    """The crontabs among what is copied.

    Attributes:
        files: for each its path here and in the image.
        missing: a sentence for each that is not there.
        elsewhere: a sentence for each that does not come from here.
    """

    files: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    elsewhere: tuple[str, ...]


def is_one(path: str) -> bool:
    """Return whether *path* is named as Dockerfiles are.

    >>> is_one("app/Dockerfile"), is_one("worker.dockerfile"), is_one("crontab")
    (True, True, False)
    """
    return _NAME.search(PurePosixPath(path).name) is not None


def read(text: str) -> Image:
    r"""Return what the Dockerfile *text* says.

    >>> read("FROM alpine\nCOPY --chown=0:0 jobs /etc/crontabs/root\n")
    Image(dialect='busybox', copies=(Copy(sources=('jobs',), target='/etc/crontabs/root', origin=''),))
    """
    base, copies = "", []
    text = re.sub(r"(?m)^[ \t]*#.*\n?", "", text)  # also between lines that are joined
    for line in re.sub(r"\\[ \t]*\r?\n", " ", text).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        flags, names = _words(rest)
        if instruction.upper() == "FROM" and names:
            base = names[0]
        elif instruction.upper() in ("COPY", "ADD") and len(names) > 1:
            *sources, target = names
            copies.append(Copy(tuple(sources), target, flags.get("--from", "")))
    return Image(daemon_of_image(base, text), tuple(copies))


def _words(rest: str) -> tuple[dict[str, str], list[str]]:
    """Return the flags of an instruction, and its words, which may be written as JSON."""
    flags: dict[str, str] = {}
    rest = rest.strip()
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        name, _, value = flag.partition("=")
        flags[name] = value
        rest = rest.strip()
    if rest.startswith("["):
        try:
            return flags, [str(word) for word in json.loads(rest)]
        except ValueError:
            pass  # Docker, too, takes it for words then
    return flags, rest.split()


def copied(directory: str, copies: Sequence[Copy]) -> Copied:
    """Return the crontabs among *copies* of a Dockerfile in *directory*, which is the context."""
    files: list[tuple[str, str]] = []
    missing, elsewhere = [], []
    for copy in copies:
        for source in copy.sources:
            why = _elsewhere(copy, source)
            found = [] if why else [*_found(directory, source, copy)]
            files += found
            if not found and _CRONTAB.search(_inside(copy.target, source)):
                said = f"{source}, copied to {copy.target}, is not read: "
                if why:
                    elsewhere.append(said + why)
                else:
                    missing.append(f"{said}there is no such file beside the Dockerfile")
    return Copied(tuple(dict.fromkeys(files)), tuple(missing), tuple(elsewhere))


def _elsewhere(copy: Copy, source: str) -> str:
    """Return why what is copied cannot be found here; "" if it may be."""
    if copy.origin:
        return f"it comes from {copy.origin}"
    if source.startswith("<<"):
        return "it stands in the Dockerfile itself"
    if "://" in source or source.startswith("git@"):
        return "it is downloaded"
    return "its name depends on an argument" if "$" in source else ""


def _inside(target: str, source: str) -> str:
    """Return where in the image the file *source* is if it is copied to *target*."""
    is_directory = target.endswith("/") or target in (".", *_DIRECTORIES)
    return f"{target.rstrip('/')}/{PurePosixPath(source).name}" if is_directory else target


def _found(directory: str, source: str, copy: Copy) -> Iterator[tuple[str, str]]:
    """Yield the crontabs that *source* stands for: a file, a pattern, a directory."""
    for path in _matching(Path(directory), source):
        if path.is_dir():
            yield from _in_directory(path, copy.target)
        elif _CRONTAB.search(_inside(copy.target, path.name)):
            yield str(path), _inside(copy.target, path.name)


def _in_directory(path: Path, target: str) -> Iterator[tuple[str, str]]:
    """Yield the crontabs of a directory whose content is copied to *target*."""
    base = target.rstrip("/")
    inner = (place[len(base) :] for place in _DIRECTORIES if place.startswith(f"{base}/"))
    files = [file for name in ("", *inner) for file in _files(path / name.strip("/"))]
    if _FILE.startswith(f"{base}/"):
        files.append(path / _FILE[len(base) :].strip("/"))
    for file in files:
        inside = f"{base}/{file.relative_to(path)}"
        if _CRONTAB.search(inside) and file.is_file():
            yield str(file), inside


def _files(directory: Path) -> list[Path]:
    """Return what is in *directory*, but for what is hidden."""
    return [directory / name for name in _names(directory) if name[:1] != "."]


def _names(directory: Path) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - a name may be any bytes
    except OSError:
        return []  # it is none, or may not be read; it is told that there is no such file


def _matching(root: Path, source: str) -> list[Path]:
    """Return the files below *root* that the pattern *source* matches, as Go's filepath.Match."""
    found = [root]
    for part in PurePosixPath(source.lstrip("/") or ".").parts:
        if re.search(r"[*?[\\]", part):
            wanted = re.compile(pattern(part), re.DOTALL)
            found = [one / name for one in found for name in _names(one) if wanted.fullmatch(name)]
        else:
            found = [one / part for one in found if part == ".." or (one / part).exists()]
    return found


def pattern(part: str) -> str:
    r"""Return the regular expression for a name in a pattern of Go's filepath.Match.

    >>> pattern("*.cron"), pattern(r"[^a-c]?\*")
    ('.*\\.cron', '[^a-c].\\*')
    """
    parts, place = [], 0
    while place < len(part):
        group = _SET.match(part, place)
        if group is not None:
            parts.append(f"[{group[1]}{group[2].replace('[', chr(92) + '[')}]")
            place = group.end()
            continue
        char = part[place]
        if char == "\\" and place + 1 < len(part):
            place += 1
            parts.append(re.escape(part[place]))
        else:
            parts.append({"*": ".*", "?": "."}.get(char) or re.escape(char))
        place += 1
    return "".join(parts)
