"""A crontab as lines with byte positions: whatever the bytes are, this does not fail.

All positions (``start``, ``end``) are byte offsets in the file, but those of the nodes of a
command's tree, which are offsets in the command: ``found`` and the fixes know the difference.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cronwrap.lint import shell
from cronwrap.lint.dialects import DEFAULT, DIALECTS, Dialect

if TYPE_CHECKING:
    from cronwrap.lint.host import Host
    from cronwrap.schedule import Schedule, ScheduleError

_ASSIGNMENT = re.compile(
    rb"""[ \t]*("[^"]*"|'[^']*'|[^\s="'][^\s=]*|)[ \t]*=[ \t]*(.*?)[ \t]*\Z""", re.DOTALL
)
_WORD = re.compile(rb"[^ \t]+")
_PERCENT = ord("%")
SCHEDULE_FIELDS = 5
USUAL_USERS = frozenset(
    [
        "root",
        "daemon",
        "bin",
        "sys",
        "adm",
        "www-data",
        "apache",
        "nginx",
        "http",
        "nobody",
        "mail",
        "postgres",
        "mysql",
        "git",
        "list",
        "backup",
        "man",
        "news",
        "uucp",
        "proxy",
        "www",
        "ubuntu",
        "debian",
        "deploy",
        "app",
        "ec2-user",
        "munin",
        "nagios",
        "zabbix",
        "smmsp",
        "logcheck",
        "amavis",
        "mailman",
        "opendkim",
        "redis",
        "gitlab",
        "jenkins",
        "vagrant",
        "pi",
        "admin",
        "user",
    ]
)


class Span(NamedTuple):
    """Bytes of the file from *start* to before *end*."""

    start: int
    end: int


class Piece(NamedTuple):
    """A part of a line.

    Attributes:
        text: as it is written; bytes that are no UTF-8 are surrogates.
        start, end: where it stands in the file.
    """

    text: str
    start: int
    end: int

    def at(self, start: int, end: int) -> Span:
        """Return where the characters from *start* to before *end* of the text stand."""
        if self.text.isascii():
            return Span(self.start + start, self.start + end)
        sizes = [len(self.text[:place].encode(errors="surrogateescape")) for place in (start, end)]
        return Span(self.start + sizes[0], self.start + sizes[1])


class Found(NamedTuple):
    """What a rule found; the linter adds the rule.

    Attributes:
        file: the crontab that it stands in.
        start, end: the bytes of the offence.
        message: what is wrong and what the daemon does, for a person at 02:00.
        hint: what to write instead.
        severity: "" for the rule's own.
        fix: None if there is none.
    """

    file: "Crontab"
    start: int
    end: int
    message: str
    hint: str = ""
    severity: str = ""
    fix: "Fix | None" = None


class Edit(NamedTuple):
    """Bytes from *start* to before *end* are replaced by *new*."""

    start: int
    end: int
    new: bytes


class Fix(NamedTuple):
    """Edits that belong together; *safe*: it does what was plainly meant, or changes nothing."""

    safe: bool
    edits: tuple[Edit, ...]


