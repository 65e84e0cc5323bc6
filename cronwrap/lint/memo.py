"""What rules found in a command or a schedule, kept for the next line that has the same.

A rule is a function of what it looks at. So it is watched: one that looked at nothing but the
command, its user and the assignments in force finds the same wherever these are the same, in its
own place. One that looked at more, such as both schedule and command, is asked each time. A large
file has few different commands, or few different schedules.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from cronwrap.lint.crontab import Crontab, Found, Job
from cronwrap.lint.lines import Edit
from cronwrap.lint.rule import Rule

_COMMAND = frozenset(
    {"assignment", "base", "command", "path", "percent", "raw", "script", "shell_name", "stdin",
     "user", "value"}
)  # fmt: skip
_SCHEDULE = frozenset(
    {"fields_at", "nickname", "schedule", "schedule_at", "schedule_error", "schedule_errors"}
)
_SAME = frozenset({"dialect", "file", "found", "kind", "spot"})  # for all jobs of a file
_SAME_OF_FILE = frozenset({"dialect", "form", "host", "live", "owner", "path"})

_WORTH = 2


class _Watched:
    """A job, or its file, that writes down what is looked at."""

    def __init__(self, real: object, seen: set[str]) -> None:
        self._real = real
        self._seen = seen

    @property  # type: ignore[misc]  # a rule for lines of all kinds asks which kind it has
    def __class__(self) -> type:
        """What it stands for."""
        return type(self._real)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if isinstance(self._real, Crontab):
            self._seen.add("file" if name in _SAME_OF_FILE else f"file.{name}")
            return value
        self._seen.add(name)
        return _Watched(value, self._seen) if name == "file" else value


class _Part:
    """The command of a job, or its schedule, and what is known of all that are the same.

    Attributes:
        start, end: where the first of them stands.
        found: what rules found in it.
        settled: the codes of the rules that need not be asked about it again.
        absent: the codes of those that want a text which is not in it.
    """

    __slots__ = ("absent", "end", "found", "settled", "start")

    def __init__(self, span: tuple[int, int], absent: frozenset[str]) -> None:
        self.start, self.end = span
        self.found: list[tuple[Rule, Found]] = []
        self.settled: set[str] = set()
        self.absent = absent

    def moved(self, start: int) -> Iterator[tuple[Rule, Found]]:
        """Yield what is known, for one that stands at *start*."""
        for rule, found in self.found:
            yield rule, _moved(found, start - self.start)

    def take(self, rule: Rule, found: Sequence[Found], start: int) -> bool:
        """Keep what *rule* found in one that stands at *start*, if it points to nothing else."""
        if found:
            here = [_moved(one, self.start - start) for one in found]
            spans = [span for one in here for span in _spans(one)]
            if min(spans)[0] < self.start or max(end for _, end in spans) > self.end:
                return False
            self.found += [(rule, one) for one in here]
        self.settled.add(rule.code)
        return True


def _spans(found: Found) -> list[tuple[int, int]]:
    edits = found.fix.edits if found.fix else ()
    return [(found.start, found.end), *((edit.start, edit.end) for edit in edits)]


def _moved(found: Found, by: int) -> Found:
    if not by:
        return found
    fix = found.fix
    if fix is not None:
        edits = (Edit(edit.start + by, edit.end + by, edit.new) for edit in fix.edits)
        fix = fix._replace(edits=tuple(edits))
    return found._replace(start=found.start + by, end=found.end + by, fix=fix)


class Memo:
    """Asks rules about the jobs of one file."""

    def __init__(self, file: Crontab, rules: Sequence[Rule]) -> None:
        self._rules = {rule.code: rule for rule in rules}
        self._codes = frozenset(self._rules)
        self._wanting = frozenset(rule.code for rule in rules if rule.only_with)
        texts = {text for rule in rules for text in rule.only_with}
        self._texts = {
            text.encode(): [rule.code for rule in rules if text in rule.only_with] for text in texts
        }
        self._commands: dict[object, _Part] = {}
        self._schedules: dict[str, _Part] = {}
        self._assignments = [line.number for line in file.assignments]
        # Watching takes as long as asking: it must be worth it.
        commands = len({job.raw for job in file.jobs})
        schedules = len({job.schedule_at.text for job in file.jobs})
        self._repeats = tuple(
            len(file.jobs) > _WORTH * different for different in (commands, schedules)
        )

    def ask(self, job: Job) -> Iterator[tuple[Rule, Found]]:
        """Yield what the rules find in *job*."""
        command, schedule = self._command(job), self._schedule(job)
        starts = (job.command.start, job.schedule_at.start)
        yield from command.moved(starts[0])
        yield from schedule.moved(starts[1])
        settled = command.settled | schedule.settled | (command.absent & schedule.absent)
        left = [self._rules[code] for code in self._codes - settled]
        is_new = (command.start == starts[0] and self._repeats[0]) or (
            schedule.start == starts[1] and self._repeats[1]
        )
        if not is_new:
            yield from ((rule, one) for rule in left for one in rule.ask(job))
            return
        for rule in left:
            seen: set[str] = set()
            found = rule.ask(_Watched(job, seen))
            yield from ((rule, one) for one in found)
            seen -= _SAME
            if (
                not (seen <= _COMMAND and command.take(rule, found, starts[0]))
                and seen <= _SCHEDULE
            ):
                schedule.take(rule, found, starts[1])

    def _command(self, job: Job) -> _Part:
        """Return what is known of the command, as its user runs it with what is assigned."""
        user = job.user.text if job.user is not None else ""
        key = (job.raw, user, bisect_right(self._assignments, job.number))
        if key not in self._commands:
            absent = self._absent(job.raw + b"\n" + user.encode(errors="surrogateescape"))
            self._commands[key] = _Part((job.command.start, job.command.end), absent)
        return self._commands[key]

    def _schedule(self, job: Job) -> _Part:
        at = job.schedule_at
        if at.text not in self._schedules:
            absent = self._absent(at.text.encode(errors="surrogateescape"))
            self._schedules[at.text] = _Part((at.start, at.end), absent)
        return self._schedules[at.text]

    def _absent(self, data: bytes) -> frozenset[str]:
        """Return the codes of the rules that want a text which is not in *data*."""
        there = [codes for text, codes in self._texts.items() if text in data]
        return self._wanting.difference(*there)
