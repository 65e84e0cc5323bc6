"""``cronwrap run``: its help, and the dry run; the run itself never comes here."""

import os
import time
from textwrap import indent
from typing import Any

import click

from cronwrap.cli import show
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.redact import Redactor
from cronwrap.run import lifetime, options, rules, spawn, testimony, timetable
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job, assemble
from cronwrap.run.session import job_variables, new_run_id
from cronwrap.services import endpoint


def click_option(option: options.Option) -> click.Option:
    """Return click's form of an option of a run."""
    flags = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    if option.kind == "flag":
        return click.Option([*flags, option.key], is_flag=True, default=None, help=option.help)
    shown = show.value(option.kind, option.default)
    return click.Option(
        [*flags, option.key],
        metavar=option.metavar,
        multiple=option.multiple,
        help=option.help + (f"  [default: {shown}]" if shown else ""),
    )


class RunCommand(click.Command):
    """The command, with its many options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options topic by topic."""
        rows: dict[str, list[tuple[str, str]]] = {topic: [] for topic in options.TOPICS}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None and isinstance(parameter, click.Option):
                known = options.BY_KEY.get(parameter.name or "")
                rows[known.topic if known else options.OTHER].append(row)
        for topic, found in rows.items():
            with formatter.section(topic):
                formatter.write_dl(found, col_max=26)


def _run(command: tuple[str, ...], **given: Any) -> None:
    """Do the dry run that the options ask for; any other run never comes here."""
    raise SystemExit(dry_run(line_of(command, given)))


def line_of(command: tuple[str, ...], given: dict[str, Any]) -> options.Line:
    """Return what click has parsed as the hot path's parser would."""
    line = options.Line()
    line.command = list(command)
    for key, value in given.items():
        if options.BY_KEY[key].kind == "flag":
            line.given.update({key: ["true"]} if value else {})
        elif value is not None and value != ():
            line.given[key] = list(value) if isinstance(value, tuple) else [value]
    return line


command = RunCommand(
    "run",
    callback=_run,
    params=[
        *[click_option(option) for option in options.OPTIONS],
        click.Argument(["command"], nargs=-1, required=True, metavar="[--] COMMAND [ARG]..."),
    ],
    context_settings={"allow_interspersed_args": False},
    help=(
        "Run COMMAND, pass on its output and exit status, and report how it went.\n\n"
        "`run` may be left out: `cronwrap --timeout 1h -- COMMAND`."
    ),
    epilog=(
        "Each option is also a variable of the environment: CRONWRAP_KILL_AFTER is --kill-after. "
        "All but --check, --config, --state-dir and --dry-run may stand in the configuration file, "
        "under [defaults] or [checks.NAME]: kill_after = 10. The command line wins over the "
        "environment, and that over the file.\n\n"
        "Exit status: the job's own; 128+N when signal N ended it; 124 timed out; 125 cronwrap "
        "could not be used and the job did not run; 126 cannot execute; 127 not found.\n\n"
        "More: man cronwrap-run"
    ),
    short_help="Run a job; `cronwrap -- COMMAND` is the same.",
)


def dry_run(line: options.Line) -> int:
    """Print what a run of *line* would do, and return 0, or 125 where it would not run."""
    job = assemble(line, os.environ)
    run_id = new_run_id()
    variables = job_variables(job, run_id)
    variables.append((testimony.VARIABLE.encode(), b"(a file that is made for the run)"))
    wrong = [(problem, "") for problem in rules.mistakes(job)]
    for message, hint in [*job.warnings, *wrong, *timetable.mistakes(job)]:
        show.complain(message, hint)
    if job.fatal is not None:
        show.complain(*job.fatal)
        return 125
    environment = _environment(variables)
    redactor = Redactor(environment, patterns=job.redact)
    start = lifetime.first_event(job, run_id, time.time())
    start = start.replace(command=redactor.text(start.command))
    _show_job(job, start.command)
    click.echo("with this environment, secrets masked:")
    for name, value in sorted(environment.items()):
        click.echo("  " + redactor.text(f"{name}={value}"))
    _show_deliveries(job, start)
    return 0


def _environment(variables: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the job's environment, as it is put together by run/spawn.py."""
    found = dict(os.environb)
    found.pop(b"LC_CTYPE", None)
    lc_ctype = spawn.original_lc_ctype()
    found.update({} if lc_ctype is None else {b"LC_CTYPE": lc_ctype})
    found.update(variables)
    return {os.fsdecode(name): os.fsdecode(value) for name, value in found.items()}


def _show_job(job: Job, command_line: str) -> None:
    click.echo(f"check {job.check} would run:")
    click.echo(f"  {command_line}")
    for option in options.OPTIONS:
        shown = show.value(option.kind, job.values.get(option.key))
        if shown and option.execution:
            click.echo(f"  {option.key} = {shown}  ({job.origins[option.key]})")


def _show_deliveries(job: Job, start: Event) -> None:
    ended = {
        "finished_unix_s": start.started_unix_s,
        "duration_s": 0.0,
        "reason": "exit",
        "output": b"(the end of the output)\n",
        "output_bytes": 24,
    }
    success = start.replace(phase=SUCCESS, exit_status=0, **ended)
    fail = start.replace(phase=FAIL, exit_status=1, **ended)
    if not job.endpoint:
        click.echo("and would send nothing: no endpoint is given")
    places, problems = Endpoints(job.config, os.environ).resolve_all(job.endpoint)
    for place in places:
        for event in (start, success, fail):
            for delivery in place.render(event, {}):
                click.echo(f"and would send to {place.label}, for the {event.phase}:")
                click.echo(indent(endpoint.describe(delivery, place), "  "))
    for message, hint in problems:
        show.complain(message, hint)
