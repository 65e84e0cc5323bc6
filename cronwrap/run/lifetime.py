"""One run, from the job's start to the exit status: all that happens beside and after the job."""

import os
import time

from cronwrap import units
from cronwrap.event import FAIL, LOG, OF_A_DELIVERY, START, Event
from cronwrap.run import oom, outcome, proctree, testimony
from cronwrap.run.attempts import Attempts
from cronwrap.run.caretaker import Caretaker
from cronwrap.run.copy import Stream, Writer
from cronwrap.run.keep import Keep
from cronwrap.run.loop import Loop
from cronwrap.run.record import Record, addresses
from cronwrap.run.report import Report
from cronwrap.run.rules import Rules
from cronwrap.run.signals import STOPPING
from cronwrap.run.spawn import NOT_STARTED, Child, NotStarted
from cronwrap.run.supervise import Supervisor
from cronwrap.run.tail import Tail
from cronwrap.run.timetable import Timetable
from cronwrap.run.verdict import exit_status
from cronwrap.state import state_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.run.gate import Gate
    from cronwrap.run.hold import Hold
    from cronwrap.run.job import Job
    from cronwrap.run.signals import Signals


class Lifetime:
    """The parts of one run, and what is known of it so far.

    Attributes:
        child: the job that was started last, or None.
    """

    def __init__(
        self,
        job: "Job",
        run_id: str,
        signals: "Signals",
        started_unix_s: float,
        started_s: float,
        *,
        record: Record,
        report_path: str,
        gate: "Gate | None" = None,
    ) -> None:
        self._job = job
        self._start = first_event(job, run_id, started_unix_s)
        self._started_s = started_s
        self._report_path = report_path
        self._gate = gate
        self._signals = signals
        self._loop = Loop(signals)
        self._stderr = Writer(2)
        self._loop.writers.append(self._stderr)
        self._directory = state_dir(os.environ, job.state_dir)
        self._tail = Tail(job.tail_bytes)
        self._streams: list[Stream] = []
        self._hold: Hold | None = None
        self._writers: dict[int, Writer] = {}
        self._record = record
        self._keep = Keep(job, self._start, self._record)
        self._report = Report(job, self._loop, self._directory, self._record)
        self._caretaker = Caretaker(self._loop, self._directory, job.config.history)
        self._timetable = Timetable(self._loop, job, self._directory, self._say)
        self.child: Child | None = None
        self._attempts = Attempts(job, started_s)
        self._supervisor: Supervisor | None = None
        self._told_to_stop = False
        self._own_rss_kib = proctree.own_rss_kib()

    def run(
        self, started: "Child | NotStarted", start: "Callable[[int], Child | NotStarted]"
    ) -> int:
        """See the run through to its end; return the exit status to end with.

        Args:
            started: the job's first attempt, or why there is none.
            start: starts the attempt of that number.
        """
        if isinstance(started, NotStarted):
            return self._refuse(started)
        self._write_down(self._event())
        ended = self._attempt(started, self._started_s)
        while (delay_s := self._attempts.delay_s(ended)) is not None:
            if number := self._rest(delay_s):
                ended = {**ended, **outcome.stopped_between(number)}
                break
            again_s = time.monotonic()  # as of the first attempt: before it is started
            again = self._start_again(start, ended)
            if isinstance(again, NotStarted):
                self._say(again.message, again.hint)
                ended = {**ended, **outcome.not_started(again)}
                break
            ended = self._attempt(again, again_s)
        ended_s = self._supervisor.ended_s if self._supervisor else self._started_s
        if self._gate is not None:
            self._gate.leave()
        self._loop.forget("heartbeat")
        tail = self._tail.take()
        event = self._event(
            **self._attempts.whole(ended, ended_s),
            finished_unix_s=time.time(),
            output=b"" if self._job.no_output_in_report else tail,
            output_bytes=self._tail.total_bytes,
        )
        self._write_down(event)
        self._end(event, tail)
        self._leave_daemons(event.reason)
        return exit_status(self._job, event)

    def _attempt(self, child: Child, started_s: float) -> "dict[str, Any]":
        """See one attempt through; return fields of an event that tells of its end."""
        job, self.child = self._job, child
        streams = self._streams = self._streams_of(child)
        supervisor = self._supervisor = Supervisor(self._loop, child, streams, started_s)
        self._signals.listen(keyboard=not child.own_group)
        self._loop.reap()  # those that have read the configuration
        rules = Rules(job, streams, self._report_path)
        if self._attempts.count == 1:
            self._begin(rules)
        memory = oom.counters()
        rules.watch(supervisor, self._say)
        supervisor.watch(self._attempts.time_left_s(started_s), job.kill_after, job.signal)
        self._loop.on_signal = self._take_signal
        return rules.judge(outcome.describe(supervisor, job, memory, self._own_rss_kib))

    def _start_again(
        self, start: "Callable[[int], Child | NotStarted]", ended: "dict[str, Any]"
    ) -> "Child | NotStarted":
        """Start the next attempt."""
        self._leave_daemons(ended["reason"])
        self._record.write(self._attempts.next(ended))
        for stream in self._streams[:1]:
            self._tail.note(stream.name, self._attempts.line())
        for stream in self._streams:
            os.close(stream.fd)
        self._streams = []
        if self.child is not None:
            self.child.pipes.clear()
        testimony.renew(self._report_path)
        self._own_rss_kib = proctree.own_rss_kib()
        self._signals.hold()
        started = start(self._attempts.count)
        if isinstance(started, NotStarted):
            self._signals.listen(keyboard=False)
        return started

    def _rest(self, delay_s: float) -> int:
        """Wait before another attempt; return the signal that told us to stop meanwhile, or 0."""
        told: list[int] = []
        self._loop.on_signal = lambda number, _: told.append(number) if number in STOPPING else None
        self._record.wait(self._attempts.next_one, time.time() + delay_s, START)
        self._loop.run(lambda: bool(told), time.monotonic() + delay_s)
        self._record.wait_no_more()
        self._loop.on_signal = self._take_signal
        return told[0] if told else 0

    @property
    def status(self) -> "int | None":
        """The job's wait status; None while it runs."""
        return self._supervisor.status if self._supervisor else None

    def _refuse(self, failure: NotStarted) -> int:
        """Say, record and report that the job did not run."""
        self._signals.listen(keyboard=False)
        self._loop.on_signal = self._take_signal
        if failure.reason == NOT_STARTED:
            self._say(failure.message, failure.hint)
        elif failure.phase == FAIL or self._job.verbose:
            self._say(f"check {self._job.check}: the job was not started: {failure.message}")
        self._say_warnings()
        event = self._event(
            **outcome.not_started(failure), finished_unix_s=self._start.started_unix_s
        )
        self._write_down(event)
        self._end(event)
        return failure.exit_status

    # Beside the job

    def _streams_of(self, child: Child) -> "list[Stream]":
        if self._job.output == "on-failure" and self._hold is None:
            from cronwrap.run.hold import Hold

            temporary = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - the file has no name
            self._hold = Hold([temporary, "/var/tmp", self._directory])  # noqa: S108
        if self._job.output != "none" and not self._writers:
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
        if self._reports:
            self._report.begin(self._event())
            self._beat_later()
        self._say_warnings()
        for problem in rules.problems:
            self._say(problem, "the job is not held up; the report says so, too")
        self._say_if_verbose(f"check {self._job.check}: run {self._start.run_id} has started")
        self._timetable.begin()
        self._caretaker.begin(self._record)

    def _beat_later(self) -> None:
        def beat() -> None:
            self._report.beat(self._so_far)
            self._beat_later()

        if self._job.heartbeat and self._job.endpoint:
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
            reassurance = "the job is not held up; " if self._supervisor else ""
            self._say(self._record.problem, f"{reassurance}see --state-dir")

    def _event(self, **values: "Any") -> Event:
        return self._start.replace(**values)

    def _write_down(self, event: Event) -> None:
        """Record *event*: all of it but what the job wrote."""
        facts = event.as_dict()
        for name in ("output", *OF_A_DELIVERY):
            del facts[name]
        self._record.write({**facts, **addresses(self._job), **self._keep.facts})

    # After the job

    def _take_signal(self, number: int, from_keyboard: bool) -> None:  # noqa: FBT001 - a callback
        """Told to stop when the job has ended: nothing that is left is worth waiting for."""
        del from_keyboard
        self._told_to_stop = self._told_to_stop or number in STOPPING

    def _end(self, event: Event, tail: bytes = b"") -> None:
        """Report the end, pass on what was held back, and serve our readers until they have all."""
        if self._reports:
            self._report.tell_end(event)  # whoever reads our output may take his time
        self._keep.end(tail, self._loop)
        if self._hold is not None:
            self._pass_on(self._hold, event)
        if why := outcome.untold(event):
            self._say(f"check {self._job.check}: {why}")
        if self._reports:
            self._report.settle(lambda: self._told_to_stop)
            self._tell_of_reports("failure" if event.phase == FAIL else event.phase)
        if not (self._job.endpoint and self._report.owed):
            self._record.settle()
        for writer in self._writers.values():
            if writer.problem:
                self._say(writer.problem)
        if self._keep.problem:
            self._say(self._keep.problem, "the job is not held up; see --log-dir")
        self._timetable.finish(lambda: self._told_to_stop)
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

    @property
    def _reports(self) -> bool:
        """Whether a reporter is wanted: to tell endpoints, or to look at earlier runs."""
        return bool(self._job.endpoint or self._job.slow_factor or self._job.fast_factor)

    def _tell_of_reports(self, end: str) -> None:
        """Say what became of the reports, that of the end by its name *end*."""
        report, check = self._report, self._job.check
        for message, hint in dict.fromkeys(report.problems):  # two reporters find the same
            self._say(message, hint)
        for label, phase, verdict, why in report.results:
            if verdict == "accepted":
                self._say_if_verbose(
                    f"{label}: {why}" if why else f"{label} has accepted the {phase}"
                )
            elif phase != START or self._job.verbose:
                what = phase if phase == START else end
                later = self._later if verdict == "undelivered" and phase != START else ""
                self._say(f"check {check}: the {what} was not reported to {label}: {why}{later}")
        for label in report.unsettled():
            budget = units.format_duration(self._job.report_budget)
            why = "cronwrap was told to stop" if self._told_to_stop else f"no answer in {budget}"
            self._say(f"check {check}: the {end} was not reported to {label}: {why}{self._later}")

    @property
    def _later(self) -> str:
        """What becomes of a report that an endpoint has not accepted."""
        return "" if self._record.problem else "; it is kept, and will be sent later"

    def _leave_daemons(self, reason: str) -> None:
        """Leave a reader to each pipe that something still writes to, else it would be killed.

        What holds it lives on after a job that ended by itself; cat(1) takes what it writes.
        """
        for stream in self._streams:
            if not stream.ended and reason in outcome.BY_ITSELF:
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
        command=outcome.command_line(job, os.environ),
        environment=job.environment or "",
        tags=dict(job.tag),
        fail_after=job.fail_after,
    )
