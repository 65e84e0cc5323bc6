"""``cronwrap sync``: make the services' checks what the configuration says."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.text import Text

from cronwrap import config as config_files
from cronwrap.cli import memory, show
from cronwrap.deliver.ask import ask
from cronwrap.errors import CronwrapError
from cronwrap.event import Event
from cronwrap.run import options
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job, assemble
from cronwrap.schedule import DEFAULT, DIALECTS, normal_period_s, parse, zones
from cronwrap.services import sync
from cronwrap.services.base import Answer
from cronwrap.services.endpoint import Endpoint

SCHEMA = "cronwrap-sync/1"
FIELDS_OF_CRON = 5


class Synced(NamedTuple):
    """What came of one check at one endpoint.

    Attributes:
        outcome: "same", "create", "update", "unknown" (it cannot be read), or "trouble".
        changes: by field, what it was and what it is to be.
        why: of a trouble.
        done: it was written.
    """

    check: str
    endpoint: str
    service: str
    outcome: str
    changes: dict[str, tuple[Any, Any]]
    why: str = ""
    notes: str = ""
    done: bool = False


@click.command("sync")
@click.argument("checks", metavar="[CHECK]...", nargs=-1)
@click.option(
    "--apply", "applied", is_flag=True, help="Do it; without this, only say what differs."
)
@click.option(
    "--config", "chosen", metavar="FILE", help="Read this file in place of the usual two."
)
@memory.JSON
def command(checks: tuple[str, ...], chosen: str | None, *, applied: bool, as_json: bool) -> None:
    """Compare the checks on monitoring services with [checks.NAME] of the configuration.

    Of each check that has a schedule there, schedule, time zone, grace and tags are compared at
    each of its endpoints that can be asked: Healthchecks, Cronitor, Sentry, CronRadar and
    Better Stack. With --apply, what is missing is made, and what differs is changed. Nothing is
    ever deleted.
    """
    given = {"config": [chosen]} if chosen else {}
    files = config_files.load(config_files.files(given, os.environ))
    for problem in files.problems:
        show.complain(problem.message, problem.hint)
    unknown = [name for name in checks if name not in files.checks]
    if unknown:
        raise click.UsageError(f"there is no [checks.{unknown[0]}] in the configuration")
    found = [one for name in checks or files.checks for one in _sync(name, files, applied=applied)]
    if as_json:
        synced = [_facts(one) for one in found]
        click.echo(json.dumps({"schema": SCHEMA, "synced": synced}, indent=2))
    elif found:
        for one in found:
            _print(one, applied=applied)
    else:
        click.echo("no check of the configuration has both a schedule and an endpoint to be synced")
    if files.problems or any(one.outcome == "trouble" for one in found):
        raise SystemExit(2)
    raise SystemExit(1 if any(one.outcome != "same" and not one.done for one in found) else 0)


def _sync(check: str, files: config_files.Config, *, applied: bool) -> Iterator[Synced]:
    job = _job(check, files)
    if not job.schedule:
        return
    places, problems = Endpoints(files, os.environ).resolve_all(job.endpoint)
    for message, hint in (*job.warnings, *problems):
        show.complain(message, hint)
    try:
        wanted = _wanted(job)
    except CronwrapError as error:
        yield Synced(check, "", "", "trouble", {}, why=error.message)
        return
    local = _local_zone()
    if wanted.timezone != local:
        show.complain(
            f"check {check}: its schedule is in {wanted.timezone}, and this machine in {local}",
            "cron runs it in the machine's zone, unless the crontab says otherwise (CRON_TZ)",
        )
    for place in places:
        way = sync.way(place, wanted)
        if isinstance(way, str):
            yield Synced(check, place.label, place.service_name, "trouble", {}, why=way)
        elif way is not None:
            yield _sync_at(place, check, way, applied=applied)


def _job(check: str, files: config_files.Config) -> Job:
    line = options.Line()
    line.command = ["true"]
    line.given["check"] = [check]
    environ = {name: value for name, value in os.environ.items() if "CRONWRAP_" not in name}
    return assemble(line, environ, files)


def _wanted(job: Job) -> sync.Wanted:
    """Return the check as the configuration has it.

    Raises:
        CronwrapError: its schedule is none that a service could take.
    """
    schedule = parse(job.schedule)
    words = DIALECTS[DEFAULT].nicknames.get(job.schedule, job.schedule)
    gaps = normal_period_s(schedule)
    if gaps is None or len(words.split()) != FIELDS_OF_CRON:
        message = f"[checks.{job.check}]: no service can be told the schedule {job.schedule!r}"
        raise CronwrapError(message, hint="write five fields of cron")
    return sync.Wanted(
        check=job.check,
        slug=Event(check=job.check).slug,
        schedule=words,
        timezone=job.timezone or _local_zone(),
        grace_s=round(job.grace),
        longest_s=gaps.longest_s,
        tags=tuple(name if name == value else f"{name}:{value}" for name, value in job.tag),
    )


def _local_zone() -> str:
    """Return the name of this machine's time zone; UTC where nothing tells it."""
    try:
        written = Path(zones.NAME).read_text(encoding="utf-8")
    except (OSError, ValueError):
        written = ""
    name = zones.local_name(os.path.realpath(zones.LOCAL), written)
    return {"": "UTC", "Etc/UTC": "UTC"}.get(name, name)


