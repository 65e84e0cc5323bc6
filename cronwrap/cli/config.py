"""``cronwrap config``: what holds for a check, and whether the files are right."""

import os

import click

from cronwrap import config as config_files
from cronwrap.cli import show
from cronwrap.errors import CronwrapError
from cronwrap.run import options, rules, timetable
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job, assemble
from cronwrap.store import limits

CONFIG = click.option(
    "--config", "chosen", metavar="FILE", help="Read this file in place of the usual two."
)


@click.group("config")
def group() -> None:
    """Show and check the configuration."""


@group.command("show", short_help="Show each value, and where it comes from.")
@click.argument("check", required=False, default="")
@CONFIG
def show_command(check: str, chosen: str | None) -> None:
    """Show each value that holds for CHECK, and where it comes from.

    Without CHECK, the values of a check that has no table of its own.
    """
    job = _job(check, chosen)
    rows = []
    for option in options.OPTIONS:
        if option.level == "any":
            shown = show.value(option.kind, job.values[option.key])
            if option.key == "endpoint":
                shown = ", ".join(_label(text, job) for text in job.endpoint)
            rows.append((option.key, shown or "-", job.origins[option.key]))
    show.table(("key", "value", "from"), rows)
    raise SystemExit(_complain(_problems(job)))


@group.command("check", short_help="Check the files; exit 1 when something is wrong.")
@CONFIG
def check_command(chosen: str | None) -> None:
    """Check the configuration files; exit 1 when something in them is wrong.

    Every table is looked at, every endpoint is put together, and every secret is read that is
    kept elsewhere. Nothing is sent.
    """
    job = _job("", chosen)
    problems = _problems(job)
    for check in job.config.checks:
        problems += [found for found in _problems(_job(check, chosen)) if found not in problems]
    for path, _ in job.config.files:
        click.echo(f"read {path}")
    if not job.config.files:
        files = ", ".join(path for path, _ in config_files.paths(os.environ, chosen or ""))
        click.echo(f"there is no configuration file ({files}); the built-in values hold")
    raise SystemExit(_complain(problems))


def _job(check: str, chosen: str | None) -> Job:
    line = options.Line()
    line.command = ["true"]
    if check:
        line.given["check"] = [check]
    if chosen:
        line.given["config"] = [chosen]
    return assemble(line, os.environ)


def _problems(job: Job) -> list[tuple[str, str]]:
    problems = list(job.warnings)
    problems += [(problem, "") for problem in rules.mistakes(job)]
    problems += timetable.mistakes(job)
    if job.fatal is not None:
        problems.append(job.fatal)
    places = Endpoints(job.config, os.environ)
    _, wrong = places.resolve_all([*job.endpoint, *job.config.endpoints])
    broken = [(error.message, error.hint) for error in places.broken.values()]
    _, limitless = limits.of_tables(job.config.history)
    return list(dict.fromkeys([*problems, *wrong, *broken, *limitless]))


def _label(text: str, job: Job) -> str:
    try:
        return Endpoints(job.config, os.environ).resolve(text).label
    except CronwrapError:
        return "(not usable)"


def _complain(problems: list[tuple[str, str]]) -> int:
    for message, hint in problems:
        show.complain(message, hint)
    return 1 if problems else 0
