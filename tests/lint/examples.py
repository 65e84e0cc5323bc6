"""The crontabs in the docstrings of rules."""

import re
import textwrap

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import Rule, documentation


def crontabs_of(rule: Rule, word: str) -> list[Crontab]:
    r"""Return the crontabs below ``Bad::`` or ``Good::``.

    ``Bad (busybox)::`` names the dialect, ``Bad (/etc/cron.d/x)::`` the path; several sections of
    one word are several crontabs, which are linted together if the rule is about several files.
    A backslash at the end of the last line leaves the newline out; ``\r`` ``\t`` ``\N`` are bytes.
    """
    sections = re.findall(
        rf"^{word}(?: \(([^)]*)\))?::\n((?:\n|    .*\n?)+)",
        documentation(rule) + "\n",
        re.MULTILINE,
    )
    return [_crontab(rule, about, body) for about, body in sections]


def _crontab(rule: Rule, about: str, body: str) -> Crontab:
    text = textwrap.dedent(body).strip("\n") + "\n"
    text = text.removesuffix("\\\n") if text.endswith("\\\n") else text
    for written, meant in (
        ("<CR>", "\r"),
        ("<TAB>", "\t"),
        ("<NBSP>", "\u00a0"),
        ("<DASH>", "\u2013"),
        ("<LONG>", "x" * 1000),
        ("<MANY>", "\n".join(f"V{number}=x" for number in range(1000))),
        ("<BOM>", "\ufeff"),
    ):
        text = text.replace(written, meant)
    words = [word.strip() for word in about.split(",") if word.strip()]
    path = next((word for word in words if "/" in word), "crontab")
    dialect = next((word for word in words if "/" not in word), _dialect(rule))
    return Crontab(text.encode(), path, dialect=dialect)


def _dialect(rule: Rule) -> str:
    return rule.dialects[0] if rule.dialects else "debian"