def _sync_at(place: Endpoint, check: str, way: sync.Way, *, applied: bool) -> Synced:
    result = Synced(check, place.label, place.service_name, "unknown", {}, notes=way.notes)
    present = sync.Present()
    if way.read is not None:
        answer = ask(place, way.read)
        present = sync.Present(trouble=answer) if isinstance(answer, str) else way.present(answer)
        outcome = "create" if present.fields is None else "update"
        result = result._replace(outcome="trouble" if present.trouble else outcome)
    changes = sync.changes(way, present)
    result = result._replace(changes=changes, why=place.mask(present.trouble))
    if result.outcome == "update" and not changes:
        return result._replace(outcome="same")
    if not applied or result.outcome == "trouble":
        return result
    written = ask(place, way.write(present))
    if isinstance(written, Answer) and written.status in way.written:
        return result._replace(done=True)
    why = written if isinstance(written, str) else _refused(written)
    return result._replace(outcome="trouble", why=place.mask(why))


def _refused(answer: Answer) -> str:
    said = " ".join(answer.body.decode("utf-8", "replace").split())[:300]
    return f"the API answered {answer.status}" + (f" ({said})" if said else "")


def _facts(one: Synced) -> dict[str, Any]:
    changes = {name: {"before": a, "after": b} for name, (a, b) in one.changes.items()}
    return {**one._asdict(), "changes": changes}


def _print(one: Synced, *, applied: bool) -> None:
    words = {
        "same": "is as it should be",
        "create": "made" if applied else "to be made",
        "update": "changed" if applied else "to be changed",
        "unknown": "written, whatever it was" if applied else "cannot be read, would be written",
        "trouble": "trouble",
    }
    style = {"same": "", "trouble": show.BAD}.get(one.outcome, show.ODD)
    why = f": {one.why}" if one.why else ""
    _line((f"{one.check} at {one.endpoint}: ", ""), (words[one.outcome], style), (why, ""))
    for name, (before, after) in one.changes.items():
        if one.outcome == "trouble":
            break
        if before is not None:
            _line((f"  - {name} = {before}", ""))
        _line((f"  + {name} = {after}", ""))
    if one.notes and one.outcome != "same":
        _line((f"  note: {one.notes}", ""))


def _line(*parts: tuple[str, str]) -> None:
    show.console().print(Text.assemble(*((show.harmless(text), style) for text, style in parts)))