class Place(Protocol):
    """Whatever has a start and an end: a Span, a Piece, a Line, a node of the command."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


Edits = Sequence[tuple[Place, str]]


class Row(NamedTuple):
    """Where a line stands; see Line."""

    file: "Crontab"
    number: int
    start: int
    end: int


class Line:
    """A line of a crontab; by itself a blank line, a comment or one of the kinds below.

    Attributes:
        file: the crontab.
        number: from 1.
        start, end: where it stands in the file, without the newline.
        kind: "blank", "comment", "assignment", "job" or "bad".
    """

    kind = "blank"
    base = 0  # where the nodes of its command begin

    def __init__(self, row: Row) -> None:
        self.file, self.number, self.start, self.end = row

    @property
    def data(self) -> bytes:
        """Its bytes, without the newline."""
        return self.file.data[self.start : self.end]

    @property
    def text(self) -> str:
        """Its text; bytes that are no UTF-8 are surrogates."""
        return self.data.decode(errors="surrogateescape")

    @property
    def whole(self) -> Piece:
        """The line without the blanks around it, as a piece."""
        stripped = self.data.strip()
        start = self.start + self.data.find(stripped)
        return Piece(stripped.decode(errors="surrogateescape"), start, start + len(stripped))

    @property
    def dialect(self) -> Dialect:
        """The daemon that will read it."""
        return self.file.dialect

    def spot(self, where: Place) -> Span:
        """Return where in the file *where* stands: a node of the command, or a span of the file."""
        base = self.base if isinstance(where, shell.Node) else 0
        return Span(where.start + base, where.end + base)

    def found(
        self,
        where: Place,
        message: str,
        hint: str = "",
        *,
        safe: Edits = (),
        unsafe: Edits = (),
        severity: str = "",
    ) -> Found:
        """Return a finding at *where*, with the edits of a fix that is safe or not."""
        start, end = self.spot(where)
        fix = self._fix(safe or unsafe, is_safe=bool(safe))
        return Found(self.file, start, end, message, hint, severity, fix)

    def _fix(self, edits: Edits, *, is_safe: bool) -> Fix | None:
        made = [self._edit(where, new) for where, new in edits]
        ready = tuple(edit for edit in made if edit is not None)
        return Fix(is_safe, ready) if ready and len(ready) == len(made) else None

    def _edit(self, where: Place, new: str) -> Edit | None:
        """Return the edit, or None where quotes around *where* forbid it."""
        if isinstance(where, shell.Node):
            if where.nest.strip("'") or (where.nest and "'" in new) or len(where.nest) > 1:
                return None
            if self.dialect.percent:
                new = new.replace("%", "\\%")
        return Edit(*self.spot(where), new.encode(errors="surrogateescape"))


class Comment(Line):
    """``# ...``."""

    kind = "comment"


class Bad(Line):
    """A line that is no job: too few words.

    Attributes:
        words: what stands there between blanks.
        reason: "few_fields" or "no_command".
    """

    kind = "bad"

    def __init__(
        self,
        row: Row,
        words: tuple[Piece, ...],
        reason: str,
    ) -> None:
        super().__init__(row)
        self.words = words
        self.reason = reason


class Assignment(Line):
    """``NAME=value``.

    Attributes:
        name, value: as the daemon takes them, outer quotes removed.
        name_at, value_at: as they are written, with quotes.
        quote: the quote around the value, or "".
    """

    kind = "assignment"

    def __init__(self, row: Row, name_at: Piece, value_at: Piece) -> None:
        super().__init__(row)
        self.name_at = name_at
        self.value_at = value_at
        self.name = _unquoted(name_at.text)
        self.value = _unquoted(value_at.text)
        self.quote = value_at.text[:1] if self.value != value_at.text else ""

    @property
    def jobs(self) -> "Iterator[Job]":
        """The jobs that get it: those below, up to the next assignment of the name."""
        for line in self.file.lines[self.number :]:
            if isinstance(line, Assignment) and line.name == self.name:
                return
            if isinstance(line, Job):
                yield line


