"""The reporter: a forked child that knows HTTP, and tells what came of it through a pipe.

It may take its time to import, hang or crash: the supervisor goes on, and kills it when the
budget is spent.  Here, on the way out of the machine, secrets are taken out of events.
"""

import json
import os
import select
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cronwrap.deliver.courier import Courier, Result, finish_all
from cronwrap.deliver.senders import prepare
from cronwrap.event import Event
from cronwrap.redact import Redactor
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job
from cronwrap.run.report import frame, unframe
from cronwrap.run.session import job_variables
from cronwrap.services.endpoint import Endpoint

LINGER_S = 3.0  # how long to wait for the end of a short job, after the start has been dealt with
TICK_S = 0.25
LEARNED_FILE = "learned.json"


class Reporter:
    """All endpoints of one run.

    Args:
        job: the run's.
        state_dir: where it is remembered what endpoints have said of themselves.
        settled: labels of endpoints that have been told of the end already.
        result_fd: where to say what came of it.
    """

    def __init__(self, job: Job, state_dir: str, settled: set[str], result_fd: int) -> None:
        self._job = job
        self._result_fd = result_fd
        endpoints = Endpoints(job.config, os.environ)
        prepare(endpoints.kinds(job.endpoint))
        # All is imported; from here on time counts, for a secret's file may hang.
        self._say("ready")
        self._begun_s = time.monotonic()
        self._learned = _Learned(Path(state_dir) / LEARNED_FILE)
        places, problems = endpoints.resolve_all(job.endpoint)
        self._couriers = [
            Courier(place, self._learned.of(place))
            for place in places
            if place.label not in settled
        ]
        self._redact = Redactor(_job_environment(job), _secrets(places))
        self._say("labels", [courier.endpoint.label for courier in self._couriers])
        for message, hint in problems:
            self._say("problem", message, hint)

    def serve(self, start: Event | None, control_fd: int) -> None:
        """Tell of the start, and of the end if that comes soon; leave when it does not."""
        if start is not None:
            for courier in self._couriers:
                courier.start(self._redacted(start))
        end = self._wait_for_end(control_fd)
        if end is not None:
            self._begun_s = time.monotonic()
            self.finish(end)
            return
        for courier in self._couriers:
            if courier.start_result is not None:
                self._tell(courier, "start", courier.start_result)

    def finish(self, end: Event) -> None:
        """Tell all endpoints of the end, within the budget."""
        deadline_s = self._begun_s + self._job.report_budget
        for courier, result in finish_all(
            self._couriers, self._redacted(end), deadline_s=deadline_s
        ):
            if courier.start_result is not None:
                self._tell(courier, "start", courier.start_result)
            self._tell(courier, end.phase, result)
        self._say("done")

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
        output = self._redact(event.output)
        return event.replace(
            output=output,
            # By as much as it grew or shrank, else what is whole would look like cut.
            output_bytes=event.output_bytes + len(output) - len(event.output),
            command=self._redact.text(event.command),
            detail=self._redact.text(event.detail),
        )

    def _tell(self, courier: Courier, phase: str, result: Result) -> None:
        self._learned.learn(courier.endpoint, courier.learned)
        why = self._redact.text(result.why)
        self._say("result", courier.endpoint.label, phase, result.kind, why)

    def _say(self, *message: Any) -> None:
        os.write(self._result_fd, frame(message))


def _job_environment(job: Job) -> dict[str, str]:
    """Return the job's environment, to know the values of its secrets."""
    added = {os.fsdecode(name): os.fsdecode(value) for name, value in job_variables(job, "")}
    return {**os.environ, **added}


def _secrets(places: list[Endpoint]) -> list[tuple[str, str]]:
    return [pair for place in places for pair in place.secrets]


class _Learned:
    """What endpoints have said of themselves, such as how much of a report they keep.

    A small file, written only when something changed; of two writers at once the last one wins,
    and what the other one learned is learned again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._facts: dict[str, dict[str, str]] = {}
        try:
            found = json.loads(path.read_bytes())
            self._facts = {str(name): dict(facts) for name, facts in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            pass  # missing or damaged: all of it can be learned again

    def of(self, place: Endpoint) -> Mapping[str, str]:
        """Return what is known of *place*."""
        return self._facts.get(place.name, {})

    def learn(self, place: Endpoint, facts: Mapping[str, str]) -> None:
        """Remember *facts* for the runs to come."""
        if not facts or self._facts.get(place.name) == dict(facts):
            return
        self._facts[place.name] = dict(facts)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(json.dumps(self._facts).encode())
            draft.replace(self._path)
        except OSError:
            return  # a full or read-only disk: nothing depends on it
