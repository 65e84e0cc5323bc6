"""The commands and their options as completions and manual need them, from click's own tree."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import click

from cronwrap.cli import main
from cronwrap.run import options

FILE, DIRECTORY = "FILE", "DIR"  # the metavars whose values a shell completes
RUN = "run"
# What may stand for a value beside an option's choices.
WORDS = {
    "overlap": options.POLICIES,
    "ionice": ("realtime", "best-effort", "idle"),
    "signal": ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "KILL"),
}


class Option(NamedTuple):
    """One option.

    Attributes:
        flags: as they are typed, a short one first.
        metavar: of its value; "" where it takes none.
        help: sentences.
        default: as help shows it, or "".
        words: that its value may be.
        multiple: it may be given again.
        topic: under which help lists it, or "".
        variable: its environment variable, or "".
    """

    flags: tuple[str, ...]
    metavar: str = ""
    help: str = ""
    default: str = ""
    words: tuple[str, ...] = ()
    multiple: bool = False
    topic: str = ""
    variable: str = ""

    @property
    def hint(self) -> str:
        """Its help in as few words as a list of completions has room for."""
        return re.split(r"[.;:] ", self.help)[0].rstrip(".")


class Command(NamedTuple):
    """One command.

    Attributes:
        words: how it is called, without ``cronwrap``.
        summary: one line.
        options: its own.
        subcommands: below it.
        borrowed: options that are another's: without a subcommand, all options are those of a run.
    """

    words: tuple[str, ...]
    summary: str
    options: tuple[Option, ...]
    subcommands: "tuple[Command, ...]" = ()
    borrowed: tuple[Option, ...] = ()

    @property
    def all_options(self) -> tuple[Option, ...]:
        """All that may be given, ``--help`` once."""
        return tuple(dict.fromkeys((*self.borrowed, *self.options)))

    @property
    def name(self) -> str:
        """The last of its words."""
        return self.words[-1] if self.words else "cronwrap"

    def walk(self) -> "Iterator[Command]":
        """Yield it and all below it."""
        yield self
        for one in self.subcommands:
            yield from one.walk()

    def find(self, *words: str) -> "Command":
        """Return the command that is called by *words*."""
        return next(one for one in self.walk() if one.words == words)


def tree() -> Command:
    """Return the whole command."""
    whole = _command(main.cronwrap, ())
    run = [one for one in whole.find(RUN).options if "--help" not in one.flags]
    return whole._replace(borrowed=tuple(run))


def _command(command: click.Command, words: tuple[str, ...]) -> Command:
    context = click.Context(command, info_name=" ".join(("cronwrap", *words)))
    context.help_option_names = main.cronwrap.context_settings["help_option_names"]
    subcommands = _subcommands(command, context)
    return Command(
        words=words,
        summary=command.get_short_help_str(limit=200).rstrip("."),
        options=tuple(
            _option(parameter, run=words == (RUN,))
            for parameter in command.get_params(context)
            if isinstance(parameter, click.Option)
        ),
        subcommands=tuple(_command(one, (*words, one.name or "")) for one in subcommands),
    )


def _subcommands(command: click.Command, context: click.Context) -> list[click.Command]:
    if isinstance(command, main.Commands):
        found = [command.get_command(context, name) for name in main.COMMANDS]
        return [one for one in found if one is not None]
    return list(command.commands.values()) if isinstance(command, click.Group) else []


def _choices(parameter: click.Option) -> tuple[str, ...]:
    return tuple(parameter.type.choices) if isinstance(parameter.type, click.Choice) else ()


def _option(parameter: click.Option, *, run: bool) -> Option:
    flags = tuple(sorted(parameter.opts, key=len))
    known = options.BY_KEY.get(parameter.name or "") if run else None
    text, _, default = (parameter.help or "").partition("  [default: ")
    if parameter.show_default is True:
        default = str(parameter.default)
    return Option(
        flags=flags,
        metavar="" if parameter.is_flag else (parameter.metavar or "VALUE"),
        help=text,
        default=default.rstrip("]"),
        words=(known.choices or WORDS.get(known.kind, ())) if known else _choices(parameter),
        multiple=known.multiple if known else parameter.multiple,
        topic=(known.topic if known else options.OTHER) if run else "",
        variable=known.variable if known else "",
    )
