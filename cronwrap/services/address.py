"""What a URL says without being asked: the service it belongs to, and whether it is one."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from cronwrap.errors import CronwrapError


def is_url(text: str) -> bool:
    """Return whether something can be sent to *text*."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
            and not re.search(r"[\x00-\x20\x7f]", text)
        )
    except ValueError:  # a port that is none, a bracket that is not closed
        return False


def split_scheme(url: str) -> tuple[str, str]:
    """Return the service that ``service+https://`` names, and the URL proper.

    >>> split_scheme("webhook+http://h/x"), split_scheme("https://h/x")
    (('webhook', 'http://h/x'), ('', 'https://h/x'))
    """
    match = re.match(r"([a-z0-9_]+)\+(https?://.*)", url, re.DOTALL)
    return (match[1], match[2]) if match else ("", url)


def belongs(
    url: str, hosts: Collection[str], paths: Collection[str], patterns: Collection[str]
) -> bool:
    """Return whether *url* has one of the hosts (".h" stands for all below h), paths or shapes."""
    try:
        parts = urlsplit(url)
    except ValueError:  # check_url tells of it
        return False
    host = (parts.hostname or "").lower()
    by_host = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    by_path = any(one in parts.path for one in paths)
    return by_host or by_path or any(re.match(one, url) for one in patterns)


def check_url(url: str, where: str) -> None:
    """Raise an error when nothing can be sent to *url*, without showing it."""
    if not is_url(url):
        hint = "a URL (https://..., SERVICE+https://...) or the name of a configured endpoint"
        raise CronwrapError(f"{where}: is no address an event can be sent to", hint=f"give {hint}")
