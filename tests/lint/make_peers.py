"""Asks other linters what they find in data/faults.txt: ``python -m tests.lint.make_peers DIR``.

DIR holds them: ``v``, a virtual environment with the packages that PYTHON and ``_linters`` name,
``n/node_modules`` with those of NODE, and ``cron_oracle.py``, which asks the checkers that come with
Debian's cron and cronie. What they say goes to standard output, as data/peers.jsonl keeps it; what
it is worth, test_peers.py says.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from cronwrap.lint.crontab import Crontab, Job
from cronwrap.lint.handed import unescaped
from tests.lint.test_faults import samples

Said = Iterator[tuple[int, str, str]]  # line, peer, what it says

# Validators of expressions: "refuses" if they do. They know no dialects.
PYTHON = """
import json, sys
from datetime import datetime
import cron_descriptor, cron_validator, croniter, cronlint, cronsim, crontab, crontabula
import dargslan_cron_parser as dargslan

def wanted(answer):
    if not answer:
        raise ValueError

PEERS = {
    "cron-descriptor": cron_descriptor.get_description,
    "cron-validator": lambda text: wanted(cron_validator.CronValidator.parse(text)),
    "croniter": croniter.croniter,
    "cronlint-cli": lambda text: wanted(cronlint.validate_cron(text)[0]),
    "cronsim": lambda text: next(cronsim.CronSim(text, datetime(2026, 1, 1))),
    "crontab": crontab.CronTab,
    "crontabula": crontabula.parse,
    "dargslan-cron-parser": lambda text: wanted(not dargslan.validate(text)),
}
for text in json.load(sys.stdin):
    refused = []
    for name, ask in PEERS.items():
        try:
            ask(text)
        except Exception:
            refused.append(name)
    print(json.dumps(refused))
"""
NODE = """
const at = process.argv[1] + '/', load = (name) => require(at + name);
const wanted = (answer) => { if (!answer) throw new Error() };
const peers = {
  'cron-parser (npm)': (text) => load('cron-parser').CronExpressionParser.parse(text),
  'cron-validate (npm)': (text) =>
    wanted(load('cron-validate').default(text).isValid()),
  'cron-validator (npm)': (text) =>
    wanted(load('cron-validator').isValidCron(text, {alias: true, allowSevenAsSunday: true})),
};
for (const text of JSON.parse(require('fs').readFileSync(0))) {
  const refused = [];
  for (const name in peers) try { peers[name](text) } catch { refused.push(name) }
  console.log(JSON.stringify(refused));
}
"""
AUDIT = """
import json, sys
from dargslan_cron_audit import CronAudit
audit = CronAudit()
for one in audit.audit(audit._parse_crontab(sys.stdin.read(), system=sys.argv[1] == "system")):
    print(json.dumps([one["entry"]["line"], one["message"]]))
"""


def _run(words: list[str | Path], text: str = "") -> str:
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    return done.stdout


def _validators(home: Path, jobs: list[Job]) -> Said:
    texts = json.dumps([job.schedule_at.text for job in jobs])
    python: list[str | Path] = [home / "v/bin/python", "-c", PYTHON]
    node: list[str | Path] = ["node", "-e", NODE, home / "n/node_modules"]
    for words in (python, node):
        for job, refused in zip(jobs, _run([*words], texts).splitlines(), strict=True):
            yield from ((job.number, name, "refuses") for name in json.loads(refused))
    for job in jobs:
        said = _run(["sh", "-c", f'{home}/v/bin/cronlab validate "$0" 2>&1', job.schedule_at.text])
        if "error" in said:
            yield job.number, "lupaxa-cronlab", "refuses"


def _shell(home: Path, jobs: list[Job]) -> Said:
    """Yield what shellcheck finds in each command, as the shell gets it."""
    for job in jobs:
        percent = unescaped(job.raw, pairs=job.dialect.double_backslash)[0]
        command = (percent if job.dialect.percent else job.raw).decode()
        said = _run([home / "v/bin/shellcheck", "-s", "sh", "-f", "json", "-"], command)
        for code in sorted({one["code"] for one in json.loads(said)}):
            yield job.number, "shellcheck", f"SC{code}"


def _linters(home: Path, form: str, path: Path) -> Said:
    """Yield what linters of crontabs find."""
    flag = "-S" if form == "system" else "-U"
    said = json.loads(_run([home / "v/bin/checkcrontab", flag, path, "--format", "json"]))
    for text in said["files"][0].get("errors", []) + said["files"][0].get("warnings", []):
        if found := re.search(r"\(Line (\d+)\): .*# (.*)", text):
            yield int(found[1]), "checkcrontab", found[2]
    for line in _run([home / "v/bin/cron-schedule-lint", path]).splitlines():
        if found := re.match(r" +(\d+) +(?:error|warning|warn|info|note) +(.*)", line):
            yield int(found[1]), "cron-schedule-lint", found[2]
    audit: list[str | Path] = [home / "v/bin/python", "-c", AUDIT, form]
    for line in _run(audit, path.read_text(encoding="utf-8")).splitlines():
        number, text = json.loads(line)
        yield number, "dargslan-cron-audit", text
    yield from _chkcrontab(home, path) if form == "system" else ()


def _chkcrontab(home: Path, path: Path) -> Said:
    number = 0
    for line in _run([home / "v/bin/chkcrontab", path]).splitlines():
        if found := re.match(r"[EW]: (\d+): ", line):
            number = int(found[1])
        elif found := re.match(r"[ew]: +(\w+)", line):
            yield number, "chkcrontab", found[1]


def _checker(home: Path, crontab: Crontab, path: Path) -> Said:
    """Yield which lines the checker refuses that comes with the daemon."""
    flags = ["--system"] if crontab.form == "system" else []
    answer = json.loads(_run([home / "cron_oracle.py", "--json", *flags, path]))
    daemon = {"debian": "debian13"}.get(crontab.dialect.name, crontab.dialect.name)
    for one in answer["lines"]:
        verdict = one.get(daemon, [""])[0]
        if verdict not in ("", "ok", "n/a"):
            yield one["line"], f"its own checker ({daemon})", verdict


def rows(home: Path) -> Iterator[dict[str, object]]:
    """Yield a line of the sample, and what each peer says of it."""
    for sample in samples():
        dialect, form = sample.title.split()
        data = "".join(f"{text}\n" for _, text in sample.lines).encode()
        crontab = Crontab(data, dialect=dialect, form=form)
        said: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "sample")
            path.write_bytes(data)
            for number, peer, text in chain(
                _validators(home, crontab.jobs),
                _shell(home, crontab.jobs),
                _linters(home, form, path),
                _checker(home, crontab, path),
            ):
                said[number][peer].append(text)
        for number, peers in sorted(said.items()):
            yield {"sample": sample.title, "line": sample.lines[number - 1][1], "said": peers}


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1])):
        print(json.dumps(row, ensure_ascii=True))
