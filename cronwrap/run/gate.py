"""What may keep a job from starting, or have it wait: a pause, a splay, a lock.

    paused? --> splay --> lock: free | skip | wait | replace --> paused by now? --> the job starts

Nothing is forked before the job may start; the run's record says what it waits for.  All signals
are blocked meanwhile: those that stop us are asked for with sigtimedwait(2), so that waiting costs
nothing, and all others are still there for the job when it has been started.
"""

import _signal
import os
import time

from cronwrap import units
from cronwrap.event import FAIL, LOG
from cronwrap.run import outcome, pause
from cronwrap.run.lock import Holder, Lock
from cronwrap.run.signals import STOPPING
from cronwrap.run.spawn import CANNOT_PREPARE, NotStarted
from cronwrap.state import LOCKS, digest, safe_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cronwrap.run.job import Job
    from cronwrap.run.record import Record

FIRST_POLL_S, LONGEST_POLL_S = 0.02, 0.5
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h
MARGIN_S = 10.0  # what a wrapper may take to end beyond its job's grace
KILLED_S = 5.0  # how long what was killed may take to let go
SKIPS = ".skips"


class Gate:
    """The way to the start of one run.

    Attributes:
        lock: what is held while the job runs, or None.
    """

    def __init__(self, job: "Job", directory: str, ignored: "set[int]", record: "Record") -> None:
        self.lock: Lock | None = None
        self._job = job
        self._record = record
        self._waits_for = ""
        self._directory = directory
        self._waited_for = {*STOPPING, _signal.SIGTSTP} - ignored

    def enter(self) -> "NotStarted | None":
        """Return when the job may start; if it may not, return why."""
        refused = self._paused()
        if refused is None and self._job.splay:
            delay_s = splay_s(self._job)
            self._tell("its splay", time.time() + delay_s)
            refused = self._rest(delay_s, "its splay")
        if refused is None and policy(self._job) is not None:
            refused = self._take_lock()
        if refused is None:
            refused = self._paused()
        if self._waits_for:
            self._record.wait_no_more()
        if refused is not None:
            self.leave()
        return refused

    def _tell(self, what: str, until_unix_s: "float | None" = None) -> None:
        """Have the record say that we wait for *what*, unless it does."""
        if what == self._waits_for:
            return
        if not self._waits_for:
            command = outcome.command_line(self._job, os.environ)
            self._record.write({"command": command, "uid": os.geteuid()})
        self._waits_for = what
        self._record.wait(what, until_unix_s)

    def leave(self) -> None:
        """Let the next one in."""
        if self.lock is not None:
            self.lock.release()

    def _paused(self) -> "NotStarted | None":
        found = pause.find(self._directory, self._job.check, time.time())
        if found is None:
            return None
        return NotStarted(0, str(found), phase=LOG, reason="paused")

    def _rest(self, seconds: float, what: str) -> "NotStarted | None":
        """Wait; if we are told to stop meanwhile, return that."""
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0:
            info = _signal.sigtimedwait(self._waited_for, left_s)
            if info is not None and info.si_signo == _signal.SIGTSTP:
                os.kill(os.getpid(), _signal.SIGSTOP)
            elif info is not None:
                name = units.signal_name(info.si_signo)
                message = f"cronwrap was told to stop by {name} while it waited for {what}"
                return NotStarted(128 + info.si_signo, message, reason="stopped")
        return None

    # The lock

    def _take_lock(self) -> "NotStarted | None":
        name = lock_name(self._job)
        try:
            lock = Lock(self._directory, name, self._job.max_parallel or 1)
            refused = self._wait_for(lock, f"the lock {name}")
        except OSError as error:
            path = os.path.join(self._directory, LOCKS)
            message = f"cannot take the lock {name} in {path}: {error.strerror}"
            hint = "the job did not run: it must not without its lock; see --state-dir"
            return NotStarted(CANNOT_PREPARE, message, hint)
        if refused is None:
            self.lock = lock
            self._forget_skips()
        return refused

    def _wait_for(self, lock: Lock, what: str) -> "NotStarted | None":
        """Do as the policy says until the lock is ours."""
        how, limit_s = policy(self._job) or ("", None)
        begun_s = time.monotonic()
        until_unix_s = None if limit_s is None else time.time() + limit_s
        poll_s = FIRST_POLL_S
        end, about = _End(self._job), self._about()
        while not lock.take(about):
            waited_s = time.monotonic() - begun_s
            rest_s = poll_s if limit_s is None else max(min(poll_s, limit_s - waited_s), 0.0)
            poll_s = min(2 * poll_s, LONGEST_POLL_S)
            if holders := lock.holders():  # else they have just let go
                why = end.go_on(holders[0]) if how == "replace" else ""
                too_old = how == "wait" and self._is_too_old(holders[0])
                if why or too_old or how == "skip" or (limit_s is not None and not rest_s):
                    return self._skipped(what, holders, waited_s, why)
                self._tell(f"{what}, held by {holders[0].who}", until_unix_s)
            if refused := self._rest(rest_s, f"{what}, held by {holders[0] if holders else '?'}"):
                return refused
        return None

    def _about(self) -> "dict[str, str]":
        job = self._job
        command = outcome.command_line(job, os.environ)
        return {"check": job.check, "kill_after_s": str(job.kill_after), "command": command}

    def _is_too_old(self, holder: Holder) -> bool:
        return bool(self._job.overlap_limit) and holder.age_s > self._job.overlap_limit

    def _skipped(
        self, what: str, holders: "list[Holder]", waited_s: float, failure: str = ""
    ) -> NotStarted:
        job = self._job
        words = [f"{what} is held by {holders[0]}"]
        if len(holders) > 1:
            words[0] += f" and {len(holders) - 1} more"
        if waited_s >= 1:
            words.append(f"waited {units.format_duration(waited_s)} for it")
        if self._is_too_old(holders[0]):
            limit = units.format_duration(job.overlap_limit)
            failure = failure or f"it has been running for longer than {limit} (overlap-limit)"
        skips = self._count_skips()
        if skips:
            words.append(f"skipped {skips} times in a row" if skips > 1 else "skipped once")
            if skips >= job.fail_after_skips:
                failure = failure or f"that is a failure (fail-after-skips {job.fail_after_skips})"
        phase, status = (FAIL, TRY_AGAIN) if failure else (LOG, 0)
        message = "; ".join(filter(None, (*words, failure)))
        return NotStarted(status, message, phase=phase, reason="overlap")

    # How often in a row this check was skipped: the size of a file, since adding a byte is atomic

    @property
    def _skips_path(self) -> str:
        name = lock_name(self._job, self._job.check)
        return os.path.join(self._directory, LOCKS, safe_name(name) + SKIPS)

    def _count_skips(self) -> int:
        """Count one more; 0 where nobody asks for it."""
        if not self._job.fail_after_skips:
            return 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            fd = os.open(self._skips_path, flags, 0o600)
        except OSError:
            return 0
        try:
            os.write(fd, b".")
        except OSError:
            pass  # a full disk: then it is as many as before
        finally:
            skips = os.fstat(fd).st_size
            os.close(fd)
        return skips

    def _forget_skips(self) -> None:
        if self._job.fail_after_skips:
            try:
                os.unlink(self._skips_path)
            except OSError:
                return  # there was none


