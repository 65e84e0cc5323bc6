"""A crontab as lines with byte positions: whatever the bytes are, this does not fail."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from cronwrap.lint.dialects import DEFAULT, DIALECTS
from cronwrap.lint.form import form_of
from cronwrap.lint.lines import (
    Assignment,
    Bad,
    Comment,
    Continued,
    Edit,
    Fix,
    Found,
    Job,
    Line,
    Part,
    Piece,
    Place,
    Row,
    Span,
    parsed,
)  # fmt: skip

if TYPE_CHECKING:
    from cronwrap.lint.host import Host

__all__ = [
    "Assignment", "Bad", "Comment", "Continued", "Crontab", "Edit", "Fix", "Found", "Job", "Line",
    "Piece", "Span",
]  # fmt: skip

SCHEDULE_FIELDS = 5
KINDS = ("blank", "comment", "assignment", "job", "bad", "continued")
_WORD = re.compile(rb"[^ \t]+")
_SHELL_WORD = re.compile(r"[^\s;&|<>()'\"`=]+")
# How each kind of daemon tells an assignment from a job; the groups are name and value.
_ASSIGNMENTS = {
    # A quoted name may have blanks; a quoted value may have nothing after it.
    "vixie": re.compile(
        rb"""[ \t]*("[^"=]*"|'[^'=]*'|[^\s"'=][^\s=]*|)\s*=\s*"""
        rb"""("[^"]*"|'[^']*'|[^\s"'].*?|)\s*\Z""",
        re.DOTALL,
    ),
    "identifier": re.compile(rb"\s*(\w+)\s*=\s*(.*?)\s*\Z", re.DOTALL),
    "supercronic": re.compile(rb"[ \t]*([^\t\n\f\r =]+)[\t\n\f\r ]*=[\t\n\f\r ]*(.*)\Z", re.DOTALL),
    # The value ends at the first blank; what else might be an assignment is dropped as too short
    # for a job, if it is.
    "names": re.compile(rb"[ \t]*(MAILTO|SHELL|PATH)=([^ \t#]*)"),
    "any": re.compile(rb"[ \t]*([^\s=]+)[ \t]*=[ \t]*(.*?)[ \t]*\Z", re.DOTALL),
}


