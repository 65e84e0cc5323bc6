"""``cronwrap logs``: what a job wrote, as far as it is kept."""

import codecs
import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from cronwrap.cli import memory, show
from cronwrap.cli.running import ID_CHARACTERS
from cronwrap.errors import CronwrapError
from cronwrap.store import Store
from cronwrap.store.records import GOES_ON, LOST
from cronwrap.watch import output
from cronwrap.watch.living import living, still_goes_on

SCHEMA = "cronwrap-logs/1"
KEPT = "\n\t"  # of what a terminal acts upon


@click.command("logs")
@click.argument("check", metavar="CHECK")
@click.option(
    "--run", "run_id", metavar="ID", default="", help="Of this run: the beginning of its id."
)
@click.option(
    "--follow", "-f", is_flag=True, help="Of a run that goes on, also what it will write."
)
@click.option("--raw", is_flag=True, help="Write the bytes as they are, for a file or a program.")
@memory.options
def command(
    check: str,
    run_id: str,
    directory: str | None,
    chosen: str | None,
    *,
    follow: bool,
    raw: bool,
    as_json: bool,
) -> None:
    """Show what the last run of CHECK wrote: the whole of it with --log-dir, else its end.

    What a terminal would act upon is written out: \\x1b[2J clears no screen. With --follow, what
    a run writes that goes on, if it has --log-dir; of any other run, its end when it is over.
    """  # noqa: D301 - one backslash is shown
    known = memory.recall(directory, chosen)
    run = _find(known.store, memory.names((check,))[0], run_id)
    try:
        if as_json:
            text = b"".join(output.pieces(known.store, run)).decode(errors="backslashreplace")
            click.echo(json.dumps({"schema": SCHEMA, "run": run, "output": text}, indent=2))
            return
        _say_if_gone(known.store, run)
        write = _write_raw if raw else _write
        write(_output(known.store, run, follow=follow))
    except OSError as error:
        raise CronwrapError(
            f"{run.get('log')}: the log cannot be read: {error.strerror}"
        ) from error


def _find(store: Store, check: str, run_id: str) -> dict[str, Any]:
    """Return the newest run of *check*, or the one whose id begins with *run_id*."""
    running = [run.facts for run in reversed(living(store, (check,)))]
    found = [run for run in running if run["run_id"].startswith(run_id)]
    if not found or run_id:
        found += store.find(check, run_id)
    whose = f"of {show.harmless(check)}" + (f" with the id {run_id}" if run_id else "")
    if not found:
        hint = "`cronwrap history` lists the runs that are kept; --json with their ids"
        raise CronwrapError(f"no run is remembered {whose}", hint=hint)
    if run_id and len(found) > 1:
        raise CronwrapError(f"there is more than one run {whose}", hint="give more of the id")
    newest: dict[str, Any] = found[0]
    return newest


def _output(store: Store, run: dict[str, Any], *, follow: bool) -> Iterable[bytes]:
    goes_on = next((one for one in living(store) if one.run_id == run["run_id"]), None)
    if goes_on is None:
        return output.pieces(store, run)
    if follow and run.get("log"):
        return output.follow(run, lambda: not still_goes_on(store, goes_on))
    if follow:
        show.complain(
            f"run {run['run_id'][:ID_CHARACTERS]} has no --log-dir: its end is shown when it is over"
        )
    if not follow and output.log_of(run) is None:
        why = "what it writes is kept when it is over; with --log-dir, at once"
        state = "goes on" if goes_on.has_begun else f"is waiting for {goes_on.waiting_for}"
        raise CronwrapError(f"run {run['run_id'][:ID_CHARACTERS]} {state}", hint=why)
    return output.pieces(store, run) if not follow else output.end_of(store, goes_on)


def _say_if_gone(store: Store, run: dict[str, Any]) -> None:
    """Say what is missing of the output of a run that is over."""
    written_bytes = run.get("output_bytes") or 0
    if run["phase"] in GOES_ON or output.log_of(run) is not None:
        return
    kept_bytes = len(store.output(run["run_id"]))
    which = f"run {run['run_id'][:ID_CHARACTERS]}"
    if run["phase"] == LOST:
        show.complain(
            f"{which} was cut off before what it wrote was kept",
            "with --log-dir it is kept from the start",
        )
    elif not written_bytes:
        show.complain(f"{which} wrote nothing")
    elif not kept_bytes:
        show.complain(f"{which} wrote {show.size(written_bytes)}, of which nothing is kept")
    elif kept_bytes < written_bytes // 2:  # a mark in the place of a secret is no loss
        show.complain(f"{which} wrote {show.size(written_bytes)}, of which the end is kept")


def _write(pieces: Iterable[bytes]) -> None:
    """Write text: complete characters, and nothing that a terminal would act upon."""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    last = "\n"
    for piece in pieces:
        text = show.harmless(decoder.decode(piece).replace("\r\n", "\n"), kept=KEPT)
        click.echo(text, nl=False)
        last = text[-1:] or last
    rest = show.harmless(decoder.decode(b"", final=True), kept=KEPT)
    click.echo(rest, nl=(rest or last)[-1:] != "\n")


def _write_raw(pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
