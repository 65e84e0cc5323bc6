"""``cronwrap ping``: send one event of a check by hand."""

import json
import os
import time
from typing import Any

import click

from cronwrap.cli import memory, show
from cronwrap.deliver.outbox import Sent
from cronwrap.errors import UsageError
from cronwrap.event import FAIL, LOG, PHASES, START, Event
from cronwrap.run.flush import tell
from cronwrap.run.session import new_run_id
from cronwrap.services.base import ACCEPTED
from cronwrap.watch.plans import endpoints as watched
from cronwrap.watch.plans import plan

SCHEMA = "cronwrap-ping/1"


@click.command("ping")
@click.argument("check", metavar="CHECK")
@click.option(
    "--phase",
    type=click.Choice(PHASES),
    metavar="PHASE",
    required=True,
    help="What to tell: start, success, fail or log.",
)
@click.option("--detail", metavar="TEXT", default="", help="What a person should know beside it.")
@click.option("--run-id", metavar="UUID", help="Tell it of this run; else of a new one.")
@click.option(
    "--endpoint",
    "-e",
    "given",
    metavar="NAME|URL",
    multiple=True,
    help="Tell it there instead. May be given again.",
)
@memory.options
def command(
    check: str,
    *,
    phase: str,
    detail: str,
    run_id: str | None,
    given: tuple[str, ...],
    directory: str | None,
    chosen: str | None,
    as_json: bool,
) -> None:
    """Tell the endpoints of CHECK one event, as if a run had done so; nothing is run or recorded.

    They are those of its last run, else what the configuration gives it. What is not accepted now
    is sent later. Exit status 1: somebody has not accepted it yet.
    """
    known = memory.recall(directory, chosen)
    name = memory.names((check,))[0]
    words, files = _endpoints(known, name, given)
    if not words:
        raise UsageError(
            f"there is no endpoint for the check {show.harmless(name)}, and none is given",
            hint="give --endpoint, or write endpoint = ... in the configuration",
        )
    event = _event(check, phase, detail, run_id or new_run_id())
    sent = list(tell(known.store, event, words, files))
    fine = len(sent) == len(words) and all(one.result.kind == ACCEPTED for one in sent)
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "fine": fine, **_as_json(event, sent)}, indent=2))
    else:
        for one in sent:
            outcome = one.result.kind if one.result.tries else ""
            said = filter(None, (one.label, outcome, one.result.why))
            click.echo(show.harmless(": ".join(said)))
        if len(sent) < len(words):
            show.complain("not all was sent: it is kept, and will be sent later")
    raise SystemExit(0 if fine else 1)


def _endpoints(
    known: memory.Memory, name: str, given: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where to tell it, and the files in which names are looked up."""
    files = tuple(path for path, _ in known.config.files)
    if given:
        return given, files
    return watched(known.store.check(name), plan(name, known.config, os.environ))


def _event(check: str, phase: str, detail: str, run_id: str) -> Event:
    now_unix_s = time.time()
    event = Event(
        check=check,
        run_id=run_id,
        phase=phase,
        detail=detail,
        started_unix_s=now_unix_s,
        host=os.uname().nodename,
        user=os.environ.get("LOGNAME") or os.environ.get("USER") or str(os.geteuid()),
    )
    if phase in {START, LOG}:
        return event
    return event.replace(
        finished_unix_s=now_unix_s, reason="exit", exit_status=1 if phase == FAIL else 0
    )


def _as_json(event: Event, sent: list[Sent]) -> dict[str, Any]:
    return {
        "check": event.check,
        "phase": event.phase,
        "run_id": event.run_id,
        "sent": [
            {"endpoint": one.label, "outcome": one.result.kind, "why": one.result.why}
            for one in sent
        ],
    }