class Crontab:
    """A crontab.

    Attributes:
        path: as it was named; "-" for standard input.
        data: its bytes.
        dialect: the daemon that will read it.
        form: "system" (with a user column) or "user".
        live: it stands where a daemon of this host (or of --root) reads it.
        owner: whose crontab it is, in a user's crontab; "" if that is not known.
        host: where to look up files and users; None if rules must not look.
        lines: all of them; ``lines[n - 1]`` has number n.
    """

    def __init__(
        self,
        data: bytes,
        path: str = "-",
        *,
        dialect: str = DEFAULT,
        form: str = "",
        live: bool = False,
        owner: str = "",
        host: "Host | None" = None,
    ) -> None:
        self.path = path
        self.data = data
        self.dialect = DIALECTS[dialect]
        self.live = live
        self.owner = owner
        self.host = host
        known = self.dialect.system_form
        self.form = form or (form_of(path, data) if known else "user")
        self.asked: Job | None = None
        self._assigned: dict[str, tuple[list[int], list[Assignment]]] = {}
        self.lines: list[Line] = list(self._read())
        self._starts = [line.start for line in self.lines]

    def with_data(self, data: bytes) -> "Crontab":
        """Return the crontab as it is with other bytes."""
        return Crontab(
            data,
            self.path,
            dialect=self.dialect.name,
            form=self.form,
            live=self.live,
            owner=self.owner,
            host=self.host,
        )

    @cached_property
    def is_ascii(self) -> bool:
        """Whether there is no other byte in it."""
        return self.data.isascii()

    @cached_property
    def jobs(self) -> list[Job]:
        """The jobs."""
        return [line for line in self.lines if isinstance(line, Job)]

    @cached_property
    def assignments(self) -> list[Assignment]:
        """The assignments."""
        return [line for line in self.lines if isinstance(line, Assignment)]

    @property
    def refused_at(self) -> Line | None:
        """The first line for which the daemon refuses the whole file; None if there is none."""
        if self.dialect.bad_line not in ("file", "exit"):
            return None
        return next((line for line in self.lines if line.refusal), None)

    @cached_property
    def _named(self) -> dict[str, list[int]]:
        """The numbers of the lines that assign each name, also of those that the daemon drops."""
        named: dict[str, list[int]] = {}
        for line in self.assignments:
            named.setdefault(line.name, []).append(line.number)
        return named

    def next_named(self, name: str, number: int) -> int:
        """Return which line below line *number* assigns *name*; one behind the last for none."""
        numbers = self._named.get(name, [])
        place = bisect_right(numbers, number)
        return numbers[place] if place < len(numbers) else len(self.lines) + 1

    def jobs_between(self, first: int, last: int) -> "Iterator[Job]":
        """Yield the jobs below line *first* and above line *last*."""
        place = bisect_right(self.jobs, first, key=lambda job: job.number)
        while place < len(self.jobs) and self.jobs[place].number < last:
            yield self.jobs[place]
            place += 1

    @cached_property
    def paths(self) -> Counter[str]:
        """In how many jobs each word with a slash stands."""
        found: Counter[str] = Counter()
        for job in self.jobs:
            found.update({word for word in _SHELL_WORD.findall(job.command.text) if "/" in word})
        return found

    def of_kind(self, kind: str) -> Sequence[Line]:
        """Return the lines of a kind; "line" for all."""
        if kind == "line":
            return self.lines
        if kind == "job":
            return self.jobs
        return [line for line in self.lines if line.kind == kind]

    def assignment(self, name: str, number: int) -> Assignment | None:
        """Return the assignment of *name* in force at the line *number*."""
        if name not in self._assigned:
            return None
        numbers, lines = self._assigned[name]
        place = len(lines) if self.dialect.late_assignments else bisect_right(numbers, number)
        return lines[place - 1] if place else None

    def line_at(self, start: int) -> Line:
        """Return the line that the byte *start* stands in: the first one of those that are joined."""
        place = max(0, bisect_right(self._starts, start) - 1)
        return self.lines[bisect_left(self._starts, self._starts[place])]

    def found(self, where: Place, message: str, hint: str = "", *, severity: str = "") -> Found:
        """Return a finding at the span *where* of the file."""
        return Found(self, where.start, where.end, message, hint, severity)

    def _read(self) -> Iterator[Line]:
        start, number = 0, 0
        size = len(self.data)
        while start < size:
            end, joined = self._end_of(start)
            row = Row(self, number + 1, start, end)
            line = self._line(row)
            if isinstance(line, Assignment) and not line.ignored:
                numbers, lines = self._assigned.setdefault(line.name, ([], []))
                numbers.append(line.number)
                lines.append(line)
            yield line
            yield from (Continued(row._replace(number=number + 2 + one)) for one in range(joined))
            number += 1 + joined
            start = end + 1

    def _end_of(self, start: int) -> tuple[int, int]:
        """Return where the line that begins at *start* ends, and how many more are joined to it."""
        joined = 0
        end = self._newline(start)
        while (
            self.dialect.joins_lines
            and self.data[start:end].endswith(b"\\")
            and end < len(self.data)
        ):
            end = self._newline(end + 1)
            joined += 1
        return end, joined

    def _newline(self, start: int) -> int:
        found = self.data.find(b"\n", start)
        return len(self.data) if found < 0 else found

    def _line(self, row: Row) -> Line:
        data = self.data[row.start : row.end]
        if self.dialect.strips_cr and data.endswith(b"\r"):
            data = data.rstrip(b"\r") if self.dialect.strips_cr == "all" else data[:-1]
            row = row._replace(end=row.start + len(data))
        stripped = data.strip(b" \t")
        if not stripped:
            return Line(row)
        if stripped[:1] == b"#":
            return Comment(row)
        if b"=" in stripped and (found := self._assignment(data)):
            name, value = (
                self._piece(row.start + found.start(part), row.start + found.end(part))
                for part in (1, 2)
            )
            return Assignment(row, name, value)
        return self._job(row, data)

    def _assignment(self, data: bytes) -> "re.Match[bytes] | None":
        """Return name and value, if the daemon takes the line for an assignment, or drops it."""
        found = _ASSIGNMENTS[self.dialect.assignments].match(data)
        if found is None and self.dialect.names and len(data.split()) <= SCHEDULE_FIELDS:
            return _ASSIGNMENTS["any"].match(data)
        return found

    def _job(self, row: Row, data: bytes) -> Line:
        if self.dialect.hash_cuts:
            data = data.partition(b"#")[0]
        enough = self.dialect.most_fields + (self.form == "system") + 2
        words = [match.span() for match in islice(_WORD.finditer(data), enough)]
        fields = self._fields(data, words)
        most = len(fields)
        wanted = most + (self.form == "system") + 1
        if len(words) < wanted:
            few = len(words) < most or most < self._fewest(data, words)
            return Bad(row, fields, words, "few_fields" if few else "no_command")
        user = words[most] if self.form == "system" else None
        if self.dialect.command_options and words[wanted:]:
            start, end = words[wanted - 1]
            wanted += data[start:end] == b"-n"
        return Job(row, fields, user, words[wanted - 1][0])

    def _fewest(self, data: bytes, words: Sequence[Part]) -> int:
        return 1 if data.startswith(b"@", words[0][0]) else SCHEDULE_FIELDS

    def _fields(self, data: bytes, words: list[Part]) -> list[Part]:
        """Return those of the first *words* that are the schedule."""
        start, end = words[0]
        if self.dialect.dash_prefix and data[start:end][:1] == b"-" != data[start:end][1:2]:
            words = [(start + 1, end), *words[1:]]
        fewest = self._fewest(data, words)
        if fewest > 1:
            # supercronic takes as many as make a schedule.
            for most in range(self.dialect.most_fields, SCHEDULE_FIELDS, -1):
                text = b" ".join(data[start:end] for start, end in words[:most])
                schedule = text.decode(errors="surrogateescape")
                if len(words) > most and parsed(schedule, self.dialect.name)[0] is not None:
                    return words[:most]
        return words[:fewest]

    def _piece(self, start: int, end: int) -> Piece:
        return Piece(self.data[start:end].decode(errors="surrogateescape"), start, end)
