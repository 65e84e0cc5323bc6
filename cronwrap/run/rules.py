"""The rules about one start of a job: what is looked at while it runs, for run/verdict.py."""

from cronwrap.run import outcome, testimony, verdict
from cronwrap.run.keep import redactor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.run.copy import Stream
    from cronwrap.run.job import Job
    from cronwrap.run.match import Lines, Pattern
    from cronwrap.run.supervise import Supervisor

EXPRESSIONS = ("fail-if", "fail-unless", "warn-if")
NEED_OUTPUT = (*EXPRESSIONS, "fail-on-stderr", "fail-on-empty-output", "stall-timeout")
STDERR = 2


class Rules:
    """What is looked at, and what was seen.

    Attributes:
        problems: mistakes in the rules, for a person; they are in the warning of the end, too.
    """

    def __init__(self, job: "Job", streams: "list[Stream]", report_path: str) -> None:
        self.problems: list[str] = []
        self._job = job
        self._streams = streams
        self._report_path = report_path
        self._seen = verdict.Seen()
        self._patterns: list[Pattern] = []
        self._lines: list[Lines] = []
        self.problems += _unredactable(job)
        asked = [name for name in NEED_OUTPUT if job.values[name.replace("-", "_")]]
        if job.no_capture and asked:
            self.problems.append(
                f"{', '.join(asked)}: not with --no-capture, which shows us nothing"
            )
        elif any(job.values[name.replace("-", "_")] for name in EXPRESSIONS):
            self._look_for_expressions()

    def _look_for_expressions(self) -> None:
        from cronwrap.run import match

        self._patterns = patterns(self._job)
        self.problems += [pattern.problem for pattern in self._patterns if pattern.problem]
        for stream in self._streams:
            lines = match.Lines(self._patterns)
            self._lines.append(lines)
            stream.look = _look(stream, lines)

    def watch(self, supervisor: "Supervisor", say: "Callable[[str], None]") -> None:
        """Have *supervisor* tell when the job is silent for too long, and *say* it or end it."""
        job = self._job

        def silent() -> None:
            if job.stall_action == "end":
                supervisor.end("stalled")
            else:
                self._seen.warnings.append(outcome.silence(job))
                say(f"check {job.check}: the job is still running, but {outcome.silence(job)}")

        if job.stall_timeout and self._streams:
            supervisor.notice_silence(job.stall_timeout, silent)

    def judge(self, ended: "dict[str, Any]") -> "dict[str, Any]":
        """Return *ended*, the fields of an event, as the rules have them."""
        seen = self._seen
        for lines in self._lines:
            lines.end()
        if self._streams:
            seen.output_bytes = sum(stream.read_bytes for stream in self._streams)
            seen.stderr_bytes = sum(s.read_bytes for s in self._streams if s.name == STDERR)
        for pattern in self._patterns:
            if pattern.problem:
                seen.warnings.append(pattern.problem)
            elif pattern.line is not None:
                shown = "" if self._job.no_output_in_report else pattern.line
                seen.matched.append((pattern.option, str(pattern), shown))
            elif pattern.option == "fail-unless":
                seen.unmatched.append(str(pattern))
        mistakes = (*self._job.doubts, *self.problems)
        seen.warnings += [text for text in mistakes if text not in seen.warnings]
        said = testimony.read(self._report_path)
        judged = verdict.judge(self._job, ended, seen, said)
        redact = redactor(self._job)
        for name in ("detail", "warning", "note"):
            judged[name] = redact.text(judged[name])
        return {**ended, **judged}


def mistakes(job: "Job") -> list[str]:
    """Return what is wrong with the regular expressions of *job*."""
    found = [pattern.problem for pattern in patterns(job) if pattern.problem]
    return found + _unredactable(job)


def _unredactable(job: "Job") -> list[str]:
    if not job.redact:
        return []
    from cronwrap.redact import own

    return [f"{job.origins['redact']}: {problem}" for problem in own.problems(job.redact)]


def patterns(job: "Job") -> "list[Pattern]":
    """Return the expressions of *job*, compiled."""
    from cronwrap.run import match

    return [
        match.Pattern(option, text, job.origins[key])
        for option in EXPRESSIONS
        for key in (option.replace("-", "_"),)
        for text in job.values[key]
    ]


def _look(stream: "Stream", lines: "Lines") -> "Callable[[memoryview], None]":
    def look(data: memoryview) -> None:
        lines.add(data)
        if not lines.is_needed:
            stream.look = None

    return look
