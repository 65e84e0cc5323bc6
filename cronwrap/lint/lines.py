"""The lines of a crontab, and what a rule says of them.

All positions (``start``, ``end``) are byte offsets in the file, but those of the nodes of a
command's tree, which are offsets in the command: ``found`` and the fixes know the difference.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cronwrap.lint import shell
from cronwrap.lint.dialects import Dialect
from cronwrap.lint.handed import Handed, handed

if TYPE_CHECKING:
    from cronwrap.lint.crontab import Crontab
    from cronwrap.schedule import Schedule, ScheduleError


_FIELDS = 5
_WORD = re.compile(r"[^ \t]+")
# What may not be written within one pair of quotes; within more, or others, nothing may.
_UNQUOTABLE = {"'": "'", '"': '"$`\\!'}


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


# Where a word of a line begins and ends, from the start of the line.
Part = tuple[int, int]


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
        kind: "blank", "comment", "assignment", "job", "bad" or "continued".
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

    @property
    def refusal(self) -> str:
        """Why the daemon does not take the line, as a short word; "" if it does."""
        is_last = self.end >= len(self.file.data) and self.kind in ("assignment", "job", "bad")
        return "no_newline" if is_last and self.dialect.last_newline else ""

    def piece(self, part: Part) -> Piece:
        """Return a part of the line as a piece."""
        start, end = self.start + part[0], self.start + part[1]
        return Piece(self.file.data[start:end].decode(errors="surrogateescape"), start, end)

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
            if where.nest and not set(new).isdisjoint(_UNQUOTABLE.get(where.nest, new)):
                return None
            if self.dialect.percent:
                new = new.replace("%", "\\%")
        return Edit(*self.spot(where), new.encode(errors="surrogateescape"))


class Comment(Line):
    """``# ...``."""

    kind = "comment"


class Continued(Line):
    """A line that is joined to the one before it."""

    kind = "continued"


class _Scheduled(Line):
    """A line with a schedule.

    Its pieces are made when a rule wants them: of a hundred thousand lines few are looked at so
    closely.
    """

    def __init__(self, row: Row, fields: Sequence[Part]) -> None:
        super().__init__(row)
        self._fields = fields

    @property
    def fields_at(self) -> tuple[Piece, ...]:
        """The fields of the schedule."""
        return tuple(map(self.piece, self._fields))

    @cached_property
    def schedule_at(self) -> Piece:
        """The schedule as it is written: "*/5 2 * * mon" or "@daily"."""
        return self.piece((self._fields[0][0], self._fields[-1][1]))

    @cached_property
    def _parsed(self) -> "tuple[Schedule | None, ScheduleError | None]":
        return parsed(self.schedule_at.text, self.dialect.name)

    @property
    def schedule(self) -> "Schedule | None":
        """What the daemon makes of it; None if it refuses it."""
        return self._parsed[0]

    @property
    def schedule_error(self) -> "ScheduleError | None":
        """Why the daemon refuses it; its start and end are offsets for ``schedule_at.at``."""
        return self._parsed[1]

    @cached_property
    def schedule_errors(self) -> "tuple[ScheduleError, ...]":
        """All that the daemon would refuse in it, though it stops at the first, in their order."""
        first = self.schedule_error
        if first is None or self.nickname or len(self._fields) != _FIELDS:
            return () if first is None else (first,)
        errors = [first]
        for number, word in enumerate(_WORD.finditer(self.schedule_at.text)):
            if not word.start() <= first.start < word.end():
                alone = " ".join("*" if one != number else word[0] for one in range(_FIELDS))
                error = parsed(alone, self.dialect.name)[1]
                errors += [] if error is None else [_moved(error, word.start() - 2 * number)]
        return tuple(sorted(errors, key=lambda one: one.start))

    @property
    def nickname(self) -> str:
        """``@daily``; "" for a schedule in fields."""
        first = self.piece(self._fields[0]).text
        return first if first.startswith("@") else ""


class Bad(_Scheduled):
    """A line that is no job: too few words.

    Attributes:
        words: what stands there between blanks.
        reason: "few_fields" or "no_command".
    """

    kind = "bad"

    def __init__(
        self, row: Row, fields: Sequence[Part], words: Sequence[Part], reason: str
    ) -> None:
        super().__init__(row, fields)
        self.words = tuple(map(self.piece, words))
        self.reason = reason

    @property
    def refusal(self) -> str:
        """Why the daemon does not take the line; Debian's cron takes one without a command."""
        return super().refusal if self._runs_nothing else self.reason

    @property
    def _runs_nothing(self) -> bool:
        has_all = self.reason == "no_command" and self.schedule is not None
        if self.file.form == "system":  # the user is read on into the next line, but for a blank
            has_all = has_all and self.words != self.fields_at and self.data[-1:] in b" \t"
        return has_all and self.dialect.empty_command


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
        is_vixie = self.dialect.assignments == "vixie"
        self.name = _unquoted(name_at.text) if is_vixie else name_at.text
        self.value = _value(value_at.text, self.dialect.quotes)
        most = self.dialect.max_assignment_bytes
        if 0 < most < len(self.data):
            kept = self.file.data[value_at.start : row.start + most]
            self.value = kept.decode(errors="surrogateescape")
        text = value_at.text
        self.quote = text[:1] if text[:1] in ("'", '"') and self.value != text else ""

    @property
    def ignored(self) -> bool:
        """Whether the daemon drops it, as it takes but a few names, and no blank before the =."""
        start = self.text.lstrip(" \t")
        names = self.dialect.names
        return bool(names) and not any(start.startswith(f"{name}=") for name in names)

    @property
    def refusal(self) -> str:
        """Why the daemon does not take the line, as a short word; "" if it does."""
        most = self.dialect.max_assignment_bytes
        if 0 < most < len(self.data) and self.quote:
            return "too_long"
        if self.dialect.empty_value == "refused" and not self.value_at.text:
            return "empty_value"
        return super().refusal

    @property
    def jobs(self) -> "Iterator[Job]":
        """The jobs that get it: those below, up to the next assignment of the name."""
        yield from self.file.jobs_between(self.number, self.file.next_named(self.name, self.number))


