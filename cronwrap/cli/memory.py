"""The store as a command opens it: with the configuration's limits, and everything taken in."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from cronwrap import config as config_files
from cronwrap.cli import show
from cronwrap.config import Config
from cronwrap.errors import CronwrapError
from cronwrap.state import state_dir
from cronwrap.store import Store, limits
from cronwrap.store.records import storable
from cronwrap.watch.due import Plan
from cronwrap.watch.plans import plans

Command = TypeVar("Command", bound=Callable[..., Any])

CONFIG = click.option(
    "--config", "chosen", metavar="FILE", help="Read this file in place of the usual two."
)
STATE_DIR = click.option(
    "--state-dir", "directory", metavar="DIR", help="Directory that holds the history."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Write a JSON object.")


class Memory(NamedTuple):
    """What a command looks at.

    Attributes:
        directory: of the state.
    """

    store: Store
    directory: str
    config: Config

    @property
    def plans(self) -> dict[str, Plan]:
        """When checks should run, by the configuration."""
        return {str(storable(name)): plan for name, plan in plans(self.config, os.environ).items()}


def options(command: Command) -> Command:
    """Give a command the options that all of these have."""
    return JSON(CONFIG(STATE_DIR(command)))


def recall(directory: str | None, chosen: str | None) -> Memory:
    """Open the store, take in what has ended, and tell what a person should know.

    What cannot be taken in is told; what is in the store already can be shown all the same.
    """
    where = state_dir(os.environ, directory or os.environ.get("CRONWRAP_STATE_DIR"))
    files = config_files.paths(os.environ, chosen or os.environ.get("CRONWRAP_CONFIG", ""))
    config = config_files.load(files)
    for problem in config.problems:
        show.complain(problem.message, problem.hint)
    bounds, problems = limits.of_tables(config.history)
    for message, hint in problems:
        show.complain(message, hint)
    store = Store(where, bounds)
    try:
        store.take_in()
        for notice in store.notices():
            show.complain(notice, "cronwrap-history(1) says what can be saved from it")
    except CronwrapError as error:
        if not store.is_readable():
            raise
        show.complain(error.message, error.hint)
    return Memory(store, where, config)


def names(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of checks as the store knows them."""
    return tuple(str(storable(word)) for word in words)
