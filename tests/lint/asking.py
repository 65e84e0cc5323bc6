"""Ask one rule of one crontab."""

from cronwrap.lint import linter, session
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.finding import Finding
from cronwrap.lint.rule import find_rule


def findings(code: str, text: str, dialect: str = "debian") -> list[Finding]:
    """Return what the rule *code* finds in the user's crontab *text*."""
    return linter.lint([_crontab(text, dialect)], [find_rule(code)])


def finds(code: str, command: str, dialect: str = "debian") -> bool:
    """Tell whether the rule *code* finds anything in the job *command*, at three every night."""
    return bool(findings(code, f"0 3 * * * {command}", dialect))


def fixed(code: str, command: str, dialect: str = "debian") -> str:
    """Return *command* as the fix of the rule *code*, safe or not, leaves it."""
    rule, before = find_rule(code), "0 3 * * * "
    file = _crontab(before + command, dialect)
    (done,) = session.repaired([file], [rule], unsafe=True).files
    return done.data.decode().removeprefix(before).removesuffix("\n")


def _crontab(text: str, dialect: str) -> Crontab:
    return Crontab(f"{text}\n".encode(), "crontab", dialect=dialect, form="user")