class Job(Line):
    """A schedule and a command.

    Attributes:
        schedule_at: the schedule as it is written: "*/5 2 * * mon" or "@daily".
        fields_at: its fields.
        user: the user column, or None in a user's crontab.
        command: all that follows, as it is written.
    """

    kind = "job"

    def __init__(
        self,
        row: Row,
        fields_at: tuple[Piece, ...],
        user: Piece | None,
        command: Piece,
    ) -> None:
        super().__init__(row)
        self.fields_at = fields_at
        self.user = user
        self.command = command
        self.base = command.start

    @cached_property
    def schedule_at(self) -> Piece:
        """The schedule, as it is written."""
        start, end = self.fields_at[0].start, self.fields_at[-1].end
        return Piece(self.file.data[start:end].decode(errors="surrogateescape"), start, end)

    @property
    def schedule(self) -> "Schedule | None":
        """What the daemon makes of it; None if it refuses it."""
        return _schedule(self.schedule_at.text, self.dialect.name)[0]

    @property
    def schedule_error(self) -> "ScheduleError | None":
        """Why the daemon refuses it; its start and end are offsets for ``schedule_at.at``."""
        return _schedule(self.schedule_at.text, self.dialect.name)[1]

    @property
    def nickname(self) -> str:
        """``@daily``; "" for a schedule in fields."""
        return self.fields_at[0].text if self.fields_at[0].text.startswith("@") else ""

    @property
    def raw(self) -> bytes:
        """The command as it stands in the file."""
        return self.file.data[self.command.start : self.command.end]

    @property
    def shell_name(self) -> str:
        """The name of the shell that runs the command: "sh", "bash"."""
        return (self.value("SHELL") or "/bin/sh").rpartition("/")[2]

    @cached_property
    def script(self) -> shell.Script:
        """The tree of the command."""
        return command_text(self.raw, self.dialect.name, self.shell_name).script

    @property
    def stdin(self) -> Piece | None:
        """What stands after the first bare ``%``, where the daemon gives that to the command."""
        cut = command_text(self.raw, self.dialect.name, self.shell_name).cut
        if cut < 0:
            return None
        rest = self.raw[cut + 1 :].decode(errors="surrogateescape")
        return Piece(rest, self.command.start + cut + 1, self.command.end)

    @property
    def percent(self) -> Span | None:
        """The first bare ``%``, where the daemon ends the command there."""
        cut = command_text(self.raw, self.dialect.name, self.shell_name).cut
        return None if cut < 0 else Span(self.base + cut, self.base + cut + 1)

    def assignment(self, name: str) -> Assignment | None:
        """Return the assignment of *name* that is in force here."""
        return self.file.assignment(name, self.number)

    def value(self, name: str) -> str | None:
        """Return the value of *name* that the crontab gives this job; None if it gives none."""
        found = self.assignment(name)
        return None if found is None else found.value

    @property
    def path(self) -> str:
        """PATH as the job has it; "" if that is the daemon's own."""
        value = self.value("PATH")
        return self.dialect.path if value is None else value

    @property
    def comment_above(self) -> str:
        """The text of the comments right above, without their marks."""
        texts = []
        for line in reversed(self.file.lines[: self.number - 1]):
            if line.kind != "comment":
                break
            texts.append(line.text.strip().lstrip("#").strip())
        return "\n".join(reversed(texts))


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
        self.form = form or form_of(path, data)
        self._assigned: dict[str, list[Assignment]] = {}
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
    def jobs(self) -> list[Job]:
        """The jobs."""
        return [line for line in self.lines if isinstance(line, Job)]

    @cached_property
    def assignments(self) -> list[Assignment]:
        """The assignments."""
        return [line for line in self.lines if isinstance(line, Assignment)]

    def of_kind(self, kind: str) -> Sequence[Line]:
        """Return the lines of a kind; "line" for all."""
        if kind == "line":
            return self.lines
        if kind == "job":
            return self.jobs
        return [line for line in self.lines if line.kind == kind]

    def assignment(self, name: str, number: int) -> Assignment | None:
        """Return the assignment of *name* in force at the line *number*."""
        lines = self._assigned.get(name, [])
        if self.dialect.late_assignments:
            return lines[-1] if lines else None
        place = bisect_right([line.number for line in lines], number)
        return lines[place - 1] if place else None

    def line_at(self, start: int) -> Line:
        """Return the line that the byte *start* stands in."""
        return self.lines[max(0, bisect_right(self._starts, start) - 1)]

    def found(self, where: Place, message: str, hint: str = "", *, severity: str = "") -> Found:
        """Return a finding at the span *where* of the file."""
        return Found(self, where.start, where.end, message, hint, severity)

    def _read(self) -> Iterator[Line]:
        start, number = 0, 0
        size = len(self.data)
        while start < size:
            number += 1
            end = self.data.find(b"\n", start)
            end = size if end < 0 else end
            line = self._line(Row(self, number, start, end))
            if isinstance(line, Assignment):
                self._assigned.setdefault(line.name, []).append(line)
            yield line
            start = end + 1

    def _line(self, row: Row) -> Line:
        start = row.start
        data = self.data[start : row.end]
        if self.dialect.strips_cr and data.endswith(b"\r"):
            data = data[:-1]
            row = row._replace(end=row.end - 1)
        stripped = data.strip(b" \t")
        if not stripped:
            return Line(row)
        if stripped[:1] == b"#":
            return Comment(row)
        if b"=" in stripped and (found := _ASSIGNMENT.match(data)) and found[1]:
            name, value = (
                self._piece(start + found.start(part), start + found.end(part)) for part in (1, 2)
            )
            return Assignment(row, name, value)
        return self._job(row, data)

    def _job(self, row: Row, data: bytes) -> Line:
        most = 1 if data.lstrip(b" \t")[:1] == b"@" else SCHEDULE_FIELDS
        wanted = most + (self.form == "system") + 1
        words = tuple(
            self._piece(row.start + match.start(), row.start + match.end())
            for match in islice(_WORD.finditer(data), wanted)
        )
        if len(words) < wanted:
            return Bad(row, words, "few_fields" if len(words) < most else "no_command")
        user = words[most] if self.form == "system" else None
        return Job(row, words[:most], user, self._piece(words[-1].start, row.end))

    def _piece(self, start: int, end: int) -> Piece:
        return Piece(self.data[start:end].decode(errors="surrogateescape"), start, end)


