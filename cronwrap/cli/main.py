"""The command line but for the run itself, which ``__main__`` starts without click."""

import sys

import click

from cronwrap import __version__
from cronwrap.cli import config, history, run
from cronwrap.errors import CronwrapError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[OPTIONS] [--] COMMAND [ARG]...",
    epilog="Put it before a cron job: cronwrap --check NAME --timeout 1h -- COMMAND [ARG]...",
)
@click.version_option(__version__, message="cronwrap %(version)s")
def cronwrap() -> None:
    """Run cron jobs, watch them, and tell a monitor how they went.

    `cronwrap [OPTIONS] -- COMMAND` runs COMMAND under a timeout, captures its output, and reports
    start, then success or fail to the monitoring services of your choice. The exit status is the
    job's own. `cronwrap run --help` lists the options of a run.
    """


cronwrap.add_command(run.command)
cronwrap.add_command(config.group)
cronwrap.add_command(history.command)


def main() -> int:
    """Do what the command line says; return the exit status."""
    words = sys.argv[1:]
    if (
        words
        and words[0] not in cronwrap.commands
        and words[0] not in ("--help", "-h", "--version")
    ):
        words.insert(0, "run")
    try:
        cronwrap.main(args=words or ["--help"], prog_name="cronwrap", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        print(f"cronwrap: {error.format_message()}", file=sys.stderr)  # noqa: T201 - a person reads it
        return 2
    except CronwrapError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough: `cronwrap history | head`
        return 0
    except (click.Abort, KeyboardInterrupt):
        return 130
    return 0
