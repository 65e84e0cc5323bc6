"""``# cronwrap: allow CODE``: what a crontab's author has looked at and found right."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cronwrap.lint.crontab import Crontab, Found, Line, Span
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import ALLOWS, Rule, catalogue

_COMMENT = re.compile(
    r"(?i)#+[ \t]*cronwrap:[ \t]*(allow-file|allow)\b[ \t:]*([^#]*?)[ \t\r]*(?:--.*|#.*|)\Z"
)
_WORD = re.compile(r"[\w-]+")


class Allow(NamedTuple):
    """One word of such a comment.

    Attributes:
        word: a code or a name; "" if none stands there.
        span: where it stands.
        line: the number of the line that it is about; 0 for the whole file.
    """

    file: Crontab
    word: str
    span: Span
    line: int

    def covers(self, finding: Finding) -> bool:
        """Return whether *finding* is what it allows."""
        rule = finding.rule
        return (
            self.word.lower() in (rule.code.lower(), rule.name)
            and finding.found.file is self.file
            and self.line in (0, finding.line.number)
        )


def allows(file: Crontab) -> Iterator[Allow]:
    """Yield what comments of *file* allow."""
    if b"cronwrap:" not in file.data:
        return
    above = _above(file)
    for line in file.of_kind("comment"):
        stripped = line.whole
        found = _COMMENT.match(stripped.text)
        if found:
            about = 0 if found[1].lower() == "allow-file" else above[line.number]
            if not _WORD.search(found[2]):
                yield Allow(file, "", stripped.at(*found.span(1)), about)
            for word in _WORD.finditer(found[2]):
                span = stripped.at(found.start(2) + word.start(), found.start(2) + word.end())
                yield Allow(file, word[0], span, about)


def _above(file: Crontab) -> dict[int, int]:
    """Return which line each comment stands above, by number; comments between do not count."""
    above = {}
    following: Line | None = None
    for line in reversed(file.lines):
        if line.kind != "comment":
            following = line
        else:
            above[line.number] = following.number if following is not None else line.number
    return above


def settle(
    files: Sequence[Crontab], found: Iterable[Finding], asked: Sequence[Rule]
) -> list[Finding]:
    """Return *found* without what is allowed, and with what is allowed for nothing."""
    said = [allow for file in files for allow in allows(file)]
    if not said:
        return list(found)
    places: dict[tuple[int, int], list[Allow]] = {}
    for allow in said:
        places.setdefault((id(allow.file), allow.line), []).append(allow)
    kept: list[Finding] = []
    used: set[Span] = set()
    for finding in found:
        file = id(finding.found.file)
        near = [*places.get((file, 0), ()), *places.get((file, finding.line.number), ())]
        covering = [allow for allow in near if allow.covers(finding)]
        used.update(allow.span for allow in covering)
        if not covering:
            kept.append(finding)
    judge = next((rule for rule in asked if rule.per == ALLOWS), None)
    if judge is None:
        return kept
    unused = [allow for allow in said if allow.span not in used]
    severity = judge.severity
    return kept + [Finding(judge, severity, one) for one in _complaints(unused, asked)]


def _complaints(unused: Iterable[Allow], asked: Sequence[Rule]) -> Iterator[Found]:
    known = {word for rule in catalogue() for word in (rule.code.lower(), rule.name)}
    could = {word for rule in asked for word in (rule.code.lower(), rule.name)}
    for allow in unused:
        word = allow.word.lower()
        if not word:
            message = "this allows nothing: it names no rule"
            yield allow.file.found(allow.span, message, "write a code or a name behind it")
        elif word not in known:
            hint = "`cronwrap explain` takes the codes and names that there are"
            yield allow.file.found(allow.span, f"there is no rule {allow.word}", hint)
        elif word in could:
            message = f"{allow.word} is allowed here, but nothing of it is found"
            yield allow.file.found(allow.span, message, "remove it from the comment")
