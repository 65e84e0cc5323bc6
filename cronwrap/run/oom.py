"""Was it the kernel, for want of memory?  Its counters before and after tell.

cgroup v2 counts in ``memory.events`` (oom_kill), v1 in ``memory.oom_control``: processes of the
cgroup that any OOM killer ended, its own or the host's.  Where there is neither, ``/proc/vmstat``
(Linux 4.13) counts for the whole machine, and so for all who share it.  Read once after the job
was started, and again only when it ended by SIGKILL.

Reference: https://docs.kernel.org/admin-guide/cgroup-v2.html
"""

import os

MOUNT = "/sys/fs/cgroup"


def counters() -> "dict[str, int]":
    """Return the number of OOM kills so far, in our cgroup ("cgroup") or else on the host ("host")."""
    for name, files in (("cgroup", _cgroup_files()), ("host", ["/proc/vmstat"])):
        for path in files:
            count = _count(path)
            if count is not None:
                return {name: count}
    return {}


def explain(before: "dict[str, int]") -> str:
    """Return what the counters say now about a job that SIGKILL ended, or ""."""
    now = counters()
    if now.get("cgroup", 0) > before.get("cgroup", now.get("cgroup", 0)):
        return (
            "the kernel's OOM killer ended it: its cgroup was at its memory limit, "
            "or the host out of memory"
        )
    if now.get("host", 0) > before.get("host", now.get("host", 0)):
        return "the kernel's OOM killer was at work on this host, which was out of memory"
    return ""


def _cgroup_files() -> "list[str]":
    files = []
    for line in _read("/proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            files += [f"{MOUNT}{path}/memory.events", f"{MOUNT}/unified{path}/memory.events"]
        elif "memory" in controllers.split(","):
            files.append(f"{MOUNT}/memory{path}/memory.oom_control")
    # In a container the path may be the host's, and the mount the container's own.
    return [*files, f"{MOUNT}/memory.events", f"{MOUNT}/memory/memory.oom_control"]


def _count(path: str) -> "int | None":
    for line in _read(path).splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return None


def _read(path: str) -> str:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b"")).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(fd)
