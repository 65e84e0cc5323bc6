"""``cronwrap run``: its help, and the dry run; the run itself never comes here."""

import os
from typing import Any

import click

from cronwrap.cli import show
from cronwrap.errors import CronwrapError
from cronwrap.event import FAIL, START, SUCCESS
from cronwrap.run import options
from cronwrap.run.job import Job, assemble
from cronwrap.run.session import Session, quote
from cronwrap.run import endpoints
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


def _run(command: tuple[str, ...], **given: Any) -> None:
    line = options.Line()
    line.command = list(command)
    for key, value in given.items():
        if value is not None and value != ():
            line.given[key] = list(value) if isinstance(value, tuple) else [str(value).lower()
                if isinstance(value, bool) else value]
    if "dry_run" not in line.given:
        raise AssertionError("a run does not come here")
    raise SystemExit(dry_run(line))


command = click.Command(
    "run",
    callback=_run,
    params=[
        *[click_option(option) for option in options.OPTIONS],
        click.Argument(["command"], nargs=-1, required=True, metavar="[--] COMMAND [ARG]..."),
    ],
    context_settings={"allow_interspersed_args": False},
    help=(
        "Run COMMAND, pass on its output and exit status, and report how it went.\n\n"
        "Each option may also be given in the configuration file, under [defaults] or "
        "[checks.NAME], and as a variable of the environment: --kill-after is kill_after in the "
        "file and CRONWRAP_KILL_AFTER. The command line wins over the environment, and that over "
        "the file.\n\n"
        "Exit status: the job's own; 128+N when signal N ended it; 124 timed out; 125 cronwrap "
        "could not be used and the job did not run; 126 cannot execute; 127 not found."
    ),
    short_help="Run a job; `cronwrap -- COMMAND` is the same.",
)


def dry_run(line: options.Line) -> int:
    """Print what a run of *line* would do, and return 0, or 125 where it would not run."""
    job = assemble(line, os.environ)
    session = Session(job, [])
    variables = session._variables()  # noqa: SLF001 - to show just what a run would use
    for message, hint in job.warnings:
        show.complain(message, hint)
    if job.fatal is not None:
        show.complain(*job.fatal)
        return 125
    _show_job(job, variables)
    _show_deliveries(job, session)
    return 0


def _show_job(job: Job, variables: list[tuple[bytes, bytes]]) -> None:
    click.echo(f"check {job.check} would run: {' '.join(quote(word) for word in job.command)}")
    for option in options.OPTIONS:
        shown = show.value(option.kind, job.values.get(option.key))
        if shown and option.execution:
            click.echo(f"  {option.key} = {shown}  ({job.origins[option.key]})")
    added = ", ".join(name.decode(errors="replace") for name, _ in variables)
    click.echo(f"  environment: {len(os.environ)} variables of this process, and {added}")


def _show_deliveries(job: Job, session: Session) -> None:
    example = {"finished_unix_s": 0.0, "duration_s": 0.0, "output": b"(the end of the output)\n"}
    start = session._event(phase=START)  # noqa: SLF001
    example["finished_unix_s"] = start.started_unix_s
    ends = [
        start.replace(phase=SUCCESS, reason="exit", exit_status=0, **example),
        start.replace(phase=FAIL, reason="exit", exit_status=1, **example),
    ]
    if not job.endpoint:
        click.echo("\nnothing would be sent: no endpoint is given")
    for text in job.endpoint:
        try:
            place = endpoints.resolve(text, job.config, os.environ)
        except CronwrapError as error:
            show.complain(error.message, error.hint)
            continue
        for event in [start, *ends]:
            for delivery in place.render(event, {}):
                click.echo(f"\n{event.phase} to {place.label}:")
                click.echo(_indented(endpoint.describe(delivery, place)))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
