"""What other linters find in data/faults.txt (data/peers.jsonl): each true finding is ours, too."""

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.linter import lint
from tests.lint.test_faults import samples

DATA = Path(__file__).parent / "data" / "peers.jsonl"
SYNTAX = {f"CW1{number:02}" for number in range(35)}
TIMES = {f"CW2{number:02}" for number in range(24)} | {"CW701", "CW702", "CW703", "CW704", "CW711"}
# What they say, by peer and words: the codes of ours of which one has to be found there, or why it
# is not true. The first that fits counts.
WORTH: tuple[tuple[str, str, set[str] | str], ...] = (
    ("dargslan-cron-audit", "No output redirection", "output that goes to mail is no mistake"),
    ("dargslan-cron-audit", "Command not found", "a matter of the host: CW303 and CW306 say so"),
    ("dargslan-cron-audit", "Runs as root", "that is what system crontabs are for"),
    ("dargslan-cron-audit", "Dangerous recursive delete", {"CW404", "CW408"}),
    ("cron-schedule-lint", "@daily is", "midnight is as good a time as any"),
    ("cron-schedule-lint", "minimal PATH", "the sample sets PATH above"),
    ("checkcrontab", "dangerous", {"CW408"}),
    ("shellcheck", "SC2046|SC2086", "quotes for a date, or a user's name, change nothing"),
    ("shellcheck", r"SC\d+", SYNTAX | {"CW312", "CW401", "CW402", "CW403", "CW404", "CW405", "CW408",
                                        "CW517"}),
    ("chkcrontab", "USER_NOT_FOUND|INVALID_USER", {"CW104", "CW115", "CW116", "CW118"}),
    ("chkcrontab", "HOURS_NOT_MINUTES", {"CW205", "CW206"}),
    ("chkcrontab", "BARE_PERCENT", {"CW125"}),
    ("chkcrontab", "SHELL_VAR", {"CW301"}),
    ("chkcrontab", "LINE_ERROR|FIELD|INVALID_AT|QUOTE", SYNTAX),
    (".*", "", SYNTAX | TIMES | {"CW317"}),
)  # fmt: skip
# What is right for the daemon of the sample, though others want it otherwise: sample, line.
RIGHT = (
    ("cronie", "-0 4"), ("cronie", "~ 4"), ("cronie", "1 4 * * * -n"), (".*", "[04] 4 * * 7"),
    ("busybox", "0 22-2"), ("busybox", "2 4 .*%"), ("systemd", "0 4 * * sat-sun"),
    ("systemd", "@minutely"), ("systemd", "0 4 L"), ("supercronic", "0 0 4"),
    ("supercronic", "0 4 L"), ("supercronic", "1 4 .*%"), ("bcron", "0 4 * * sunday"),
)  # fmt: skip


class Said(NamedTuple):
    """A line of the sample, and one thing that a peer says of it."""

    sample: str
    line: str
    peer: str
    words: str


def said() -> list[Said]:
    """Return all that peers say."""
    rows = map(json.loads, DATA.read_text(encoding="utf-8").splitlines())
    return [
        Said(row["sample"], row["line"], peer, words)
        for row in rows
        for peer, all_ in row["said"].items()
        for words in all_
    ]


@cache
def ours() -> dict[tuple[str, str], set[str]]:
    """Return the codes that are found in each line of the sample."""
    found: dict[tuple[str, str], set[str]] = {}
    for sample in samples():
        dialect, form = sample.title.split()
        data = "".join(f"{text}\n" for _, text in sample.lines).encode()
        for _, text in sample.lines:
            found[sample.title, text] = set()
        for one in lint([Crontab(data, dialect=dialect, form=form)]):
            found[sample.title, sample.lines[one.line.number - 1][1]].add(one.rule.code)
    return found


def worth(one: Said) -> tuple[str, str, set[str] | str]:
    """Return the first entry of WORTH that fits."""
    return next(w for w in WORTH if re.fullmatch(w[0], one.peer) and re.search(w[1], one.words))


def is_right(one: Said) -> bool:
    """Tell whether the line is as its daemon wants it."""
    return any(
        re.match(daemon, one.sample) and re.match(start.replace("* ", r"\* "), one.line)
        for daemon, start in RIGHT
    )


def test_whatever_a_peer_finds_in_a_faulty_line_is_found() -> None:
    known = ours()
    missed = [
        one
        for one in said()
        if not isinstance(wanted := worth(one)[2], str)
        if not is_right(one)
        if not wanted & known[one.sample, one.line]
    ]
    assert not missed


def test_each_judgement_of_a_peer_is_about_something_that_one_says() -> None:
    used = [worth(one) for one in said() if not is_right(one)]
    assert [entry for entry in WORTH if entry not in used] == []
