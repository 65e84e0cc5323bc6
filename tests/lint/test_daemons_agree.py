"""Crontabs as the real daemons read them (data/README.md): the model of lines says the same."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cronwrap.lint.crontab import Bad, Crontab, Job

DATA = Path(__file__).parent / "data" / "crontabs.jsonl.gz"
DAEMONS = ("debian", "cronie", "busybox", "systemd", "supercronic", "bcron")
SHOWN_CHARACTERS = 300
# The variables that a daemon sets or uses itself, whatever the crontab says.
OWN = {
    "debian": {"LOGNAME"},
    "cronie": {"LOGNAME", "USER"},
    "systemd": {"RANDOM_DELAY"},
}
# What the model does not say: daemons, crontabs, why. Each still differs, or it must go from here.
KNOWN = (
    ("(?!supercronic).*", "NUL", "a string of C ends at a NUL; none is meant to be in a crontab"),
    ("debian|bcron", r"system line: .* (nosuchuser|0|root:root|-root|ROOT|\"root\") x$", "host rules look users up"),
    ("debian|cronie", r"^(10|32),\d+ |1,001 assign", "limits of whole files: CW124 says so"),
    ("debian", r"number of 99\d digits|byte 255 in a field", "nobody writes it"),
    ("debian", r"^assignment: \w+=\s*$", "refused by Debian 12, taken by 13: CW120 says so"),
    ("debian", r"<TAB>root <TAB>", "a blank more before the command"),
    ("cronie", r"131,072", "it cuts a command of 128 KiB"),
    ("systemd", r"^assignment: A=(\"b\"\"c\"|'b''c'|\"b\\\"c\")$", "quotes within a value are systemd's"),
    ("systemd", r"line: @( daily|every)", "it takes any word after @ for a count of days, which is never meant"),
    ("systemd|bcron", r"\x0b", "a vertical tab is a blank"),
    ("bcron", r"system line: .* root( x|)$", "only the host knows the users"),
)  # fmt: skip


class Case(NamedTuple):
    """A crontab, and what a daemon left of it: "refused: ...", or its jobs."""

    why: str
    form: str
    data: bytes
    answer: Any


def cases(daemon: str) -> Iterator[Case]:
    """Yield the crontabs that a daemon was asked about."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if daemon in row:
                yield Case(row["why"], row["form"], row["data"].encode("latin-1"), row[daemon])


def ours(case: Case, daemon: str) -> Any:
    """Return what the model says that the daemon leaves of a crontab, in the data's form."""
    crontab = Crontab(case.data, dialect=daemon, form=case.form)
    if any(line.refusal for line in crontab.lines) and crontab.dialect.bad_line in ("file", "exit"):
        return "refused"
    return [
        said(line, crontab)
        for line in crontab.lines
        if isinstance(line, (Job, Bad)) and not line.refusal
    ]


def said(job: Job | Bad, crontab: Crontab) -> list[Any]:
    """Return a job in the data's form: its command, its variables, its user."""
    if not isinstance(job, Job):
        return ["", {}, *([job.words[-1].text] if crontab.form == "system" else [])]
    names = {line.name for line in crontab.assignments} - OWN.get(crontab.dialect.name, set())
    values = {name: job.value(name) for name in names}
    found: list[Any] = [
        shown(job.raw),
        {
            shown(name.encode(errors="surrogateescape")): shown(
                value.encode(errors="surrogateescape")
            )
            for name, value in values.items()
            if value is not None
        },
    ]
    return [*found, job.user.text] if job.user else found


def shown(data: bytes) -> str:
    """Return a command or a value as the data have it: long ones are cut."""
    text = data.decode("latin-1")
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:20]}... {len(text)} bytes"


def same(theirs: Any, mine: Any, daemon: str) -> bool:
    """Return whether two answers mean the same."""
    if isinstance(theirs, str) or mine == "refused":
        return isinstance(theirs, str) and mine == "refused"
    if len(theirs) == 2 and isinstance(theirs[1], int):
        theirs = [theirs[0]] * theirs[1]
    mine = [[handed(job[0], daemon), *job[1:]] for job in mine]
    if daemon == "systemd":  # its units have no order
        theirs, mine = sorted(theirs, key=str), sorted(mine, key=str)
    if len(theirs) != len(mine):
        return False
    return all(
        a[0] == b[0] and (a[1] is None or a[1] == b[1]) and a[2:] == b[2:]
        for a, b in zip(theirs, mine, strict=True)
    )


def handed(command: str, daemon: str) -> str:
    """Return a command that is written so as the daemon keeps it."""
    if daemon == "busybox":
        return command.replace("\\\n", "").partition("#")[0].rstrip(" \t")
    if daemon == "systemd":
        command = re.split(r"(?<!\\)%", command)[0].replace("\\%", "%")
        return re.sub(r"[ \t]+", " ", command).strip(" ")
    return command.rstrip(" \t") if daemon == "bcron" else command


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_crontab_is_read_as_its_daemon_reads_it(daemon: str) -> None:
    differ = {}
    for case in cases(daemon):
        mine = ours(case, daemon)
        if not same(case.answer, mine, daemon):
            differ[case.why] = (case.answer, mine)
    known = [why for name, why, _ in KNOWN if re.fullmatch(name, daemon)]
    assert not {
        why: said for why, said in differ.items() if not any(re.search(one, why) for one in known)
    }
    agree = [one for one in known if not any(re.search(one, why) for why in differ)]
    assert not agree, "these agree now: take them out of KNOWN"
