"""Crontabs that a Dockerfile copies into its image, and the daemon that will read them there."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from cronwrap.lint.detect import daemon_of_image

_NAME = re.compile(r"(?i)^(dockerfile|containerfile)(\..+)?$|\.(dockerfile|containerfile)$")
_CRONTAB = re.compile(
    r"(?i)/etc/crontab$|/cron\.d/|/crontabs/|/spool/cron/|(^|[/._-])crontabs?([/._-]|$)"
)


class Image(NamedTuple):
    """What is known of an image.

    Attributes:
        dialect: of the daemon in it.
        crontabs: for each, its path beside the Dockerfile and in the image.
    """

    dialect: str
    crontabs: tuple[tuple[str, str], ...]


def is_one(path: str) -> bool:
    """Return whether *path* is named as Dockerfiles are.

    >>> is_one("app/Dockerfile"), is_one("worker.dockerfile"), is_one("crontab")
    (True, True, False)
    """
    return _NAME.search(PurePosixPath(path).name) is not None


def read(text: str) -> Image:
    r"""Return what the Dockerfile *text* says.

    >>> read("FROM alpine\nCOPY --chown=0:0 jobs /etc/crontabs/root\n")
    Image(dialect='busybox', crontabs=(('jobs', '/etc/crontabs/root'),))
    """
    base, crontabs = "", []
    for line in re.sub(r"\\[ \t]*\r?\n", " ", text).splitlines():
        words = [word.strip("[]\",'") for word in line.split()]
        instruction = words[0].upper() if words else ""
        names = [word for word in words[1:] if word and not word.startswith("--")]
        if instruction == "FROM" and names:
            base = names[0]
        elif instruction in ("COPY", "ADD") and "--from=" not in line and len(names) > 1:
            *sources, target = names
            sources = [source for source in sources if not source.startswith("<<")]  # stands here
            crontabs += [(source, _target(source, target)) for source in sources]
    found = [(source, target) for source, target in crontabs if _CRONTAB.search(target)]
    return Image(daemon_of_image(base, text), tuple(found))


def _target(source: str, target: str) -> str:
    return f"{target}{PurePosixPath(source).name}" if target.endswith("/") else target
