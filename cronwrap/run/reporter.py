"""The reporter: a forked child that knows HTTP, and tells what came of it through a pipe.

It may take its time to import, hang or crash: the supervisor goes on, and kills it when the
budget is spent.  Here, on the way out of the machine, secrets are taken out of events.
"""

import os
import select
import time
from collections.abc import Iterator, Mapping
from typing import Any

from cronwrap.deliver.courier import UNDELIVERED, Courier, Result, finish_all
from cronwrap.deliver.learned import Learned
from cronwrap.deliver.redacted import redacted
from cronwrap.deliver.senders import prepare
from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job
from cronwrap.run.keep import redactor
from cronwrap.run.record import Record
from cronwrap.run.report import frame, unframe
from cronwrap.services.endpoint import Endpoint

LINGER_S = 3.0  # how long to wait for the end of a short job, after the start has been dealt with
TICK_S = 0.25


class Reporter:
    """All endpoints of one run.

    Args:
        job: the run's.
        state_dir: where it is remembered what endpoints have said of themselves.
        settled: labels of endpoints that have been told of the end already.
        result_fd: where to say what came of it.
        record: the run's file, where it is written down at once.
    """

    def __init__(
        self, job: Job, state_dir: str, settled: set[str], result_fd: int, record: Record
    ) -> None:
        self._job = job
        self._state_dir = state_dir
        self._result_fd = result_fd
        self._record = record
        self._environ = _Noted(os.environ)
        endpoints = Endpoints(job.config, self._environ)
        prepare(endpoints.kinds(job.endpoint))
        # All is imported; from here on time counts, for a secret's file may hang.
        self._say("ready")
        self._begun_s = time.monotonic()
        self._learned = Learned(state_dir)
        places, problems = endpoints.resolve_all(job.endpoint)
        self._all_known = len(places) == len(set(job.endpoint))
        self._couriers = [
            Courier(place, self._learned.of(place))
            for place in places
            if place.label not in settled
        ]
        self._redact = redactor(job, _secrets(places))
        self._note_environ()
        self._say("labels", [courier.endpoint.label for courier in self._couriers])
        for message, hint in problems:
            self._say("problem", message, hint)

    def serve(self, start: Event | None, control_fd: int) -> None:
        """Tell of the start, and of the end if that comes soon; leave when it does not."""
        if start is not None:
            for courier in self._couriers:
                courier.start(self._redacted(start))
            self._record.sync()
        end = self._wait_for_end(control_fd)
        if end is not None:
            self._begun_s = time.monotonic()
            self.finish(end)
            return
        for courier in self._couriers:
            if courier.start_result is not None:
                self._tell(courier, "start", courier.start_result)

    def tell(self, log: Event) -> None:
        """Tell all endpoints of a log, which is not kept where it is not accepted."""
        deadline_s = self._begun_s + self._job.report_budget
        for _ in finish_all(self._couriers, self._redacted(log), deadline_s=deadline_s):
            pass

    def finish(self, end: Event) -> None:
        """Tell all endpoints of the end, which is on the disk before that, within the budget."""
        self._record.sync()
        deadline_s = self._begun_s + self._job.report_budget
        end = self._redacted(self._in_hindsight(end))
        owed = not self._all_known
        for courier, result in finish_all(self._couriers, end, deadline_s=deadline_s):
            owed = owed or result.kind == UNDELIVERED
            self._record.tell(courier.endpoint.given, result.kind, self._redact.text(result.why))
            if courier.start_result is not None:
                self._tell(courier, "start", courier.start_result)
            self._tell(courier, end.phase, result)
        if owed:
            self._note_environ()
        self._say("done", owed)

    def _note_environ(self) -> None:
        """Have the record say which variables say where to report, for whoever tells it later.

        At once, for this process may be killed, and the run cut off.
        """
        if self._environ.noted:
            self._record.write({"environ": dict(self._environ.noted)})

    def _in_hindsight(self, end: Event) -> Event:
        """Return *end* as it looks beside earlier runs, where anybody asks for that."""
        job = self._job
        asked = job.fail_after > 1 or job.slow_factor or job.fast_factor
        if asked or any(courier.endpoint.asks_history for courier in self._couriers):
            from cronwrap.run import hindsight

            try:
                seen = hindsight.judge(end, job, self._state_dir)
            except CronwrapError as error:
                self._say("problem", error.message, error.hint)
            else:
                self._record.write(hindsight.facts(seen))
                return seen
        return end

    def _wait_for_end(self, control_fd: int) -> Event | None:
        """Return the end when the supervisor sends it, None when it is time to leave."""
        poller = select.poll()
        poller.register(control_fd, select.POLLIN)
        buffer = bytearray()
        leave_s = None
        while leave_s is None or time.monotonic() < leave_s or buffer:
            if poller.poll(TICK_S * 1000):
                data = os.read(control_fd, 1 << 20)
                if not data:
                    return None  # the supervisor is gone
                buffer += data
                for message in unframe(buffer):
                    return Event(**message)
            elif leave_s is None and all(courier.start_result for courier in self._couriers):
                leave_s = time.monotonic() + LINGER_S
        return None

    def _redacted(self, event: Event) -> Event:
        return redacted(event, self._redact)

    def _tell(self, courier: Courier, phase: str, result: Result) -> None:
        self._learned.learn(courier.endpoint, courier.learned)
        why = self._redact.text(result.why)
        self._say("result", courier.endpoint.label, phase, result.kind, why)

    def _say(self, *message: Any) -> None:
        os.write(self._result_fd, frame(message))


def _secrets(places: list[Endpoint]) -> list[tuple[str, str]]:
    return [pair for place in places for pair in place.secrets]


class _Noted(Mapping[str, str]):
    """An environment that notes which of its variables were asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.noted: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        self.noted[name] = self._environ[name]
        return self.noted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)
