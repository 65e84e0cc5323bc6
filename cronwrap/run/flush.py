"""Take in what runs have left, and send what is owed: for whoever comes next, and for a person."""

import os
import time
from collections.abc import Callable, Iterable, Iterator

from cronwrap import config
from cronwrap.deliver.learned import Learned
from cronwrap.deliver.outbox import Sent, send_owed
from cronwrap.event import Event
from cronwrap.run.endpoints import Endpoints
from cronwrap.services.endpoint import Endpoint
from cronwrap.state import is_due
from cronwrap.store import Store
from cronwrap.store.outbox import Address

BUDGET_S = 30.0


def flush(
    store: Store, *, until_s: float, stop: Callable[[], bool], at_once: bool = False
) -> Iterator[Sent]:
    """Take in finished runs, then send what is due; yield what came of each.

    Args:
        store: where it is remembered.
        until_s: when to be done, on time.monotonic().
        stop: says when nothing more is to be begun.
        at_once: also what is not due yet.

    Raises:
        CronwrapError: the store cannot be used.
    """
    store.take_in()
    if at_once or is_due(str(store.directory)):
        yield from send_owed(
            store.outbox,
            _resolve,
            learned=Learned(str(store.directory)),
            until_s=until_s,
            stop=stop,
            at_once=at_once,
        )


def tell(
    store: Store, event: Event, endpoints: Iterable[str], config_files: Iterable[str]
) -> Iterator[Sent]:
    """Tell *event*, which belongs to no run, to *endpoints*; yield what came of it.

    It is on disk before it is sent, and sent later where it is not accepted now.

    Raises:
        CronwrapError: the store cannot be used.
    """
    files = tuple(config_files)
    store.outbox.owe(event, [Address(endpoint, files, None) for endpoint in endpoints])
    until_s = time.monotonic() + BUDGET_S
    for sent in flush(store, until_s=until_s, stop=lambda: False, at_once=True):
        if sent.owed.event.run_id == event.run_id:
            yield sent


def _resolve(address: Address) -> Endpoint:
    """Return the endpoint as it is configured now.

    Raises:
        CronwrapError: there is no such endpoint any more.
    """
    files = config.load([(path, False) for path in address.config_files])
    environ = os.environ if address.environ is None else address.environ
    return Endpoints(files, environ).resolve(address.endpoint)
