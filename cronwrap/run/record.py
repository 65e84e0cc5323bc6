"""The run's own file: what is known of it, on disk, from before its job's start on.

One file per run in the state directory, written by nobody else: no lock to wait for, no database
to open before the job or after it.  A line is the ASCII form of a Python literal, because repr
needs no import; the store takes the files in.  The file stays locked as long as its wrapper or
its reporter lives (flock(2): forked children share it, what they execute does not), so a file
that is unlocked and has no end is a run that was cut off, and one with an end is owed to every
endpoint that it does not say to have been told.
"""

import fcntl
import os
import time

from cronwrap.state import MANY_FILES, RUNS, SETTLED, SUFFIX, WAITING, is_due, is_left, make_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cronwrap.run.job import Job

START = "start"


class Record:
    """The file of one run.

    Attributes:
        problem: why nothing is recorded, or "".
    """

    __slots__ = ("_directory", "_fd", "_run_id", "_state_dir", "problem")

    def __init__(self, directory: str, run_id: str, job: "Job") -> None:
        """Begin the file of the run *run_id* in the state directory *directory*."""
        self._fd = -1
        self.problem = ""
        self._run_id = run_id
        self._state_dir = directory
        self._directory = os.path.join(directory, RUNS)
        draft = os.path.join(self._directory, f".{run_id}")
        try:
            make_private(directory)
            make_private(self._directory)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._fd = os.open(draft, flags, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            self.write(_first_facts(job, run_id))
            os.rename(draft, self._path(SUFFIX))  # nobody ever sees it unlocked while we live
        except OSError as error:
            self._fail(directory, error)
            self.close()

    def _path(self, suffix: str) -> str:
        return os.path.join(self._directory, self._run_id + suffix)

    def write(self, facts: "dict[str, Any]") -> None:
        """Add a line of *facts*; plain values only. A full disk costs the record, nothing else."""
        if self._fd < 0:
            return
        data = ascii(facts).encode() + b"\n"
        try:
            if os.write(self._fd, data) < len(data):
                os.write(self._fd, b"\n")  # full: this says so in its own words
        except OSError as error:
            self._fail(self._directory, error)

    def wait(self, what: str, until_unix_s: "float | None", phase: str = WAITING) -> None:
        """Say that the run waits for *what*, for others to see."""
        facts = {"phase": phase, "waiting_for": what, "waiting_until_unix_s": until_unix_s}
        self.write(facts)

    def wait_no_more(self) -> None:
        """Say that the run goes on."""
        self.wait("", None, START)

    def tell(self, endpoint: str, kind: str, why: str) -> None:
        """Write down what came of the end at *endpoint*, given as ``--endpoint`` was."""
        self.write({f"told:{endpoint}": (kind, why)})

    def sync(self) -> None:
        """Have the disk keep what was written so far, whatever becomes of the power."""
        if self._fd < 0:
            return
        try:
            os.fsync(self._fd)
            directory = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
            os.fsync(directory)
            os.close(directory)
        except OSError:
            return  # a file system that cannot

    def settle(self) -> None:
        """Say that nothing of this run is owed to anybody."""
        if self._fd < 0:
            return
        try:
            os.rename(self._path(SUFFIX), self._path(SETTLED))
        except OSError:
            return  # it is looked at once more, that is all

    def close(self) -> None:
        """Let go of it, in a child that is to outlive the run."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _fail(self, directory: str, error: OSError) -> None:
        self.problem = f"this run is not recorded in {directory}: {error.strerror}"

    def chores(self) -> bool:
        """Tell whether something in the state directory waits for somebody to look after it.

        That is a run that was cut off or has not been told, something owed whose time has come,
        or so many settled runs that the store should take them in.
        """
        if self._fd < 0:
            return False
        try:
            names = os.listdir(self._directory)
        except OSError:
            return False
        own = self._run_id + SUFFIX
        return (
            len(names) > MANY_FILES
            or is_due(self._state_dir)
            or any(
                name.endswith(SUFFIX) and name != own and is_left(f"{self._directory}/{name}")
                for name in names
            )
        )


def _first_facts(job: "Job", run_id: str) -> "dict[str, Any]":
    """Return what is enough to report a run as lost; all else is known when the job has started."""
    return {
        "run_id": run_id,
        "check": job.check,
        "phase": START,
        "started_unix_s": time.time(),
        "command": "",
        "host": os.uname().nodename,
        "pid": os.getpid(),
        **addresses(job),
    }


def addresses(job: "Job") -> "dict[str, Any]":
    """Return where the run is to be reported."""
    if not job.endpoint:
        return {}
    return {"endpoints": job.endpoint, "config_files": [path for path, _ in job.config.files]}
