"""One run, from the words of its crontab line to the exit status.

    assemble --> start the job --> record, report the start --> watch --> record, report the end

Everything after the start of the job happens beside it.
"""

import os
import time

from cronwrap import units
from cronwrap.event import FAIL, START, SUCCESS, Event
from cronwrap.run import oom, spawn, supervise
from cronwrap.run.copy import Stream, Writer
from cronwrap.run.hold import Hold
from cronwrap.run.job import assemble
from cronwrap.run.loop import Loop
from cronwrap.run.record import Record, state_dir
from cronwrap.run.report import Report
from cronwrap.run.signals import Signals
from cronwrap.run.tail import Tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cronwrap.run.job import Job
    from cronwrap.run.options import Line
    from cronwrap.run.spawn import Child
    from cronwrap.run.supervise import Supervisor

TIMED_OUT, UNUSABLE = 124, 125


def run(line: "Line") -> int:
    """Run the job of *line* and return the exit status to end with."""
    closed = spawn.hold_standard_descriptors()
    return Session(assemble(line, os.environ), closed).run()


def new_run_id() -> str:
    """Return a random UUID (RFC 9562, version 4); the uuid module costs 11 ms.

    >>> len(new_run_id()), new_run_id()[14]
    (36, '4')
    """
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
    )


class Session:
    """The parts of one run, and what is known of it so far."""

    def __init__(self, job: "Job", closed: "list[int]") -> None:
        self.job = job
        self.run_id = new_run_id()
        self._closed = closed
        self._signals = Signals()
        self._loop = Loop(self._signals)
        self._stderr = Writer(2)
        self._loop.writers.append(self._stderr)
        self._directory = state_dir(os.environ, job.state_dir)
        self._tail = Tail(job.tail_bytes)
        self._hold: Hold | None = None
        self._writers: dict[int, Writer] = {}
        self._report = Report(job, self._loop, self._signals, self._directory)
        self._started_unix_s = time.time()

    def run(self) -> int:
        """Run the job and return the exit status to end with."""
        variables = self._variables()
        if self.job.fatal is not None:
            return self._not_started(UNUSABLE, *self.job.fatal)
        self._started_unix_s, started_s = time.time(), time.monotonic()
        try:
            child = spawn.start(self.job, variables, self._signals.ignored, self._closed)
        except spawn.NotStartedError as error:
            return self._not_started(error.exit_status, error.message, error.hint)
        streams = self._streams(child)
        supervisor = supervise.Supervisor(self._loop, child, streams, started_s)
        self._signals.listen(keyboard=not child.own_group)
        record = self._begin()
        memory_events = oom.counters()
        supervisor.watch(self.job.timeout, self.job.kill_after, self.job.signal)
        event = self._end_event(supervisor, memory_events)
        record.write(self._facts(event))
        self._pass_on_held_output(event, supervisor)
        self._finish(event, lambda: supervisor.hurry)
        self._leave_daemons(streams, event)
        self._loop.run(lambda: supervisor.hurry or not self._is_behind())
        return event.exit_status or 0

    # Before the job

    def _variables(self) -> "list[tuple[bytes, bytes]]":
        """Return what is added to the job's environment."""
        variables: list[tuple[bytes, bytes]] = []
        if self.job.env_file:
            from cronwrap.errors import CronwrapError
            from cronwrap.run import envfile

            for path in self.job.env_file:
                try:
                    variables += envfile.read(path)
                except CronwrapError as error:
                    self.job.stop(error.message, error.hint)
        variables.append((b"CRONWRAP_RUN_ID", self.run_id.encode()))
        variables.append((b"CRONWRAP_RUN_CHECK", os.fsencode(self.job.check)))
        return variables

    def _streams(self, child: "Child") -> "list[Stream]":
        if self.job.output == "on-failure":
            temporary = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - the file has no name
            self._hold = Hold([temporary, "/var/tmp", self._directory])  # noqa: S108
        if self.job.output != "none":
            self._writers = {name: Writer(name) for _, name in child.pipes}
            self._loop.writers += self._writers.values()
        return [
            Stream(
                fd,
                name,
                tail=self._tail,
                writer=None if self._hold else self._writers.get(name),
                hold=self._hold,
            )
            for fd, name in child.pipes
        ]

    # Beside the job

    def _begin(self) -> Record:
        record = Record(self._directory, self.run_id)
        start = self._event(phase=START)
        record.write({**self._facts(start), "pid": os.getpid(), "uid": os.geteuid()})
        if self.job.endpoint:
            self._report.begin(start)
        for message, hint in self.job.warnings:
            self.say(message, hint)
        self._say_if_verbose(f"check {self.job.check}: run {self.run_id} has started")
        if record.crowded():
            self._take_records_in()
        if record.problem:
            self.say(record.problem, "the job runs all the same; see --state-dir")
        return record

    def _take_records_in(self) -> None:
        """Have a child move finished runs into the store, while the job runs."""
        pid = os.fork()
        if pid:
            self._loop.children[pid] = lambda status, usage: None
            return
        try:
            self._signals.forget()
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            os.nice(10)
            from cronwrap.store import Store

            Store(self._directory).take_in()
        finally:
            os._exit(0)

    def _event(self, **values: "Any") -> Event:
        job = self.job
        return Event(
            check=job.check,
            run_id=self.run_id,
            started_unix_s=self._started_unix_s,
            host=os.uname().nodename,
            user=os.environ.get("LOGNAME") or os.environ.get("USER") or str(os.geteuid()),
            command=" ".join(quote(word) for word in job.command),
            environment=job.environment or "",
            tags=dict(job.tag),
            **values,
        )

    def _facts(self, event: Event) -> "dict[str, Any]":
        """Return what is recorded of *event*: all but what the job wrote."""
        facts = event.as_dict()
        del facts["output"]
        return facts

    # After the job

    def _end_event(self, supervisor: "Supervisor", memory_events: "dict[str, int]") -> Event:
        status = supervisor.status or 0
        shown = TIMED_OUT if supervisor.reason == "timeout" else supervise.exit_status(status)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        reason = supervisor.reason or ("signal" if number else "exit")
        oom_detail = ""
        if not supervisor.reason and shown == 128 + 9:  # itself, or a shell that tells of its child
            oom_detail = oom.explain(memory_events)
        usage = supervisor.usage
        return self._event(
            phase=SUCCESS if reason == "exit" and shown == 0 else FAIL,
            reason=reason,
            detail=oom_detail or self._detail(supervisor),
            finished_unix_s=time.time(),
            duration_s=supervisor.ended_s - supervisor.started_s,
            exit_status=shown,
            signal=units.signal_name(number) if number else "",
            core_dumped=os.WIFSIGNALED(status) and os.WCOREDUMP(status),
            oom_killed=bool(oom_detail),
            output=b"" if self.job.no_output_in_report else self._tail.take(),
            output_bytes=self._tail.total_bytes,
            cpu_user_s=usage and usage.ru_utime,
            cpu_system_s=usage and usage.ru_stime,
            max_rss_bytes=usage and usage.ru_maxrss * 1024,
            tree_max_rss_bytes=supervisor.tree_max_rss_bytes or None,
        )

    def _detail(self, supervisor: "Supervisor") -> str:
        detail = ""
        if supervisor.reason == "stopped":
            detail = f"cronwrap was told to stop by {units.signal_name(supervisor.stop_signal)}"
        if supervisor.reason == "timeout":
            detail = f"its timeout is {units.format_duration(self.job.timeout)}"
        if supervisor.survivors:
            detail += f"; {supervisor.survivors} of its processes could not be killed"
        return detail

    def _pass_on_held_output(self, event: Event, supervisor: "Supervisor") -> None:
        hold = self._hold
        if hold is None:
            return
        if event.phase == FAIL:
            for stream, data in hold.records():
                self._writers[stream].write(memoryview(data))
                if not self._loop.run(lambda: supervisor.hurry or not self._is_behind()):
                    break
        if hold.problem:
            self.say(hold.problem, "so it was passed on although the job has not failed")

    def _is_behind(self) -> bool:
        return any(writer.pending for writer in (*self._writers.values(), self._stderr))

    def _finish(self, event: Event, give_up: "Any") -> None:
        if self.job.endpoint:
            self._report.finish(event, give_up)
            self._tell_of_reports()
        for writer in self._writers.values():
            if writer.problem:
                self.say(writer.problem)

    def _tell_of_reports(self) -> None:
        report = self._report
        for message, hint in report.problems:
            self.say(message, hint)
        told = set()
        for label, phase, outcome, why in report.results:
            if outcome == "accepted":
                self._say_if_verbose(f"{label} has accepted the {phase}")
            elif phase != START and label not in told:
                told.add(label)
                self.say(f"check {self.job.check}: the {phase} was not reported to {label}: {why}")
        budget = units.format_duration(self.job.report_budget)
        for label in report.unsettled():
            self.say(
                f"check {self.job.check}: the end was not reported to {label}: "
                f"nothing came back within {budget}"
            )

    def _leave_daemons(self, streams: "list[Stream]", event: Event) -> None:
        """Keep our end of a pipe open that something still writes to: else it would be killed.

        Who holds it lives on after a job that ended by itself; cat(1) takes what it writes.
        """
        for stream in streams:
            if stream.ended or event.reason != "exit" or os.fork():
                continue
            try:
                os.setsid()
                self._signals.forget()
                os.set_blocking(stream.fd, True)
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(stream.fd, 0)
                os.dup2(null, 1)
                os.dup2(null, 2)
                os.execvp("cat", ["cat"])
            finally:
                os._exit(0)

    def _not_started(self, exit_status: int, message: str, hint: str) -> int:
        """Say, record and report that the job did not run."""
        self._signals.listen(keyboard=False)
        self.say(message, hint)
        for warning in self.job.warnings:
            self.say(*warning)
        stopped: list[int] = []
        self._loop.on_signal = lambda number, from_keyboard: stopped.append(number)
        event = self._event(
            phase=FAIL,
            reason="not_started",
            detail=message,
            finished_unix_s=self._started_unix_s,
            duration_s=0.0,
            exit_status=exit_status,
        )
        record = Record(self._directory, self.run_id)
        record.write({**self._facts(event), "pid": os.getpid(), "uid": os.geteuid()})
        self._finish(event, lambda: bool(stopped))
        self._loop.run(lambda: bool(stopped) or not self._is_behind())
        return exit_status

    # Words

    def say(self, message: str, hint: str = "") -> None:
        """Say something to a person, on standard error, without ever waiting for its reader."""
        text = f"cronwrap: {message}\n" + (f"cronwrap: hint: {hint}\n" if hint else "")
        self._stderr.write(memoryview(text.encode(errors="backslashreplace")))

    def _say_if_verbose(self, message: str) -> None:
        if self.job.verbose:
            self.say(message)


def quote(word: str) -> str:
    """Return *word* as a POSIX shell would be given it (shlex.quote, without its import).

    >>> quote("a-b.c"), quote("it's")
    ('a-b.c', "'it'\\"'\\"'s'")
    """
    if word and all(char.isalnum() or char in "@%+=:,./-_" for char in word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
