"""One run, from the job's start to the exit status: all that happens beside and after the job."""

import os
import time

from cronwrap import units
from cronwrap.event import FAIL, LOG, OF_A_DELIVERY, START, Event
from cronwrap.run import oom, outcome, proctree
from cronwrap.run.caretaker import Caretaker
from cronwrap.run.copy import Stream, Writer
from cronwrap.run.keep import Keep
from cronwrap.run.loop import Loop
from cronwrap.run.record import Record
from cronwrap.run.report import Report
from cronwrap.run.rules import Rules
from cronwrap.run.signals import STOPPING
from cronwrap.run.spawn import Child, NotStarted
from cronwrap.run.supervise import Supervisor
from cronwrap.run.tail import Tail
from cronwrap.run.verdict import exit_status
from cronwrap.state import state_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cronwrap.run.hold import Hold
    from cronwrap.run.job import Job
    from cronwrap.run.signals import Signals


class Lifetime:
    """The parts of one run, and what is known of it so far."""

    def __init__(
        self,
        job: "Job",
        run_id: str,
        signals: "Signals",
        started_unix_s: float,
        started_s: float,
        *,
        report_path: str,
    ) -> None:
        self._job = job
        self._start = first_event(job, run_id, started_unix_s)
        self._started_s = started_s
        self._report_path = report_path
        self._signals = signals
        self._loop = Loop(signals)
        self._stderr = Writer(2)
        self._loop.writers.append(self._stderr)
        self._directory = state_dir(os.environ, job.state_dir)
        self._tail = Tail(job.tail_bytes)
        self._hold: Hold | None = None
        self._writers: dict[int, Writer] = {}
        self._record = Record(self._directory, run_id)
        self._keep = Keep(job, self._start, self._record)
        self._report = Report(job, self._loop, self._directory, self._record)
        self._caretaker = Caretaker(self._loop, self._directory, job.config.history)
        self._supervisor: Supervisor | None = None
        self._told_to_stop = False
        self._own_rss_kib = proctree.own_rss_kib()

    def run(self, started: "Child | NotStarted") -> int:
        """See the run through to its end; return the exit status to end with."""
        if isinstance(started, NotStarted):
            return self._refuse(started)
        streams = self._streams(started)
        supervisor = self._supervisor = Supervisor(self._loop, started, streams, self._started_s)
        self._signals.listen(keyboard=not started.own_group)
        self._loop.reap()  # those that have read the configuration
        rules = Rules(self._job, streams, self._report_path)
        self._begin(rules)
        memory = oom.counters()
        rules.watch(supervisor, self._say)
        supervisor.watch(self._job.timeout, self._job.kill_after, self._job.signal)
        self._loop.on_signal = self._take_signal
        self._loop.forget("heartbeat")
        tail = self._tail.take()
        event = self._event(
            **rules.judge(outcome.describe(supervisor, self._job, memory, self._own_rss_kib)),
            finished_unix_s=time.time(),
            output=b"" if self._job.no_output_in_report else tail,
            output_bytes=self._tail.total_bytes,
        )
        self._write_down(event)
        self._end(event, tail)
        self._leave_daemons(streams, event)
        return exit_status(self._job, event)

    @property
    def status(self) -> "int | None":
        """The job's wait status; None while it runs."""
        return self._supervisor.status if self._supervisor else None

    def _refuse(self, failure: NotStarted) -> int:
        """Say, record and report that the job did not run."""
        self._signals.listen(keyboard=False)
        self._loop.on_signal = self._take_signal
        self._say(failure.message, failure.hint)
        self._say_warnings()
        event = self._event(
            phase=FAIL,
            reason="not_started",
            detail=failure.message,
            finished_unix_s=self._start.started_unix_s,
            duration_s=0.0,
            exit_status=failure.exit_status,
        )
        self._write_down(event)
        self._end(event)
        return failure.exit_status

    # Beside the job

    def _streams(self, child: Child) -> "list[Stream]":
        if self._job.output == "on-failure":
            from cronwrap.run.hold import Hold

            temporary = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - the file has no name
            self._hold = Hold([temporary, "/var/tmp", self._directory])  # noqa: S108
        if self._job.output != "none":
            self._writers = {name: Writer(name) for _, name in child.pipes}
            self._loop.writers += self._writers.values()
        return [
            Stream(
                fd,
                name,
                tail=self._tail,
                writer=None if self._hold else self._writers.get(name),
                hold=self._hold,
                log=self._keep.log,
            )
            for fd, name in child.pipes
        ]

    def _begin(self, rules: Rules) -> None:
        start = self._event()
        self._write_down(start)
        if self._job.endpoint:
            self._report.begin(start)
            self._beat_later()
        self._say_warnings()
        for problem in rules.problems:
            self._say(problem, "the job is not held up; the report says so, too")
        self._say_if_verbose(f"check {self._job.check}: run {self._start.run_id} has started")
        self._caretaker.begin(self._record)

    def _beat_later(self) -> None:
        def beat() -> None:
            self._report.beat(self._so_far)
            self._beat_later()

        if self._job.heartbeat:
            self._loop.at("heartbeat", time.monotonic() + self._job.heartbeat, beat)

    def _so_far(self) -> Event:
        """Return what is known while the job runs; for a child, since it uses up the tail."""
        return self._event(
            phase=LOG,
            detail="still running",
            duration_s=time.monotonic() - self._started_s,
            output=b"" if self._job.no_output_in_report else self._tail.take(),
            output_bytes=self._tail.total_bytes,
        )

    def _say_warnings(self) -> None:
        for message, hint in self._job.warnings:
            self._say(message, hint)
        if self._record.problem:
            self._say(self._record.problem, "the job is not held up; see --state-dir")

    def _event(self, **values: "Any") -> Event:
        return self._start.replace(**values)

    def _write_down(self, event: Event) -> None:
        """Record *event*: all of it but what the job wrote."""
        facts = event.as_dict()
        for name in ("output", *OF_A_DELIVERY):
            del facts[name]
        if self._job.endpoint:
            files = [path for path, _ in self._job.config.files]
            facts.update(endpoints=self._job.endpoint, config_files=files)
        self._record.write({**facts, **self._keep.facts})

    # After the job

    def _take_signal(self, number: int, from_keyboard: bool) -> None:  # noqa: FBT001 - a callback
        """Told to stop when the job has ended: nothing that is left is worth waiting for."""
        del from_keyboard
        self._told_to_stop = self._told_to_stop or number in STOPPING

    def _end(self, event: Event, tail: bytes = b"") -> None:
        """Report the end, pass on what was held back, and serve our readers until they have all."""
        if self._job.endpoint:
            self._report.tell_end(event)  # whoever reads our output may take his time
        self._keep.end(tail, self._loop)
        if self._hold is not None:
            self._pass_on(self._hold, event)
        if why := outcome.untold(event):
            self._say(f"check {self._job.check}: {why}")
        if self._job.endpoint:
            self._report.settle(lambda: self._told_to_stop)
            self._tell_of_reports()
        if not (self._job.endpoint and self._report.owed):
            self._record.settle()
        for writer in self._writers.values():
            if writer.problem:
                self._say(writer.problem)
        if self._keep.problem:
            self._say(self._keep.problem, "the job is not held up; see --log-dir")
        self._loop.run(lambda: self._told_to_stop or not self._is_behind())
        self._caretaker.leave(lambda: self._told_to_stop, self._job.report_budget)

    def _pass_on(self, hold: "Hold", event: Event) -> None:
        if event.phase == FAIL:
            for stream, data in hold.records():
                self._writers[stream].write(memoryview(data))
                self._loop.run(lambda: self._told_to_stop or not self._is_behind())
                if self._told_to_stop:
                    break
        if hold.problem:
            self._say(hold.problem, "so it was passed on although the job has not failed")

    def _is_behind(self) -> bool:
        return any(writer.pending for writer in (*self._writers.values(), self._stderr))

    def _tell_of_reports(self) -> None:
        report, check = self._report, self._job.check
        for message, hint in dict.fromkeys(report.problems):  # two reporters find the same
            self._say(message, hint)
        for label, phase, verdict, why in report.results:
            if verdict == "accepted":
                self._say_if_verbose(f"{label} has accepted the {phase}")
            elif phase != START or self._job.verbose:
                what = "failure" if phase == FAIL else phase
                later = self._later if verdict == "undelivered" and phase != START else ""
                self._say(f"check {check}: the {what} was not reported to {label}: {why}{later}")
        for label in report.unsettled():
            budget = units.format_duration(self._job.report_budget)
            why = "cronwrap was told to stop" if self._told_to_stop else f"no answer in {budget}"
            self._say(f"check {check}: the end was not reported to {label}: {why}{self._later}")

    @property
    def _later(self) -> str:
        """What becomes of a report that an endpoint has not accepted."""
        return "" if self._record.problem else "; it is kept, and will be sent later"

    def _leave_daemons(self, streams: "list[Stream]", event: Event) -> None:
        """Leave a reader to each pipe that something still writes to, else it would be killed.

        What holds it lives on after a job that ended by itself; cat(1) takes what it writes.
        """
        for stream in streams:
            if not stream.ended and event.reason in outcome.BY_ITSELF:
                self._leave_reader(stream.fd)

    def _leave_reader(self, fd: int) -> None:
        def swallow() -> None:
            self._signals.let_go()
            os.setsid()
            os.set_blocking(fd, True)
            os.dup2(fd, 0)
            os.execvp("cat", ["cat"])  # noqa: S606 - a few hundred kB, where we have megabytes

        self._loop.fork(swallow)

    # Words

    def _say(self, message: str, hint: str = "") -> None:
        """Say something to a person, on standard error, without ever waiting for its reader."""
        text = f"cronwrap: {message}\n" + (f"cronwrap: hint: {hint}\n" if hint else "")
        self._stderr.write(memoryview(text.encode(errors="backslashreplace")))

    def _say_if_verbose(self, message: str) -> None:
        if self._job.verbose:
            self._say(message)


def first_event(job: "Job", run_id: str, started_unix_s: float) -> Event:
    """Return the start event of a run."""
    return Event(
        check=job.check,
        run_id=run_id,
        started_unix_s=started_unix_s,
        host=os.uname().nodename,
        user=os.environ.get("LOGNAME") or os.environ.get("USER") or str(os.geteuid()),
        command=outcome.command_line(job.command, os.environ),
        environment=job.environment or "",
        tags=dict(job.tag),
        fail_after=job.fail_after,
    )