class Job(_Scheduled):
    """A schedule and a command.

    Attributes:
        base: where in the file the command begins.
    """

    kind = "job"

    def __init__(self, row: Row, fields: Sequence[Part], user: Part | None, command: int) -> None:
        super().__init__(row, fields)
        self._user = user
        self.base = self.start + command

    @property
    def user(self) -> Piece | None:
        """The user column, or None in a user's crontab."""
        return None if self._user is None else self.piece(self._user)

    @cached_property
    def command(self) -> Piece:
        """All that follows, as it is written."""
        return self.piece((self.base - self.start, self.end - self.start))

    @property
    def refusal(self) -> str:
        """Why the daemon does not take the line, as a short word; "" if it does."""
        dialect = self.dialect
        if self.schedule is None:
            return "schedule"
        if not dialect.star_command and (self.user or self.command).text.startswith("*"):
            return "star"
        if dialect.command_options and self.command.text.startswith("-"):
            return "option"
        if 0 < dialect.max_command_bytes < len(self.raw):
            return "too_long"
        return "too_long" if 0 < dialect.max_line_bytes < len(self.data) else super().refusal

    @property
    def raw(self) -> bytes:
        """The command as it stands in the file."""
        return self.file.data[self.base : self.end]

    @property
    def shell_name(self) -> str:
        """The name of the shell that runs the command: "sh", "bash"."""
        return (self.value("SHELL") or "/bin/sh").rpartition("/")[2]

    @cached_property
    def _handed(self) -> Handed:
        """What the shell gets; kept until another job of the file is asked: all would be many."""
        if self.file.asked is not None:
            vars(self.file.asked).pop("_handed", None)
        self.file.asked = self
        return handed(self.raw, self.dialect.name, self.shell_name)

    @property
    def script(self) -> shell.Script:
        """The tree of the command."""
        return self._handed.script

    @property
    def stdin(self) -> Piece | None:
        """What stands after the first bare ``%``, where the daemon gives that to the command."""
        cut = self._handed.cut
        if cut < 0:
            return None
        rest = self.raw[cut + 1 :].decode(errors="surrogateescape")
        return Piece(rest, self.base + cut + 1, self.end)

    @property
    def percent(self) -> Span | None:
        """The first bare ``%``, where the daemon ends the command there."""
        cut = self._handed.cut
        return None if cut < 0 else Span(self.base + cut, self.base + cut + 1)

    def assignment(self, name: str) -> Assignment | None:
        """Return the assignment of *name* that is in force here."""
        return self.file.assignment(name, self.number)

    def value(self, name: str) -> str | None:
        """Return the value of *name* that the crontab gives this job; None if it gives none."""
        found = self.assignment(name)
        if found is None or (not found.value and self.dialect.empty_value == "unset"):
            return None
        return found.value

    @property
    def path(self) -> str:
        """PATH as the job has it; "" if that is the daemon's own."""
        value = self.value("PATH")
        return self.dialect.path if value is None else value

    @property
    def comment_above(self) -> str:
        """The text of the comments right above, without their marks."""
        texts = []
        for number in range(self.number - 2, -1, -1):
            line = self.file.lines[number]
            if line.kind != "comment":
                break
            texts.append(line.text.strip().lstrip("#").strip())
        return "\n".join(reversed(texts))


@lru_cache(maxsize=32768)
def parsed(text: str, dialect: str) -> "tuple[Schedule | None, ScheduleError | None]":
    """Return what the daemon *dialect* makes of a schedule, or why it refuses it."""
    from cronwrap import schedule

    try:
        return schedule.parse(text, dialect), None
    except schedule.ScheduleError as error:
        return None, error


def _moved(error: "ScheduleError", by: int) -> "ScheduleError":
    from cronwrap.schedule import ScheduleError

    start, end = error.start + by, error.end + by
    return ScheduleError(
        error.message, hint=error.hint, kind=error.kind, start=start, end=end, field=error.field
    )


def _value(text: str, quotes: str) -> str:
    """Return the value that is written as *text*, by what the daemon does with quotes.

    >>> [_value("' a '", quotes) for quotes in ("pair", "trimmed", "peeled", "kept")]
    [' a ', ' a', 'a', "' a '"]
    """
    if quotes == "peeled":
        return text.strip(" \t\"'")
    if quotes == "kept":
        return text
    return _unquoted(text).rstrip(" \t") if quotes == "trimmed" else _unquoted(text)


def _unquoted(text: str) -> str:
    """Return *text* without the pair of quotes around it.

    >>> _unquoted('"a"'), _unquoted("'a"), _unquoted('""')
    ('a', "'a", '')
    """
    return text[1:-1] if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] else text
