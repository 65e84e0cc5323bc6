"""What a service's answer means: its own rules first, then those of HTTP.

A 2xx is not acceptance: eight services answer 2xx for what they throw away. So a service can
say which body counts, and which answers are to be tried again or are final.
"""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from cronwrap.redact import mask_url
from cronwrap.services.base import ACCEPTED, REJECTED, RETRY, Answer, Verdict
from cronwrap.services.table import Table

KEYS = ("accept", "retry", "reject", "hint", "limit")
RETRY_KEYS = ("status", "body", "after", "after_header", "hint")
REPORT_BYTES = "report_bytes"  # what is learned: how much of a body the service keeps

_RETRIED = {407, 408, 425, 429}  # 407 is the proxy's: the service has not even been asked
_OF_PROXY, _SERVER_ERROR = 407, 500
_ACCEPTED, _REDIRECTED = 2, 3  # hundreds
_PAGE = re.compile(r"\s*<(!doctype html|html)", re.IGNORECASE)
_LEARNED_MAX_BYTES = 1_000_000  # whatever a server says it takes
_SNIPPET_CHARACTERS = 80


class Rule(NamedTuple):
    """Answers of some statuses (none: any) whose body matches.

    Attributes:
        after_s: with a retry, not before so many seconds.
        after_header: of the answer, which says how many seconds.
        hint: what to do about it.
    """

    status: tuple[int, ...] = ()
    body: re.Pattern[str] | None = None
    after_s: float | None = None
    after_header: str = ""
    hint: str = ""

    def matches(self, status: int, body: str) -> bool:
        """Return whether an answer is meant."""
        return (not self.status or status in self.status) and (
            self.body is None or self.body.search(body) is not None
        )


class Rules(NamedTuple):
    """How one service answers.

    Attributes:
        accept: what counts as accepted.
        retry: answers that are worth another try, though HTTP would not say so.
        reject: answers that are final.
        hints: what to do about a status.
        limit_bytes: how much of a report the service keeps.
        limit_header: the header of an answer that says so.
    """

    accept: Rule
    retry: tuple[Rule, ...]
    reject: tuple[Rule, ...]
    hints: Mapping[int, str]
    limit_bytes: int
    limit_header: str

    def judge(self, answer: Answer) -> Verdict:
        """Return what *answer* means."""
        body = answer.body.decode("utf-8", "replace")
        if self._accepts(answer.status, body):
            return Verdict(kind=ACCEPTED, learned=self._learned(answer))
        what = said(answer)
        for rule in self.reject:
            if rule.matches(answer.status, body):
                return Verdict(kind=REJECTED, why=_with_hint(what, rule.hint))
        hint = self.hints.get(answer.status, "")
        for rule in self.retry:
            if rule.matches(answer.status, body):
                said_s = (rule.after_s, _after_s(answer), _seconds(answer, rule.after_header))
                after_s = max(filter(None, said_s), default=None)
                return Verdict(kind=RETRY, why=_with_hint(what, rule.hint or hint), after_s=after_s)
        if answer.status in _RETRIED or answer.status >= _SERVER_ERROR:
            why = _with_hint(what, hint or _default_hint(answer))
            return Verdict(kind=RETRY, why=why, after_s=_after_s(answer))
        return Verdict(kind=REJECTED, why=_with_hint(what, hint or _default_hint(answer)))

    def _accepts(self, status: int, body: str) -> bool:
        """Return whether it was recorded; a web page is of a login or of a wrong address."""
        if self.accept.body is None and _PAGE.match(body):
            return False
        return self.accept.matches(status, body)

    def _learned(self, answer: Answer) -> dict[str, str]:
        said = answer.headers.get(self.limit_header, "")
        return {REPORT_BYTES: said} if re.fullmatch(r"[0-9]{1,15}", said) else {}

    def report_bytes(self, learned: Mapping[str, str]) -> int:
        """Return how long a report may be, by what earlier answers said."""
        said = learned.get(REPORT_BYTES, "")
        known = re.fullmatch(r"[0-9]{1,15}", said) is not None
        return min(int(said), _LEARNED_MAX_BYTES) if known else self.limit_bytes


