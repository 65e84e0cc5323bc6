"""The job's processes: all that descend from us, but for our own helpers.

As a subreaper (Linux) we are the ancestor of all that the job starts, whatever group or session
it went to and however often it forked; elsewhere what double-forked away is out of sight.

psutil is imported only when the tree must be ended: it takes 30 ms and 4 MB.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    import psutil

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def descendants(helpers: "Iterable[int]") -> "list[psutil.Process]":
    """Return all living processes below us, but for *helpers*; zombies are not alive."""
    import psutil

    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.pid not in helpers and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue  # it ended while we looked
    return found


def signal_all(number: int, helpers: "Iterable[int]", *, but_group: int = 0) -> int:
    """Send signal *number* to all of the job's processes; return how many there are.

    Args:
        number: of the signal.
        helpers: pids that are not the job's.
        but_group: leave out the members of this process group.
    """
    import psutil

    processes = descendants(helpers)
    for process in processes:
        try:
            if not but_group or os.getpgid(process.pid) != but_group:
                process.send_signal(number)  # looks at its start time: never at a reused pid
        except (psutil.Error, ProcessLookupError):
            continue
    return len(processes)


def set_io_priority(io_class: int, level: int) -> None:
    """Set this process's I/O priority as ioprio_set(2) has it.

    Raises:
        OSError: the kernel refuses.
    """
    import psutil

    try:
        psutil.Process().ionice(io_class, level or None)  # idle has no level
    except psutil.AccessDenied:
        raise PermissionError(1, os.strerror(1)) from None


def tree_rss_bytes(helpers: "Iterable[int]" = (), below: int = 0) -> int:
    """Return the resident memory of all of the job's processes now; 0 where /proc cannot tell.

    Args:
        helpers: pids that are not the job's.
        below: the wrapper, if it is not this process; its helpers are not counted then.

    Reads proc(5)'s stat by hand: this is done every few seconds, by a process that must be small.
    """
    rss: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return 0
    for name in names:
        if name.isdigit():
            stat = _read_stat(name)
            if stat is not None:
                children.setdefault(stat[0], []).append(int(name))
                rss[int(name)] = stat[1] * _PAGE_BYTES
    total, waiting = 0, list(children.get(below or os.getpid(), []))
    if below:
        waiting = [pid for pid in waiting if not _is_fork(pid, below)]
    while waiting:
        pid = waiting.pop()
        if pid not in helpers:
            total += rss.get(pid, 0)
            waiting += children.get(pid, [])
    return total


def _is_fork(pid: int, parent: int) -> bool:
    """Tell whether *pid* still is what it was forked from, as our helpers are, and no job is."""
    return _words(pid) == _words(parent)


def _words(pid: int) -> bytes:
    """Return the words that a process was executed with; of one that is gone, nothing."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def own_rss_kib() -> int:
    """Return how large this process is.

    Its ru_maxrss would also count whoever executed us, however large that was (getrusage(2)).
    """
    stat = _read_stat("self")
    if stat is not None:
        return stat[1] * _PAGE_BYTES // 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _read_stat(pid: str) -> "tuple[int, int] | None":
    """Return the parent's pid and the resident pages of a process, None when it is gone."""
    try:
        fd = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fields = os.read(fd, 1024).rpartition(b")")[2].split()  # the name may hold anything
        return int(fields[1]), int(fields[21])
    except (OSError, IndexError, ValueError):
        return None
    finally:
        os.close(fd)
