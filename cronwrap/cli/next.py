"""``cronwrap next``: when the jobs of a crontab, or an expression, run next."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timezone, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import click

from cronwrap.cli import show
from cronwrap.errors import UsageError
from cronwrap.lint import mask
from cronwrap.lint.crontab import Crontab, Job
from cronwrap.lint.detect import daemon_of
from cronwrap.lint.host import Host
from cronwrap.lint.inputs import Inputs, Wanted
from cronwrap.lint.lines import parsed
from cronwrap.schedule import DIALECTS, Run, Schedule, ScheduleError, parse, runs, words, zone

SCHEMA = "cronwrap-next/1"
WHEN = "%a %Y-%m-%d %H:%M:%S %Z"
LONGEST_LINE = 120


class Upcoming(NamedTuple):
    """A job, or an expression, and its next runs.

    Attributes:
        text: the expression.
        dialect: whose reading it is.
        zone: the name that its crontab gives its time zone, or "".
        where: file and line; ("", 0) for an expression.
        job: the line, for people.
        schedule: what the daemon makes of it.
        error: why the daemon refuses it, if it does.
        runs: when it runs.
        is_refused: the daemon does not take the line, though the schedule is right.
    """

    text: str
    dialect: str
    zone: str = ""
    where: tuple[str, int] = ("", 0)
    job: str = ""
    schedule: Schedule | None = None
    error: ScheduleError | None = None
    runs: tuple[Run, ...] = ()
    is_refused: bool = False


@click.command("next")
@click.argument("given", metavar="[CRONTAB|'EXPRESSION']...", nargs=-1)
@click.option(
    "--limit", "-n", metavar="N", default=3, show_default=True, help="Show so many runs of each."
)
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="The daemon; else the one that is installed.",
)
@click.option("--zone", "-z", metavar="ZONE", default="", help="The daemon's time zone.")
@click.option("--after", metavar="TIME", default="", help="Look from 2026-03-28T12:00 on, not now.")
@click.option("--user", "-u", metavar="NAME", default="", help="Look at the crontab of this user.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(given: tuple[str, ...], **options: Any) -> None:
    """Show when jobs run next, and where a change of the clock has a say in it.

    Of crontabs, of expressions in quotes such as '30 2 * * *', or of all crontabs of this host.
    Exit status 1: the daemon refuses one of the schedules.
    """
    expressions = [word for word in given if is_expression(word)]
    paths = tuple(word for word in given if not is_expression(word))
    inputs = Inputs(Wanted(paths=paths, user=options["user"], dialect=options["dialect"] or ""))
    dialect = options["dialect"] or daemon_of(Host("/"))
    options["after"] = options["after"] or datetime.now(timezone.utc).isoformat()  # one for all
    found = [expected(Upcoming(text, dialect), options) for text in expressions]
    files: list[Crontab] = []
    if paths or not expressions:
        files = inputs.read()
        found += [expected(of_job(job), options) for file in files for job in file.jobs]
    if options["as_json"]:
        click.echo(json.dumps({"schema": SCHEMA, "jobs": [for_programs(one) for one in found]}))
    elif found or not inputs.problems:
        click.echo("\n\n".join("\n".join(lines(one)) for one in found) or "there is no job")
    for problem in inputs.notes + inputs.problems:
        show.complain(mask.printable(problem.message), mask.printable(problem.hint))
    refused = any(one.error or one.is_refused for one in found)
    for file in files:
        if (line := file.refused_at) is not None:
            refused = True
            show.complain(
                f"{file.dialect.title} refuses all of {file.path} for its line {line.number}: none "
                "of its jobs run",
                f"cronwrap lint {file.path} says why",
            )
    raise SystemExit(2 if inputs.problems else 1 if refused else 0)


def is_expression(word: str) -> bool:
    """Return whether a word is meant as an expression and not as a file."""
    fields = word.split()
    is_file = os.path.exists(word)  # noqa: PTH110 - also if it is too long for the name of one
    return (len(fields) > 1 or word.startswith("@")) and not is_file


def expected(one: Upcoming, options: dict[str, Any]) -> Upcoming:
    """Return it with what its daemon makes of it, and the next runs."""
    schedule, error = parsed(one.text, one.dialect)
    if schedule is None or one.is_refused:
        return one._replace(schedule=schedule, error=error)
    found = _runs(
        one.text, one.dialect, one.zone or options["zone"], options["after"], options["limit"]
    )
    return one._replace(schedule=schedule, runs=found)


@lru_cache(maxsize=16384)
def _runs(text: str, dialect: str, zone_name: str, after: str, limit: int) -> tuple[Run, ...]:
    """Return the next runs; many jobs of a large crontab share a schedule."""
    here = zone(zone_name)
    moment = _moment(after, here) if after else datetime.now(here)
    return tuple(islice(runs(parse(text, dialect), moment), max(limit, 0)))


def _moment(text: str, here: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        hint = "write 2026-03-28 or 2026-03-28T12:00"
        raise UsageError(f"{text!r} is no time", hint=hint) from None
    return moment.astimezone(here) if moment.tzinfo else moment.replace(tzinfo=here)


def of_job(job: Job) -> Upcoming:
    """Return *job*, without its secrets."""
    dialect = job.dialect.name
    named = [job.value(name) for name in DIALECTS[dialect].zone_variables]
    return Upcoming(
        job.schedule_at.text,
        dialect,
        next((name for name in named if name and _exists(name)), ""),
        (job.file.path, job.number),
        mask.printable(mask.line(job)).strip(),
        is_refused=job.refusal not in ("", "schedule"),
    )


def _exists(name: str) -> bool:
    try:
        return bool(zone(name))
    except UsageError:
        return False  # the daemon stays in its own zone


def lines(one: Upcoming) -> Iterator[str]:
    """Yield what a person is told."""
    path, number = one.where
    yield mask.printable(f"{path}:{number}: {one.job[:LONGEST_LINE]}" if path else _shown(one))
    if one.schedule is None:
        if one.error is not None:
            yield f"    refused: {_shown(one, one.error.message)}"
            yield f"    hint: {one.error.hint}"
        return
    yield f"    {DIALECTS[one.dialect].title}: {words(one.schedule)}"
    for oddity in one.schedule.oddities:
        yield f"    note: {oddity.detail}"
    if one.is_refused:
        yield f"    refused: cronwrap lint {path} says why"
    for run in one.runs:
        note = f"  ({run.note})" if run.note else ""
        yield f"    {run.when:{WHEN}}{note}"


def _shown(one: Upcoming, about: str = "") -> str:
    """Return the expression, or what is said *about* it; it may have been given with a command."""
    return mask.expression(one.text, about)


def for_programs(one: Upcoming) -> dict[str, Any]:
    """Return what a program is told."""
    schedule = one.schedule
    return {
        "path": one.where[0],
        "line": one.where[1],
        "job": one.job,
        "schedule": _shown(one),
        "dialect": one.dialect,
        "zone": one.zone,
        "words": words(schedule) if schedule else "",
        "error": _shown(one, one.error.message)
        if one.error
        else "refused"
        if one.is_refused
        else "",
        "notes": [oddity.detail for oddity in schedule.oddities] if schedule else [],
        "runs": [
            {"when": run.when.isoformat(), "unix_s": int(run.when.timestamp()), "note": run.note}
            for run in one.runs
        ],
    }
