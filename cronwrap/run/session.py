"""One run, up to the moment when the job has started: the hot path.

    read the files --> assemble --> start the job --> lifetime.py: record, report, watch, ...

Where an option or a pause asks for it, run/gate.py stands before the start.
What stands here is loaded before every job; all else is imported beside it.  The files are parsed
in a child (tomli would make what waits for hours 2 MB larger), beside what we import meanwhile.
"""

import os
import time

from cronwrap import config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cronwrap.run.gate import Gate
    from cronwrap.run.job import Job
    from cronwrap.run.options import Line
    from cronwrap.run.record import Record
    from cronwrap.run.signals import Signals

UNUSABLE = 125
ATTEMPT = b"CRONWRAP_RUN_ATTEMPT"


def run(line: "Line") -> int:
    """Run the job of *line* and return the exit status to end with."""
    try:
        return _run(line)
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost the job
        free_descriptors(set())
        from cronwrap.run import emergency

        emergency.complain(error)
        return UNUSABLE if line.problem else emergency.execute(line.command)


def _run(line: "Line") -> int:
    hold_standard_descriptors()
    configuration = config.load_apart(config.files(line.given, os.environ))
    from cronwrap.run import job as jobs
    from cronwrap.run import kernel, spawn, testimony
    from cronwrap.run.record import Record
    from cronwrap.run.signals import Signals
    from cronwrap.state import state_dir

    prctl = kernel.load_prctl()
    run_id = new_run_id()
    job = jobs.assemble(line, os.environ, configuration())
    variables = job_variables(job, run_id)
    directory = state_dir(os.environ, job.state_dir)
    signals = Signals()
    record = Record(directory, run_id, job)
    gate = open_gate(job, directory, signals, record)
    refused = spawn.NotStarted(UNUSABLE, *job.fatal) if job.fatal else gate and gate.enter()
    report_path = "" if refused else testimony.make(run_id, directory, os.environ)
    if report_path:
        variables.append((testimony.VARIABLE.encode(), os.fsencode(report_path)))

    def start(attempt: int) -> "spawn.Child | spawn.NotStarted":
        added = [*variables, (ATTEMPT, str(attempt).encode())]
        return spawn.start(job, added, signals.ignored, prctl, load_the_rest)

    started_unix_s, started_s = time.time(), time.monotonic()
    started = refused or start(1)
    lifetime = None
    try:
        from cronwrap.run.lifetime import Lifetime

        lifetime = Lifetime(
            job,
            run_id,
            signals,
            started_unix_s,
            started_s,
            record=record,
            report_path=report_path,
            gate=gate,
        )
        return lifetime.run(started, start)
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost the job
        started = (lifetime and lifetime.child) or started
        held = {gate.lock.fd} if gate and gate.lock else set()
        free_descriptors(held | {fd for fd, _ in getattr(started, "pipes", ())})
        from cronwrap.run import emergency

        emergency.complain(error)
        return emergency.see_out(started, lifetime.status if lifetime else None)
    finally:
        if report_path:
            testimony.remove(report_path)
        if gate:
            gate.leave()


def open_gate(job: "Job", directory: str, signals: "Signals", record: "Record") -> "Gate | None":
    """Return what may keep the job from starting, or None where nothing asks for it."""
    from cronwrap.state import PAUSED

    asked = job.overlap or job.lock or job.lock_per_args or job.max_parallel or job.splay
    if not asked and not os.path.isdir(os.path.join(directory, PAUSED)):
        return None
    from cronwrap.run.gate import Gate

    return Gate(job, directory, signals.ignored, record)


def load_the_rest() -> None:
    """Import what comes after the start; if that fails, it fails again where it is wanted."""
    try:
        from cronwrap.run import lifetime  # noqa: F401 - it takes 4 ms
    except Exception:  # noqa: BLE001, S110 - the job is under way: whatever it is, not now
        pass


def free_descriptors(kept: "set[int]") -> None:
    """Close what we have opened, but for *kept*: descriptors may be what has run out."""
    for fd in set(range(3, 256)) - kept:
        try:
            if not os.get_inheritable(fd):  # what we were given at the start is
                os.close(fd)
        except OSError:
            continue


def hold_standard_descriptors() -> None:
    """Put /dev/null where descriptors 0 to 2 are closed; the job finds them closed all the same.

    Else the next pipe of ours would become the job's standard input or output.
    """
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)  # takes the lowest number that is free


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
    variables.append((ATTEMPT, b"1"))
    return variables
