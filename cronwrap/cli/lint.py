"""``cronwrap lint``."""

import gc
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from cronwrap import config as config_files
from cronwrap.cli.complaint import complain
from cronwrap.errors import UsageError
from cronwrap.lint import baseline, formats, linter, session
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.dialects import DIALECTS
from cronwrap.lint.finding import Finding
from cronwrap.lint.inputs import STDIN, Inputs, Wanted
from cronwrap.lint.mask import printable
from cronwrap.lint.selection import FAIL_ON, Settings, chosen

# What a command's tree is made of points to what it stands in, so that only a collector frees it.
# What is read stays to the end: to look through it again and again takes a quarter of the time.
_MANY_OBJECTS = 1_000_000
DIALECT = click.Choice(sorted(DIALECTS))


@click.command("lint")
@click.argument("paths", metavar="[CRONTAB]...", nargs=-1)
@click.option("--user", "-u", metavar="NAME", default="", help="Look at the crontab of this user.")
@click.option("--dialect", type=DIALECT, help="The daemon; else the one that is installed.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["system", "user"]),
    help="With or without a user column; else told by the path and the lines.",
)
@click.option(
    "--select",
    "-s",
    metavar="CODE",
    multiple=True,
    help="Ask only these rules: a code, its beginning, a name, all or default.",
)
@click.option("--ignore", "-i", metavar="CODE", multiple=True, help="Do not ask these rules.")
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(formats.FORMATS),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="Exit with 1 from this severity on.  [default: error]",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing.")
@click.option("--fix", is_flag=True, help="Repair what can be repaired safely.")
@click.option("--unsafe-fixes", is_flag=True, help="Take the fixes in that may change the meaning.")
@click.option(
    "--host", "look", is_flag=True, help="Look at this host's files and users for any crontab."
)
@click.option(
    "--root",
    metavar="DIR",
    default="",
    help="Look at the host, or the image, whose root this directory is.",
)
@click.option("--baseline", "known", metavar="FILE", help="Leave out what this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write what is found to this file.")
@click.option("--config", metavar="FILE", help="Read this file in place of the usual two.")
def command(**given: Any) -> None:
    """Find the mistakes in crontabs that cron keeps silent about.

    Of files, directories, Dockerfiles or - for standard input; without any, of all crontabs of
    this host that can be read.
    """
    settings = _settings(given)
    rules = chosen(settings.select, settings.ignore)
    inputs = Inputs(_wanted(given, settings))
    gc.set_threshold(_MANY_OBJECTS)
    files = inputs.read()
    gc.freeze()
    if given["unsafe_fixes"] and not (given["diff"] or given["fix"]):
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff")
    if given["diff"] or given["fix"]:
        repaired = session.repaired(files, rules, unsafe=given["unsafe_fixes"])
        if given["diff"]:
            found = repaired.found
            _print_diff(session.diff(files, repaired.files))
        else:
            found = repaired.left
            inputs.problems += session.save(files, repaired.files)
            files = repaired.files
    else:
        found = linter.lint(files, rules)
    findings = _without_known(given, found)
    _tell(given, inputs, files, findings)
    fails = settings.fails(linter.worst(findings)) and not given["write_baseline"]
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(2 if inputs.problems else 1 if fails else 0)  # to free all lines takes a second


def _tell(
    given: dict[str, Any], inputs: Inputs, files: list[Crontab], findings: list[Finding]
) -> None:
    """Write what is found, or what a filter made of its input, and what could not be read."""
    is_filter = given["fix"] and not given["diff"] and given["paths"] == (STDIN,)
    if is_filter and files:
        sys.stdout.buffer.write(files[0].data)
    elif not is_filter and not given["diff"]:
        _print(given["format_"], findings, [file.path for file in files])
    if not files and not inputs.problems:
        complain("there is no crontab on this host")
    for problem in inputs.notes + inputs.problems:
        complain(printable(problem.message), printable(problem.hint))
    if is_filter and inputs.refused:  # what comes behind us may be `crontab -`
        sys.stdout.buffer.write(inputs.refused)
        shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)


def _without_known(given: dict[str, Any], findings: list[Finding]) -> list[Finding]:
    """Return what of *findings* is new where there is a baseline."""
    if given["known"]:
        findings = baseline.without_known(given["known"], findings)
    if given["write_baseline"]:
        baseline.write(given["write_baseline"], findings)
    return findings


def _settings(given: dict[str, Any]) -> Settings:
    """Return what the configuration says, and then the command line."""
    settings = Settings()
    chosen_file = given["config"] or os.environ.get("CRONWRAP_CONFIG", "")
    config = config_files.load(config_files.paths(os.environ, chosen_file))
    for problem in config.problems:
        if problem.table == "lint" or (given["config"] and not problem.table):
            raise UsageError(problem.message, hint=problem.hint)
    for table in config.lint:
        settings = settings.with_table(table.origin, table.values)
    said = {key: given[key] for key in ("dialect", "fail_on") if given[key]}
    for key in ("select", "ignore"):
        if given[key]:
            said[key] = tuple(word for text in given[key] for word in text.split(",") if word)
    return settings._replace(**said)


def _wanted(given: dict[str, Any], settings: Settings) -> Wanted:
    root = given["root"]
    # Where nothing is there is nothing wrong, either.
    if root and not os.path.isdir(root):  # noqa: PTH112 - also of a name that is too long
        raise UsageError(f"--root {root}: there is no such directory")
    return Wanted(
        paths=given["paths"],
        user=given["user"],
        dialect=settings.dialect,
        form=given["form"] or "",
        root=root or "/",
        look=given["look"] or bool(root),
    )


def _print_diff(lines: Iterable[str]) -> None:
    is_screen = sys.stdout.isatty()  # a program, such as patch, is given what is there
    for line in lines:
        sys.stdout.write("\n".join(map(printable, line.split("\n"))) if is_screen else line)


def _print(format_: str, findings: list[Finding], paths: list[str]) -> None:
    if format_ == "text" and sys.stdout.isatty():
        from cronwrap.lint.formats.text import text
        from cronwrap.schedule import zone

        colour = not os.environ.get("NO_COLOR")
        columns = shutil.get_terminal_size().columns
        shown = text(findings, paths, colour=colour, now=datetime.now(zone()), columns=columns)
        click.echo(shown, nl=False)
    else:
        sys.stdout.write(formats.render(format_, findings, paths))  # may be too long for click