def form_of(path: str, data: bytes) -> str:
    r"""Return "system" or "user": by the path, else by what the sixth words look like.

    >>> form_of("/etc/cron.d/x", b""), form_of("crontab", b"0 1 * * * root /x\\n")
    ('system', 'system')
    >>> form_of("crontab", b"0 1 * * * /usr/bin/x root\\n")
    'user'
    """
    if re.search(r"/etc/crontab$|/cron\.d/|/etc/anacrontab$", f"/{path}"):
        return "system"
    if re.search(r"/(spool/cron|crontabs|tabs)/", path):
        return "user"
    votes = 0
    for line in data[:1_000_000].splitlines():
        words = line.split(None, 6)
        place = 1 if line.lstrip()[:1] == b"@" else SCHEDULE_FIELDS
        if len(words) > place + 1 and line.lstrip()[:1] in b"*@0123456789":
            word = words[place].decode(errors="replace")
            votes += 1 if word in USUAL_USERS else -1
    return "system" if votes > 0 else "user"


class CommandText(NamedTuple):
    """What the shell gets of a command; *cut* is where its first bare % stands, or -1."""

    script: shell.Script
    cut: int


@lru_cache(maxsize=4096)
def command_text(raw: bytes, dialect: str, shell_name: str) -> CommandText:
    """Return what the daemon *dialect* gives the shell of the command *raw*."""
    rules = DIALECTS[dialect]
    if rules.hash_cuts and b"#" in raw:
        raw = raw[: raw.index(b"#")]
    if not rules.percent or b"%" not in raw:
        return CommandText(shell.parse(raw, shell_name), -1)
    cut, kept, offsets, place = -1, bytearray(), [], 0
    while place < len(raw):
        escaped = raw[place : place + 2] == b"\\%"
        if not escaped and raw[place] == _PERCENT:
            cut = place
            break
        offsets.append(place)
        kept.append(raw[place + escaped])
        place += 1 + escaped
        if (
            not escaped and raw[place - 1 : place + 1] == b"\\\\"
        ):  # the pair escapes nothing after it
            offsets.append(place)
            kept.append(raw[place])
            place += 1
    return CommandText(shell.parse(bytes(kept), shell_name, [*offsets, place]), cut)


@lru_cache(maxsize=8192)
def _schedule(text: str, dialect: str) -> "tuple[Schedule | None, ScheduleError | None]":
    from cronwrap import schedule

    try:
        return schedule.parse(text, dialect), None
    except schedule.ScheduleError as error:
        return None, error


def _unquoted(text: str) -> str:
    """Return *text* without the pair of quotes around it.

    >>> _unquoted('"a"'), _unquoted("'a"), _unquoted('""')
    ('a', "'a", '')
    """
    return text[1:-1] if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] else text