def _with_hint(what: str, hint: str) -> str:
    return f"{what}; {hint}" if hint else what


def said(answer: Answer) -> str:
    """Return status and, where it is a short plain text, body; for a person."""
    from http import HTTPStatus  # for what is not accepted

    try:
        what = f"answered {answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        what = f"answered {answer.status}"
    line = " ".join(answer.body.decode("utf-8", "replace").split())
    plain = line and "<" not in line and line.isprintable() and "://" not in line
    return f"{what} ({line[:_SNIPPET_CHARACTERS]})" if plain else what


def _default_hint(answer: Answer) -> str:
    if answer.status == _OF_PROXY:
        return "the proxy wants a login: HTTP_PROXY=http://USER:PASSWORD@HOST:PORT"
    if answer.status // 100 == _REDIRECTED:
        to = mask_url(answer.headers.get("location", ""))
        return f"redirects are not followed, give the address it leads to{to and f' ({to})'}"
    if answer.status // 100 == _ACCEPTED and _PAGE.match(answer.body.decode("utf-8", "replace")):
        return "that is a web page, perhaps of a login before it; is the address right?"
    if answer.status // 100 == _ACCEPTED:
        return "that is not how this service accepts an event; is the address right?"
    return ""


def _after_s(answer: Answer) -> float | None:
    """Return the pause asked for: Retry-After, in seconds or as a date, or JSON's retry_after.

    The date is measured by the server's own clock where it says what that shows, so that ours
    may be wrong.
    """
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", said):
        return float(said)
    until_unix_s = _unix_s(said)
    if until_unix_s is not None:
        now_unix_s = _unix_s(answer.headers.get("date", "")) or answer.at_unix_s
        return max(0.0, until_unix_s - now_unix_s)
    return _json_after_s(answer.body)


def _seconds(answer: Answer, header: str) -> float | None:
    said = answer.headers.get(header, "")
    return float(said) if re.fullmatch(r"[0-9]{1,9}", said) else None


def _unix_s(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _json_after_s(body: bytes) -> float | None:
    if b"retry_after" not in body:
        return None
    try:
        said = json.loads(body)
    except ValueError:
        return None
    inner = said.get("parameters") if isinstance(said, dict) else None  # Telegram's
    for table in (said, inner):
        value = table.get("retry_after") if isinstance(table, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
    return None


def read(table: Table) -> Rules:
    """Return the rules of a service's table.

    Raises:
        CronwrapError: for a wrong type or a pattern that is none.
    """
    accept = _rule(table.table("accept", ("status", "body", "example")))
    limit = table.table("limit", ("report", "header"))
    hints = table.table("hint")
    for status in hints.data:
        if not re.fullmatch("[1-5][0-9]{2}", status):
            raise hints.error(f"{status!r} is no HTTP status")
    return Rules(
        accept=accept if accept.status else _any_2xx(accept),
        retry=tuple(map(_rule, table.tables("retry", RETRY_KEYS))),
        reject=tuple(map(_rule, table.tables("reject", ("status", "body", "hint")))),
        hints={int(status): hints.text(status) for status in hints.data},
        limit_bytes=int(limit.number("report", 100_000) or 0),
        limit_header=limit.text("header").lower(),
    )


def _any_2xx(rule: Rule) -> Rule:
    return Rule(status=tuple(range(200, 300)), body=rule.body)


def _rule(table: Table) -> Rule:
    pattern = table.text("body")
    try:
        body = re.compile(pattern) if pattern else None
    except re.error as error:
        raise table.wrong("body", f"a regular expression: {error}") from error
    return Rule(
        status=table.numbers("status"),
        body=body,
        after_s=table.number("after"),
        after_header=table.text("after_header").lower(),
        hint=table.text("hint"),
    )
