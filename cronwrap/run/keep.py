"""What stays on this machine of a run beside its event: its output, and when it should run."""

import os

from cronwrap.redact import Redactor
from cronwrap.run.session import free_descriptors, job_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cronwrap.event import Event
    from cronwrap.run.job import Job
    from cronwrap.run.log import Log
    from cronwrap.run.loop import Loop
    from cronwrap.run.record import Record

NICE = 10


class Keep:
    """The output of one run, as its record and its log keep it.

    Attributes:
        log: the whole of it, or None.
        facts: for the record.
    """

    __slots__ = ("_job", "_record", "facts", "log")

    def __init__(self, job: "Job", start: "Event", record: "Record") -> None:
        self._job = job
        self._record = record
        self.log: Log | None = None
        self.facts: dict[str, Any] = {"pid": os.getpid(), "uid": os.geteuid()}
        if job.no_output_in_report:
            self.facts["output_in_report"] = False
        if job.schedule:
            self.facts["schedule"] = job.schedule
            self.facts["timezone"] = job.timezone or ""
            self.facts["grace_s"] = job.grace
        if job.log_dir:
            from cronwrap.run import log

            self.log = log.Log(
                job.log_dir, start.check, start.run_id, start.started_unix_s, job.log_limit
            )
            self.facts["log"] = self.log.path

    @property
    def problem(self) -> str:
        """Why the log is not whole, or ""."""
        return self.log.problem if self.log is not None else ""

    def end(self, tail: bytes, loop: "Loop") -> None:
        """Keep the end of the output, and have the log compressed."""
        kept = tail[-self._job.keep_output :] if self._job.keep_output else b""
        if kept:
            self._record.write({"output": redactor(self._job)(kept)})
        if self.log is not None and self.log.path:
            pid = loop.fork(self._pack)
            loop.children[pid] = lambda status, usage: None

    def _pack(self) -> None:
        """Compress the log, in a child that nobody waits for."""
        if self.log is not None:
            # Else this run would not be over before that; and cron waits for who holds its pipe.
            free_descriptors({self.log.fd})
            os.setsid()
            os.nice(NICE)
            limits = {}
            for table in self._job.config.history:
                limits.update(table.values)
            self.log.pack(redactor(self._job), limits)


def redactor(job: "Job", secrets: "Iterable[tuple[str, str]]" = ()) -> Redactor:
    """Return what takes the secrets of a job out: those of its environment, and *secrets*."""
    added = {os.fsdecode(name): os.fsdecode(value) for name, value in job_variables(job, "")}
    return Redactor({**os.environ, **added}, secrets, job.redact)
