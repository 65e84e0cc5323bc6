"""What a rule is, and the catalogue of all there are."""

import importlib
import pkgutil
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from cronwrap.errors import CronwrapError, UsageError, nearest
from cronwrap.lint.crontab import Found
from cronwrap.lint.dialects import DIALECTS

ERROR, WARNING, INFO = SEVERITIES = ("error", "warning", "info")
ALLOWS = "allows"
PER = ("job", "assignment", "bad", "line", "file", "files", "facts", ALLOWS)


class Rule(NamedTuple):
    """A rule: the value RULE of its module.

    Attributes:
        code: "CW125".
        name: the bad pattern, "unescaped-percent".
        severity: ERROR, WARNING or INFO; a Found may say another.
        per: what find takes: each "job", "assignment", "bad" line or "line" of any kind; the
            "file" (a Crontab); the "files" (a list of all Crontabs); the "facts" of all files (a
            list of pairs, of a Job and what gather returned); ALLOWS is lint/allow.py's.
        find: yields what it finds.
        gather: of a rule per "facts": returns what it must know of a job, or None. It is asked when
            the job's tree is at hand, maybe in another process, and not again for the same command:
            the answer must be picklable, and name places by where they stand in the command.
        severities: by dialect where it differs; "" for none: the rule says nothing there.
        dialects: the only ones that it is about; empty for all.
        only_with: asked only of lines that have one of these texts in them; empty for all. This
            is what makes a hundred rules on a hundred thousand lines quick.
        host: it looks at files and users; asked only if the crontab has a host.
        default: whether it is asked unless it is selected.
    """

    code: str
    name: str
    severity: str
    per: str
    find: Callable[[Any], Iterable[Found]]
    severities: Mapping[str, str] = {}
    dialects: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    host: bool = False
    default: bool = True
    gather: Callable[[Any], Any] = lambda _: None

    @property
    def module(self) -> str:
        """The name of the module that holds it."""
        return f"cronwrap.lint.rules.{self.code.lower()}_{self.name.replace('-', '_')}"

    def ask(self, subject: Any) -> list[Found]:
        """Return what it finds in *subject*, which is what ``per`` says.

        Raises:
            RuleBrokenError: it has a mistake.
        """
        try:
            return list(self.find(subject))
        except Exception as error:
            raise self._broken(subject, error) from error

    def ask_of_job(self, job: Any) -> "list[Found] | list[Fact]":
        """Return what it finds in *job*, or gathers of it.

        Raises:
            RuleBrokenError: it has a mistake.
        """
        try:
            if self.per != "facts":
                return list(self.find(job))
            fact = self.gather(job)
        except Exception as error:
            raise self._broken(job, error) from error
        return [] if fact is None else [Fact(fact)]

    def _broken(self, subject: Any, error: Exception) -> "RuleBrokenError":
        place = f"line {subject.number}" if hasattr(subject, "number") else "a crontab"
        # Not the error's own words, which may be those of the crontab, and so a secret.
        message = f"rule {self.code} broke on {place}: {type(error).__name__}"
        hint = f"this is a mistake in cronwrap; --ignore {self.code} leaves the rule out"
        return RuleBrokenError(message, hint=hint)

    def severity_in(self, dialect: str) -> str:
        """Return its severity for a daemon; "" if it says nothing there."""
        if self.dialects and dialect not in self.dialects:
            return ""
        return self.severities.get(dialect, self.severity)


class Fact(NamedTuple):
    """What a rule gathered of a job."""

    value: Any


class RuleBrokenError(CronwrapError):
    """A rule did not bear what it was asked about: our mistake, and told as such."""

    exit_status = 2


@cache
def catalogue() -> tuple[Rule, ...]:
    """Return all rules, by code."""
    from cronwrap.lint import rules

    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    return tuple(
        importlib.import_module(f"{rules.__name__}.{name}").RULE
        for name in names
        if name.startswith("cw")
    )


def find_rule(word: str) -> Rule:
    """Return the rule with the code or name *word*."""
    for rule in catalogue():
        if word.upper() == rule.code or word.lower() == rule.name:
            return rule
    known = [word for rule in catalogue() for word in (rule.code, rule.name)]
    near = nearest(word, known)
    hint = near if near.startswith("did you mean") else "cronwrap-rules(7) has them all"
    raise UsageError(f"there is no rule {word}", hint=hint)


def documentation(rule: Rule) -> str:
    """Return what a rule's docstring says."""
    return textwrap.dedent(importlib.import_module(rule.module).__doc__ or "").strip()


def explain(word: str) -> str:
    """Return what there is to know of the rule with the code or name *word*."""
    rule = find_rule(word)
    others = [
        f"{severity or 'nothing'} for {DIALECTS[dialect].title}"
        for dialect, severity in rule.severities.items()
    ]
    said = ", ".join([rule.severity, *others])
    return f"{rule.code} {rule.name} ({said})\n\n{documentation(rule)}\n"
