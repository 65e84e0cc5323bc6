"""``cronwrap forget``: take a check out of the history."""

import json

import click

from cronwrap.cli import memory, show
from cronwrap.watch.living import living

SCHEMA = "cronwrap-forget/1"


@click.command("forget")
@click.argument("checks", metavar="CHECK...", nargs=-1, required=True)
@memory.options
def command(
    checks: tuple[str, ...], directory: str | None, chosen: str | None, *, as_json: bool
) -> None:
    """Forget each CHECK and all of its runs: it is never overdue, and shown no more.

    Logs in a --log-dir stay where they are. Exit status 1: one of them is not known.
    """
    known = memory.recall(directory, chosen)
    names = memory.names(checks)
    counts = {name: known.store.forget(name) for name in names}
    if as_json:
        forgotten = [{"check": name, "runs": max(runs, 0)} for name, runs in counts.items()]
        click.echo(json.dumps({"schema": SCHEMA, "forgotten": forgotten}, indent=2))
    else:
        for name, runs in counts.items():
            _say(show.harmless(name), runs)
    for run in living(known.store, names):
        show.complain(f"{show.harmless(run.check)} runs now, and will be known again at its end")
    raise SystemExit(1 if -1 in counts.values() else 0)


def _say(name: str, runs: int) -> None:
    if runs < 0:
        show.complain(f"nothing is known of a check {name!r}")
    else:
        click.echo(f"{name}: forgotten, with {runs} run{'s' if runs != 1 else ''}")
