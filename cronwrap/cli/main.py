"""The command line but for the run itself, which ``__main__`` starts without click."""

import errno
import importlib
import io
import os
import signal
import sys

import click

from cronwrap import __version__
from cronwrap.cli.complaint import complain
from cronwrap.errors import CronwrapError
from cronwrap.run import options

# What a write to standard output fails with: a full disk, a quota, a limit, a terminal that is gone.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

# Each command, and where it stands. Only the one that is asked for is imported: all take 0.2 s.
COMMANDS = {
    "run": "run.command",
    "config": "config.group",
    "status": "status.command",
    "history": "history.command",
    "logs": "logs.command",
    "running": "running.command",
    "kill": "running.kill_command",
    "pause": "pause.command",
    "resume": "pause.resume_command",
    "overdue": "overdue.command",
    "ping": "ping.command",
    "forget": "forget.command",
    "lint": "lint.command",
    "explain": "explain.command",
    "next": "next.command",
    "flush": "flush.command",
    "services": "services.command",
    "test": "test.command",
    "sync": "sync.command",
}


class Commands(click.Group):
    """The group, whose usual form needs no subcommand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(".")
        command = getattr(importlib.import_module(f"cronwrap.cli.{module}"), attribute)
        return command if isinstance(command, click.Command) else None

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both forms."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [--] COMMAND [ARG]...")
        formatter.write_usage(
            ctx.command_path, "SUBCOMMAND [OPTIONS] ...", prefix=" " * len("Usage: ")
        )


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


def main() -> int:
    """Do what the command line says; return the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `cronwrap history | head` ends as others do
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a word of a job may be any bytes
    _open_closed_streams()
    words = sys.argv[1:]
    if words and words[0] not in COMMANDS and words[0] not in ("--help", "-h", "--version"):
        words.insert(0, "run")
    if words[:1] == ["run"] and options.parse(words[1:]).wants == "--version":
        words = ["--version"]
    try:
        try:
            cronwrap.main(args=words or ["--help"], prog_name="cronwrap", standalone_mode=False)
        finally:
            sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        _complain(error)
        return 2
    except CronwrapError as error:
        complain(error.message, error.hint)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what Python still has of it
        complain(f"standard output cannot be written to: {error.strerror}")
        return 2
    return 0


def _complain(error: click.ClickException) -> None:
    """Tell of a mistake on the command line."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and isinstance(
        error, getattr(click.exceptions, "NoArgsIsHelpError", ())
    ):
        complain("which of them?", f"`{context.command_path} --help` tells of each")
        return
    hint = f"`{context.command_path} --help` lists what there is" if context is not None else ""
    complain(" ".join(error.format_message().split()), hint)


def _open_closed_streams() -> None:
    """Let what is printed go nowhere where standard output or error was closed when we began.

    Their numbers are taken, so that no file we open gets one of them.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, "w", errors="replace")
    sys.stderr = sys.stderr or os.fdopen(2, "w", errors="replace")
