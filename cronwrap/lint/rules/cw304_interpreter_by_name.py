r"""An interpreter by its bare name, without a PATH.

The terminal finds ``node`` or ``python`` where nvm, pyenv, a virtual environment or /usr/local/bin
put it; cron looks in /usr/bin and /bin only (cronie in /usr/sbin and /sbin too) and finds another
version, or none. Silent where the crontab or the line sets PATH.

Bad::

    0 3 * * * python /srv/app/report.py

Good::

    0 3 * * * /usr/bin/python3 /srv/app/report.py
    0 4 * * * . /srv/app/venv/bin/activate && python /srv/app/report.py
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, WARNING, Rule
from cronwrap.lint.surroundings import has_own_path, is_guarded

# Those that are often elsewhere than in /usr/bin, or there in another version.
_ELSEWHERE = re.compile(
    r"python(?:2|2\.\d)?|python3\.\d+|pip3?|poetry|pipenv|uvx?|conda|node|npm|npx|yarn|pnpm|pm2"
    r"|bun|deno|ruby|bundle|rake|gem|composer|java|go|cargo|julia|dotnet|pypy3?"
)
# Those that a package puts there.
_THERE = ("python3", "php", "Rscript")
_TEXTS = (
    "python", "pip", "poetry", "uv", "conda", "node", "npm", "npx", "yarn", "pnpm", "pm2", "bun",
    "deno", "ruby", "rake", "gem", "composer", "java", "go", "cargo", "julia", "dotnet", "pypy",
    "php", "Rscript",
)  # fmt: skip


def _find(job: Job) -> Iterator[Found]:
    if job.value("PATH") is not None or not job.path:
        return
    for command in job.script.programs():
        name = command.name
        if not _ELSEWHERE.fullmatch(name) and name not in _THERE:
            continue
        if has_own_path(job, command) or is_guarded(job, name):
            continue
        host = job.file.host
        there = host.which(name, job.path) if host is not None else ""
        if host is not None and not there:
            continue  # CW303 says so
        yield job.found(
            command.words[0],
            f"{job.dialect.title} looks for {name} in {job.path} only, whatever your shell finds",
            f"write {there or 'its full path'} (`command -v {name}` in your shell says which it"
            " takes), or PATH=... above the job",
            severity=INFO if name in _THERE or there else WARNING,
        )


RULE = Rule("CW304", "interpreter-by-name", WARNING, "job", _find, only_with=_TEXTS)
