"""``cronwrap lint``."""

from pathlib import Path

import click

from cronwrap.lint import formats, linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.dialects import DEFAULT, DIALECTS


@click.command("lint")
@click.argument("paths", metavar="CRONTAB...", nargs=-1, required=True)
@click.option("--dialect", type=click.Choice(sorted(DIALECTS)), default=DEFAULT, help="The daemon.")
def command(paths: tuple[str, ...], dialect: str) -> None:
    """Find the mistakes in crontabs that cron keeps silent about."""
    files = [Crontab(Path(path).read_bytes(), path, dialect=dialect) for path in paths]
    findings = linter.lint(files)
    click.echo(formats.text(findings), nl=False)
    raise click.exceptions.Exit(1 if linter.worst(findings) == "error" else 0)
