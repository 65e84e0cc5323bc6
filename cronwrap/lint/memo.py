"""What rules found in a command or a schedule, kept for the next line that has the same.

A rule is a function of what it looks at. So it is watched: one that looked at nothing but the
command, its user and the assignments in force finds the same wherever these are the same, in its
own place. One that looked at more, such as both schedule and command, is asked each time; one that
looked at nothing but the file and found nothing, never again. A large file has few different
commands, or few different schedules.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from cronwrap.lint.crontab import Crontab, Found, Job
from cronwrap.lint.lines import Edit, Place
from cronwrap.lint.rule import Fact, Rule
from cronwrap.lint.sieve import Sieve

_COMMAND = frozenset(
    {"assignment", "base", "command", "path", "percent", "raw", "script", "shell_name", "stdin",
     "user", "value"}
)  # fmt: skip
_SCHEDULE = frozenset(
    {"fields_at", "nickname", "schedule", "schedule_at", "schedule_error", "schedule_errors"}
)
_SAME = frozenset({"dialect", "file", "found", "kind", "spot"})  # for all jobs of a file
_SAME_OF_FILE = frozenset({"dialect", "form", "host", "is_ascii", "live", "owner", "path"})

_WORTH = 2
_FIRST = 8  # are watched in any case
_MOST_MISSES = 8  # and a rule looks at both parts, or at more, as a habit


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

    Sets of rules are bits of a number, as there may be a part for each of a hundred thousand lines.

    Attributes:
        start, end: where the first of them stands.
        found: what rules found in it.
        settled: the rules that need not be asked about it again.
        absent: those that want a text which is not in it.
    """

    __slots__ = ("absent", "end", "found", "settled", "start")

    def __init__(self, at: Place, absent: int) -> None:
        self.start, self.end = at.start, at.end
        self.found: list[tuple[Rule, Found | Fact]] = []
        self.settled = 0
        self.absent = absent

    def moved(self, start: int) -> Iterator[tuple[Rule, Found | Fact]]:
        """Yield what is known, for one that stands at *start*."""
        for rule, found in self.found:
            yield rule, _moved(found, start - self.start)

    def take(self, rule: Rule, found: Sequence[Found | Fact], start: int) -> bool:
        """Keep what *rule* found in one that stands at *start*, if it points to nothing else."""
        here = [_moved(one, self.start - start) for one in found]
        spans = [span for one in here for span in _spans(one)]
        if any(first < self.start or last > self.end for first, last in spans):
            return False
        self.found += [(rule, one) for one in here]
        return True


def _spans(found: Found | Fact) -> list[tuple[int, int]]:
    if isinstance(found, Fact):
        return []
    edits = found.fix.edits if found.fix else ()
    return [(found.start, found.end), *((edit.start, edit.end) for edit in edits)]


def _moved(found: Found | Fact, by: int) -> Found | Fact:
    if not by or isinstance(found, Fact):
        return found
    fix = found.fix
    if fix is not None:
        edits = (Edit(edit.start + by, edit.end + by, edit.new) for edit in fix.edits)
        fix = fix._replace(edits=tuple(edits))
    return found._replace(start=found.start + by, end=found.end + by, fix=fix)


class Memo:
    """Asks rules about the jobs of one file."""

    def __init__(self, file: Crontab, rules: Sequence[Rule]) -> None:
        self._rules = [(1 << place, rule) for place, rule in enumerate(rules)]
        self._chosen: dict[int, list[tuple[int, Rule]]] = {}
        self._all = (1 << len(rules)) - 1
        self._sieve = Sieve([rule.only_with for rule in rules])
        self._commands: dict[object, _Part] = {}
        self._schedules: dict[str, _Part] = {}
        self._first = _FIRST
        self._watched = [self._all, self._all]
        self._misses: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
        self._assignments = [line.number for line in file.assignments]
        # Watching takes as long as asking: it must be worth it.
        commands = len({job.raw for job in file.jobs})
        schedules = len({job.schedule_at.text for job in file.jobs})
        self._repeats = tuple(
            len(file.jobs) > _WORTH * different for different in (commands, schedules)
        )

    def ask(self, job: Job) -> Iterator[tuple[Rule, Found | Fact]]:
        """Yield what the rules find in *job*, or gather of it."""
        command, schedule = self._command(job), self._schedule(job)
        starts = (job.command.start, job.schedule_at.start)
        yield from command.moved(starts[0])
        yield from schedule.moved(starts[1])
        settled = command.settled | schedule.settled | (command.absent & schedule.absent)
        left = self._of(self._all & ~settled)
        watched = self._all if self._first > 0 else 0
        self._first -= 1
        if command.start == starts[0] and self._repeats[0]:
            watched |= self._watched[0]
        if schedule.start == starts[1] and self._repeats[1]:
            watched |= self._watched[1]
        for bit, rule in left:
            if not watched & bit:
                for one in rule.ask_of_job(job):
                    yield rule, one
                continue
            seen: set[str] = set()
            found = rule.ask_of_job(_Watched(job, seen))
            yield from ((rule, one) for one in found)
            seen -= _SAME
            if not seen and not found:
                self._all &= ~bit
            elif seen <= _COMMAND and command.take(rule, found, starts[0]):
                command.settled |= bit
            elif seen <= _SCHEDULE and schedule.take(rule, found, starts[1]):
                schedule.settled |= bit
            self._learn(bit, seen)

    def _learn(self, bit: int, seen: set[str]) -> None:
        """Give up on a rule that time and again looked at more than a command, or a schedule."""
        for place, part in enumerate((_COMMAND, _SCHEDULE)):
            if not seen <= part:
                self._misses[place][bit] += 1
                if self._misses[place][bit] == _MOST_MISSES:
                    self._watched[place] &= ~bit

    def _of(self, bits: int) -> list[tuple[int, Rule]]:
        """Return the rules that *bits* stand for, each with its own bit."""
        if bits not in self._chosen:
            self._chosen[bits] = [one for one in self._rules if one[0] & bits]
        return self._chosen[bits]

    def _command(self, job: Job) -> _Part:
        """Return what is known of the command, as its user runs it with what is assigned."""
        user = job.user.text if job.user is not None else ""
        key = (job.raw, user, bisect_right(self._assignments, job.number))
        if key in self._commands:
            return self._commands[key]
        text = job.command.text
        found = _Part(job.command, self._sieve.absent(f"{text}\n{user}" if user else text))
        if self._repeats[0]:
            self._commands[key] = found
        return found

    def _schedule(self, job: Job) -> _Part:
        at = job.schedule_at
        if at.text not in self._schedules:
            self._schedules[at.text] = _Part(at, self._sieve.absent(at.text))
        return self._schedules[at.text]