class _End:
    """Bring a holder to its end: TERM to its wrapper, which ends its job; KILL when it is late."""

    def __init__(self, job: "Job") -> None:
        self._job = job
        self._told: tuple[str, int] = ("", 0)
        self._kill_s = self._give_up_s = 0.0

    def go_on(self, holder: Holder) -> str:
        """Do the next step, if it is time for one; return why there is none, or ""."""
        if not holder.pid:
            return "it cannot be replaced: its process is not to be seen from here"
        now_s = time.monotonic()
        try:
            if self._told != (holder.path, holder.pid):
                self._told = holder.path, holder.pid
                self._kill_s = now_s + (holder.kill_after_s or self._job.kill_after) + MARGIN_S
                self._give_up_s = self._kill_s + KILLED_S
                holder.send(_signal.SIGTERM)
            elif now_s >= self._give_up_s:
                return "it cannot be replaced: not even KILL has ended it"
            elif now_s >= self._kill_s:
                holder.send(_signal.SIGKILL)
        except OSError as error:
            return f"it cannot be replaced: {error.strerror}"
        return ""


def policy(job: "Job") -> "tuple[str, float | None] | None":
    """Return what to do when the lock is held, and for how long; None where there is no lock.

    Who names a lock and no policy waits, as with flock(1).
    """
    if job.overlap is None:
        return ("wait", None) if job.lock or job.lock_per_args or job.max_parallel else None
    how, limit_s = job.overlap
    return None if how == "allow" else (how, limit_s)


def lock_name(job: "Job", name: str = "") -> str:
    """Return the name of the job's lock."""
    name = name or job.lock or job.check
    if not job.lock_per_args:
        return str(name)
    words = "\0".join(job.command).encode("utf-8", "surrogateescape")
    return f"{name}@{digest(words).hex()[:16]}"


def splay_s(job: "Job") -> float:
    """Return how long this run is put off: the same on each run of a check on a host."""
    if job.splay_random:
        chance = int.from_bytes(os.urandom(8), "big")
    else:
        words = f"{os.uname().nodename}\0{job.check}".encode("utf-8", "surrogateescape")
        chance = int.from_bytes(digest(words)[:8], "big")
    return float(job.splay) * chance / 2**64
