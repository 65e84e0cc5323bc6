"""One run, up to the moment when the job has started: the hot path.

    assemble --> start the job --> lifetime.py: record, report, watch, record, report

What stands here is loaded before every job; all else is imported beside it.
"""

import os
import time

from cronwrap.run import job as jobs
from cronwrap.run import spawn
from cronwrap.run.signals import Signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cronwrap.run.job import Job
    from cronwrap.run.options import Line

UNUSABLE = 125


def run(line: "Line") -> int:
    """Run the job of *line* and return the exit status to end with."""
    closed = spawn.hold_standard_descriptors()
    job = jobs.assemble(line, os.environ)
    run_id = new_run_id()
    variables = job_variables(job, run_id)
    signals = Signals()
    started_unix_s, started_s = time.time(), time.monotonic()
    started: spawn.Child | spawn.NotStarted
    if job.fatal is not None:
        started = spawn.NotStarted(UNUSABLE, *job.fatal)
    else:
        started = spawn.start(job, variables, signals.ignored, closed)
    from cronwrap.run.lifetime import Lifetime  # the job runs: what is imported now delays nothing

    return Lifetime(job, run_id, signals, started_unix_s, started_s).run(started)


def new_run_id() -> str:
    """Return a random UUID (RFC 9562, version 4); the uuid module costs 11 ms.

    >>> len(new_run_id()), new_run_id()[14]
    (36, '4')
    """
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def job_variables(job: "Job", run_id: str) -> "list[tuple[bytes, bytes]]":
    """Return what is added to the job's environment; a file with a mistake stops the job."""
    variables: list[tuple[bytes, bytes]] = []
    if job.env_file:
        from cronwrap.errors import CronwrapError
        from cronwrap.run import envfile

        for path in job.env_file:
            try:
                variables += envfile.read(path)
            except CronwrapError as error:
                job.stop(error.message, error.hint)
    variables.append((b"CRONWRAP_RUN_ID", run_id.encode()))
    variables.append((b"CRONWRAP_RUN_CHECK", os.fsencode(job.check)))
    return variables
