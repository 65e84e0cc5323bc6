"""The journal's native protocol, read back from a socket in its place."""

from pathlib import Path

from cronwrap import services
from cronwrap.deliver.senders import Senders
from cronwrap.event import FAIL, SUCCESS, Event
from cronwrap.services.base import ACCEPTED, Verdict
from tests.services.test_contract import EVENTS
from tests.support.recorders import datagrams

FAILED = Event(
    check="nightly",
    run_id="0b7d4bd2-8f0c-4b1c-9d0c-4d6f6f0f9a11",
    phase=FAIL,
    reason="exit",
    started_unix_s=1_750_000_000.25,
    finished_unix_s=1_750_000_012.5,
    duration_s=12.25,
    exit_status=3,
    host="h1",
    output=b"one\ntwo=3\n",
    output_bytes=10,
)


def parsed(data: bytes) -> dict[str, str]:
    """Read fields as the journal does."""
    fields = {}
    while data:
        line, _, data = data.partition(b"\n")
        name, separator, value = line.partition(b"=")
        if not separator:
            size = int.from_bytes(data[:8], "little")
            value, end, data = data[8 : 8 + size], data[8 + size : 9 + size], data[9 + size :]
            assert end == b"\n"
        assert name.decode().replace("_", "").isalnum()
        fields[name.decode()] = value.decode()
    return fields


def journaled(event: Event, directory: Path) -> dict[str, str]:
    with datagrams(directory / "socket") as journal:
        table = {"service": "journal", "socket": str(directory / "socket")}
        endpoint = services.from_table("j", table, origin="c", environ={})
        (delivery,) = endpoint.render(event, {})
        assert Senders(endpoint).send(delivery, timeout_s=10) == Verdict(kind=ACCEPTED)
        return parsed(journal.next())


def test_an_entry_has_the_fields_of_the_event(tmp_path: Path) -> None:
    fields = journaled(FAILED, tmp_path)

    message = fields.pop("MESSAGE")
    assert message.startswith("nightly failed: exit status 3 after 12.2 s on h1\n")
    assert message.endswith("\none\ntwo=3")
    assert len(fields.pop("MESSAGE_ID")) == 32
    assert fields == {
        "PRIORITY": "3",
        "SYSLOG_IDENTIFIER": "cronwrap",
        "CRONWRAP_" + "CHECK": "nightly",
        "CRONWRAP_" + "RUN_ID": FAILED.run_id,
        "CRONWRAP_" + "PHASE": "fail",
        "CRONWRAP_" + "REASON": "exit",
        "CRONWRAP_" + "EXIT_STATUS": "3",
        "CRONWRAP_" + "HOST": "h1",
        "CRONWRAP_" + "STARTED_AT": "2025-06-15T15:06:40.250Z",
        "CRONWRAP_" + "DURATION_USEC": "12250000",
    }


def test_what_is_no_failure_is_no_error(tmp_path: Path) -> None:
    assert journaled(FAILED.replace(phase=SUCCESS, exit_status=0), tmp_path)["PRIORITY"] == "6"


def test_hard_input_cannot_make_fields(tmp_path: Path) -> None:
    for number, (name, event) in enumerate(EVENTS.items()):
        (tmp_path / str(number)).mkdir()
        fields = journaled(event, tmp_path / str(number))
        assert set(fields) <= set(journaled_names()), name
        assert len(fields["MESSAGE"].encode()) <= 48_000


def journaled_names() -> list[str]:
    own = "check run_id phase reason detail exit_status signal host user command environment"
    names = [*own.split(), "max_rss_bytes", "started_at", "duration_usec"]
    return [
        *("MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER"),
        *(f"CRONWRAP_{name.upper()}" for name in names),
    ]
