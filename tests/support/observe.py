"""A job that tells how it was started: ``cronwrap(*observe(directory, "a", "b"))``."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import signals_in

JOBS = Path(__file__).parent / "jobs"
_TEXT = (JOBS / "observe.sh").read_text(encoding="utf-8")


def job(name: str, *arguments: object) -> list[str]:
    """Return the command line of a job in ``jobs/``, such as ``job("leave_daemon.sh", pid_file)``."""
    start = ["sh"] if name.endswith(".sh") else ["python3", "-I", "-S"]
    return [*start, str(JOBS / name), *map(str, arguments)]


def printed(count: int) -> bytes:
    """Return what ``print_bytes.py COUNT`` prints."""
    lines = count // 16 + 1
    return b"".join(b"%015d\n" % number for number in range(lines))[:count]


def observe(directory: Path, *arguments: str | bytes) -> list[str | bytes]:
    """Return a job that writes into *directory* (made here) what ``Observed`` reads."""
    directory.mkdir(parents=True, exist_ok=True)
    return ["sh", "-c", _TEXT, str(directory), *arguments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """How a job was started, as the kernel has it.

    Attributes:
        arguments: those given to ``observe``.
        environ: in the order of the block, ``NAME=value``.
        status: fields of /proc/PID/status.
        blocked, ignored: signals; what is caught, exec resets and the shell sets anew.
        fds: what each open descriptor leads to.
        ionice: as ionice(1) says it: ``none: prio 0``, ``idle``, ``best-effort: prio 4``.
        limits: the text of /proc/PID/limits.
    """

    pid: int
    parent: int
    group: int
    session: int
    nice: int
    arguments: list[bytes]
    environ: list[bytes]
    status: dict[str, str]
    blocked: set[int]
    ignored: set[int]
    fds: dict[int, str]
    cwd: str
    umask: int
    ionice: str
    oom_score_adj: int
    limits: str
    stdin: bytes

    @classmethod
    def read(cls, directory: Path) -> "Observed":
        texts = {
            path.name: path.read_text(errors="surrogateescape") for path in directory.iterdir()
        }
        status = dict(line.split(":\t", 1) for line in texts["status"].splitlines())
        stat = texts["stat"].rpartition(")")[2].split()  # from field 3, the state, on
        return cls(
            pid=int(status["Pid"]),
            parent=int(stat[1]),
            group=int(stat[2]),
            session=int(stat[3]),
            nice=int(stat[16]),
            arguments=_blocks(directory / "cmdline")[4:],
            environ=_blocks(directory / "environ"),
            status=status,
            blocked=signals_in(status["SigBlk"]),
            ignored=signals_in(status["SigIgn"]),
            fds=_descriptors(texts["fds"]),
            cwd=texts["cwd"].removesuffix("\n"),
            umask=int(texts["umask"], 8),
            ionice=texts["ionice"].strip(),
            oom_score_adj=int(texts["oom_score_adj"]),
            limits=texts["limits"],
            stdin=(directory / "stdin").read_bytes(),
        )

    @property
    def variables(self) -> dict[bytes, bytes]:
        """The environment by name."""
        pairs = (variable.partition(b"=") for variable in self.environ)
        return {name: value for name, _, value in pairs}


def _blocks(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\0")[:-1]


def _descriptors(listing: str) -> dict[int, str]:
    links = [line.split(" -> ") for line in listing.splitlines() if " -> " in line]
    return {int(name.split()[-1]): target for name, target in links}
