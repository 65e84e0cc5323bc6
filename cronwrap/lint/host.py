"""What this host, or an image of one under ``--root``, says to rules that look."""

import os
import stat
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple


class User(NamedTuple):
    """An account of passwd(5)."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


class Host:
    """Looks up files and users below a root directory.

    Paths are absolute, as a job names them; links are followed within the root.
    """

    def __init__(self, root: str = "/") -> None:
        self.root = Path(root)

    def real(self, path: str) -> Path | None:
        """Return where *path* stands for us, links followed within the root; None if nowhere."""
        return _real(self.root, path)

    def exists(self, path: str) -> bool:
        """Return whether there is something at *path*."""
        return self.stat(path) is not None

    def is_dir(self, path: str) -> bool:
        """Return whether *path* is a directory."""
        found = self.stat(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def stat(self, path: str) -> os.stat_result | None:
        """Return the status of what *path* leads to; None if there is nothing."""
        real = self.real(path)
        if real is None:
            return None
        try:
            return real.lstat()
        except (OSError, ValueError):
            return None

    def is_hidden(self, path: str) -> bool:
        """Return whether we may not look at *path*, so that nothing can be said about it."""
        for parent in (Path(path), *Path(path).parents):
            real = self.real(str(parent))
            if real is not None and real.is_dir() and not os.access(real, os.X_OK):
                return True
        return False

    def is_executable(self, path: str) -> bool:
        """Return whether *path* is a file that somebody may execute."""
        found = self.stat(path)
        return found is not None and stat.S_ISREG(found.st_mode) and bool(found.st_mode & 0o111)

    def which(self, name: str, path: str) -> str:
        """Return the first executable *name* in the directories of *path*; "" if there is none."""
        for directory in path.split(":"):
            if directory.startswith("/") and self.is_executable(f"{directory}/{name}"):
                return f"{directory}/{name}"
        return ""

    def head(self, path: str, size_bytes: int = 4096) -> bytes:
        """Return the beginning of the file *path*; nothing if it cannot be read."""
        real = self.real(path)
        try:
            if real is None or not real.is_file():
                return b""
            with real.open("rb") as file:
                return file.read(size_bytes)
        except OSError:
            return b""

    def names(self, path: str) -> list[str]:
        """Return the names in the directory *path*; none if it cannot be read."""
        real = self.real(path)
        try:
            return sorted(one.name for one in real.iterdir()) if real is not None else []
        except OSError:
            return []

    @cached_property
    def users(self) -> dict[str, User]:
        """The accounts, by name; none if that cannot be told (a network directory may have more)."""
        users = {}
        for line in self.head("/etc/passwd", 10_000_000).decode(errors="replace").splitlines():
            parts = line.split(":")
            if len(parts) >= 7 and parts[2].isdigit() and parts[3].isdigit():  # noqa: PLR2004 - passwd(5)
                users[parts[0]] = User(parts[0], int(parts[2]), int(parts[3]), parts[5], parts[6])
        return users

    def user(self, name: str) -> User | None:
        """Return the account *name*; asks this host's other sources too, if it is this host."""
        if name not in self.users and str(self.root) == "/":
            import pwd

            try:
                entry = pwd.getpwnam(name)
            except (KeyError, ValueError):
                return None
            return User(name, entry.pw_uid, entry.pw_gid, entry.pw_dir, entry.pw_shell)
        return self.users.get(name)

    @cached_property
    def shared_groups(self) -> frozenset[int]:
        """The groups that somebody else than root is in: what they may write, others may write."""
        lines = self.head("/etc/group", 10_000_000).decode(errors="replace").splitlines()
        shared = {user.gid for user in self.users.values() if user.uid != 0}
        for parts in (line.split(":") for line in lines):
            if len(parts) >= 4 and parts[2].isdigit() and set(parts[3].split(",")) - {"", "root"}:  # noqa: PLR2004 - group(5)
                shared.add(int(parts[2]))
        return frozenset(shared - {0})

    @cached_property
    def os_release(self) -> dict[str, str]:
        """What os-release(5) says."""
        lines = (self.head("/etc/os-release") or self.head("/usr/lib/os-release")).decode(
            errors="replace"
        )
        pairs = (line.partition("=") for line in lines.splitlines() if "=" in line)
        return {key: value.strip("\"'") for key, _, value in pairs}


@lru_cache(maxsize=8192)
def _real(root: Path, path: str) -> Path | None:
    """Follow *path* below *root*; links that are absolute begin at the root again."""
    if "\0" in path or not path.startswith("/"):
        return None
    place, parts, links = root, [part for part in path.split("/") if part not in ("", ".")], 0
    while parts:
        part = parts.pop(0)
        if part == "..":
            place = place.parent if place != root else root
            continue
        place = place / part
        try:
            if place.is_symlink():
                links += 1
                if links > 40:  # noqa: PLR2004 - as the kernel does
                    return None
                target = str(place.readlink())
                place = root if target.startswith("/") else place.parent
                parts[:0] = [one for one in target.split("/") if one not in ("", ".")]
            elif parts and not place.exists():
                return None
        except OSError:
            return None
    return place
