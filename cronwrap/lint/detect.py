"""Which daemon reads the crontabs of a host, or of an image."""

import re

from cronwrap.lint.dialects import DEFAULT
from cronwrap.lint.host import Host

PORTABLE = "portable"
# Distributions, as ID and ID_LIKE of os-release(5) name them, and the cron they install.
_BY_SYSTEM = {
    "alpine": "busybox",
    "openwrt": "busybox",
    "debian": "debian",
    "ubuntu": "debian",
    "amzn": "cronie",
    "arch": "cronie",
    "centos": "cronie",
    "fedora": "cronie",
    "gentoo": "cronie",
    "rhel": "cronie",
    "suse": "cronie",
}
_BIN = ("/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/sbin", "/bin")
_PROGRAMS = {
    "supercronic": "supercronic",
    "bcron-sched": "bcron",
    "cron": "debian",  # Debian's; others call theirs crond
}
_SYSTEMD = "systemd/system-generators/systemd-crontab-generator"
# Where only one of them looks for crontabs: a copy in a repository tells by its path who reads it.
# /etc/cron.d and /var/spool/cron/crontabs are those of several.
_BY_PATH = (
    (re.compile(r"/etc/crontabs/[^/]+$"), "busybox"),
    (re.compile(r"/var/spool/cron/(?:tabs/)?[^/]+$"), "cronie"),
)


def daemon_of_path(path: str) -> str:
    """Return the dialect of the only daemon that reads files at the end of *path*; else "".

    >>> daemon_of_path("image/etc/crontabs/root"), daemon_of_path("image/etc/cron.d/app")
    ('busybox', '')
    """
    return next((dialect for end, dialect in _BY_PATH if end.search(f"/{path}")), "")


def daemon_of(host: Host) -> str:
    """Return the dialect of the daemon that is installed on *host*, else of its distribution."""
    if any(host.exists(f"{lib}/{_SYSTEMD}") for lib in ("/usr/lib", "/lib", "/usr/local/lib")):
        return "systemd"
    for program, dialect in _PROGRAMS.items():
        if any(host.is_executable(f"{directory}/{program}") for directory in _BIN):
            return dialect
    for directory in _BIN:
        if host.exists(f"{directory}/crond"):
            real = host.real(f"{directory}/crond")
            return "busybox" if real is not None and real.name == "busybox" else "cronie"
    release = host.os_release
    for word in [release.get("ID", ""), *release.get("ID_LIKE", "").split()]:
        if word in _BY_SYSTEM:
            return _BY_SYSTEM[word]
    return PORTABLE


def daemon_of_image(image: str, text: str) -> str:
    """Return the dialect of a Dockerfile: its last base image *image*, and all of its *text*.

    >>> daemon_of_image("python:3.12-alpine", ""), daemon_of_image("debian", "RUN supercronic")
    ('busybox', 'supercronic')
    """
    if "supercronic" in text:
        return "supercronic"
    named = image.lower()
    if "alpine" in named and "cronie" not in text:
        return "busybox"
    if any(word in named for word in ("fedora", "centos", "rhel", "ubi", "rocky", "alma")):
        return "cronie"
    return "cronie" if "cronie" in text else DEFAULT
