"""What is owed is sent a thing at a time, each written down before the next."""

import threading
import time
import uuid
from pathlib import Path

from cronwrap import services
from cronwrap.deliver.learned import Learned
from cronwrap.deliver.outbox import send_owed
from cronwrap.event import SUCCESS, Event
from cronwrap.store import Store
from cronwrap.store.outbox import Address
from tests.support.httpd import Httpd
from tests.support.waiting import eventually


def test_what_came_of_one_thing_is_on_the_disk_before_the_next_is_sent(
    tmp_path: Path, httpd: Httpd
) -> None:
    store, address = Store(str(tmp_path)), Address(f"webhook+{httpd.url}/hook", (), {})
    for number in range(5):
        at_unix_s = time.time() - 100.0 + number
        end = Event(
            check="nightly",
            run_id=str(uuid.uuid4()),
            phase=SUCCESS,
            reason="exit",
            started_unix_s=at_unix_s,
            finished_unix_s=at_unix_s,
        )
        store.outbox.owe(end, [address])

    sending = send_owed(
        store.outbox,
        lambda owed: services.from_url(owed.endpoint, where="test", environ={}),
        learned=Learned(str(tmp_path)),
        until_s=time.monotonic() + 1.0,
        stop=lambda: False,
        at_once=True,
    )
    next(sending)  # and nobody writes down what comes of the second
    eventually(lambda: all(one.name != "cronwrap-owed" for one in threading.enumerate()))

    assert len(httpd.received) == 2
    assert len(store.outbox.due(time.time(), at_once=True)) == 4
