"""The command line but for the run itself, which ``__main__`` starts without click."""

import io
import signal
import sys

import click

from cronwrap import __version__
from cronwrap.cli import (
    config,
    flush,
    forget,
    history,
    lint,
    logs,
    overdue,
    ping,
    run,
    running,
    services,
    show,
    status,
    sync,
    test,
)
from cronwrap.errors import CronwrapError
from cronwrap.run import options


class Commands(click.Group):
    """The group, whose usual form needs no subcommand."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both forms."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [--] COMMAND [ARG]...")
        forms = f"{'|'.join(self.list_commands(ctx))} [OPTIONS] ..."
        formatter.write_usage(ctx.command_path, forms, prefix=" " * len("Usage: "))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Options of a run: cronwrap run --help. All of it: man cronwrap",
)
@click.version_option(__version__, message="cronwrap %(version)s", help="Show the version.")
def cronwrap() -> None:
    """Run cron jobs, watch them, and tell a monitor how they went.

    Put it before the command of a crontab line, and -- between the two:

    \b
      0 2 * * *  cronwrap --check backup --timeout 1h -- /usr/local/bin/backup

    The job runs as it did without it, with its own output and exit status. Past the timeout it is
    ended. Its start, and then its success or failure with the end of what it wrote, are reported
    to the monitoring services that you configure, and remembered on this machine.
    """  # noqa: D301 - click's mark for lines that stay as they are


cronwrap.add_command(run.command)
cronwrap.add_command(config.group)
cronwrap.add_command(status.command)
cronwrap.add_command(history.command)
cronwrap.add_command(logs.command)
cronwrap.add_command(running.command)
cronwrap.add_command(running.kill_command)
cronwrap.add_command(overdue.command)
cronwrap.add_command(ping.command)
cronwrap.add_command(forget.command)
cronwrap.add_command(lint.command)
cronwrap.add_command(flush.command)
cronwrap.add_command(services.command)
cronwrap.add_command(test.command)
cronwrap.add_command(sync.command)


def main() -> int:
    """Do what the command line says; return the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `cronwrap history | head` ends as others do
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a word of a job may be any bytes
    _open_closed_streams()
    words = sys.argv[1:]
    if (
        words
        and words[0] not in cronwrap.commands
        and words[0] not in ("--help", "-h", "--version")
    ):
        words.insert(0, "run")
    if words[:1] == ["run"] and options.parse(words[1:]).wants == "--version":
        words = ["--version"]
    try:
        cronwrap.main(args=words or ["--help"], prog_name="cronwrap", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        _complain(error)
        return 2
    except CronwrapError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    return 0


def _complain(error: click.ClickException) -> None:
    """Tell of a mistake on the command line."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and isinstance(
        error, getattr(click.exceptions, "NoArgsIsHelpError", ())
    ):
        show.complain("which of them?", f"`{context.command_path} --help` tells of each")
        return
    hint = f"`{context.command_path} --help` lists what there is" if context is not None else ""
    show.complain(error.format_message(), hint)


def _open_closed_streams() -> None:
    """Let what is printed go nowhere where standard output or error was closed when we began."""
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
