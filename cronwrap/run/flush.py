"""Take in what runs have left, and send what is owed: for whoever comes next, and for a person."""

import os
import time
from collections.abc import Callable, Iterator

from cronwrap import config
from cronwrap.deliver.learned import Learned
from cronwrap.deliver.outbox import Sent, send_owed
from cronwrap.errors import CronwrapError
from cronwrap.run.endpoints import Endpoints
from cronwrap.services.endpoint import Endpoint
from cronwrap.state import is_due
from cronwrap.store import Store
from cronwrap.store.outbox import Outbox, Owed


def flush(
    state_dir: str, *, until_s: float, stop: Callable[[], bool], at_once: bool = False
) -> Iterator[Sent]:
    """Take in finished runs, then send what is due; yield what came of each.

    Args:
        state_dir: where it is remembered.
        until_s: when to be done, on time.monotonic().
        stop: says when nothing more is to be begun.
        at_once: also what is not due yet.

    Raises:
        CronwrapError: the store cannot be used.
    """
    store = Store(state_dir)
    store.take_in()
    if at_once or is_due(state_dir):
        yield from send_owed(
            Outbox(store),
            _resolve,
            learned=Learned(state_dir),
            until_s=until_s,
            stop=stop,
            at_once=at_once,
        )


def _resolve(owed: Owed) -> Endpoint:
    """Return the endpoint as it is configured now.

    Raises:
        CronwrapError: there is no such endpoint any more.
    """
    files = config.load([(path, False) for path in owed.config_files])
    environ = os.environ if owed.environ is None else owed.environ
    return Endpoints(files, environ).resolve(owed.endpoint)
