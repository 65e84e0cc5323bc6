"""``cronwrap flush``: send now what endpoints have not accepted so far."""

import json
import time
from datetime import datetime, timezone
from typing import Any

import click
from rich.text import Text

from cronwrap.cli import memory, show
from cronwrap.deliver.outbox import Sent
from cronwrap.run.flush import flush
from cronwrap.store import Store
from cronwrap.store.outbox import KEPT_DROPPED, KEPT_OWED_DAYS, Debt, Owed
from cronwrap.units import parse_duration

SCHEMA = "cronwrap-flush/1"
HEADINGS = ("ended", "check", "phase", "endpoint", "outcome", "why")
OWED, DROPPED = "owed", "dropped"
STYLES = {"rejected": show.BAD, "undelivered": show.ODD, OWED: show.ODD}
WORDS = {"accepted": "sent", "rejected": DROPPED, "undelivered": "still owed"}


@click.command("flush")
@click.option(
    "--list",
    "only_list",
    is_flag=True,
    help="Show what is owed and what was dropped; send nothing.",
)
@click.option(
    "--report-budget",
    metavar="DURATION",
    default="10m",
    show_default=True,
    help="How long all of it may take.",
)
@memory.JSON
@memory.STATE_DIR
def command(
    *,
    only_list: bool,
    report_budget: str,
    as_json: bool,
    directory: str | None,
) -> None:
    """Send now the reports that no endpoint has accepted so far.

    Every run does so beside its job, when the time has come; this does not wait for that. Of runs
    that were cut off the failure is reported too. Exit status 1 says that something is still owed.
    """
    try:
        budget_s = parse_duration(report_budget)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--report-budget") from error
    store = memory.recall(directory, None).store
    labels: dict[str, str] = {}
    if only_list:
        rows = _kept(store)
    else:
        until_s = time.monotonic() + budget_s
        sent = list(flush(store, until_s=until_s, stop=lambda: False, at_once=True))
        rows = [_sent(one) for one in sent]
        labels = {one.owed.address.endpoint: one.label for one in sent}
    debts = [_debt(one, labels) for one in store.outbox.debts()]
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "reports": rows, "owed": debts}, indent=2))
    else:
        _print(rows, debts)
    raise SystemExit(1 if debts else 0)


def _print(rows: list[dict[str, Any]], debts: list[dict[str, Any]]) -> None:
    if rows:
        show.table(HEADINGS, [_row(row) for row in rows], below=True)
    elif debts:
        click.echo("nothing was sent: another cronwrap is at it, or --report-budget was over")
    else:
        click.echo("nothing is owed")
    now_unix_s = time.time()
    for debt in debts:
        reports = "1 report is" if debt["reports"] == 1 else f"{debt['reports']} reports are"
        later = debt["next_try_unix_s"] > now_unix_s
        since = f" from {show.when(debt['next_try_unix_s'])} on" if later else ""
        click.echo(
            f"{show.harmless(debt['endpoint'])}: {reports} owed, the oldest of"
            f" {show.when(debt['oldest_unix_s'])}, and sent in that order: by the next run{since},"
            f" or by `cronwrap flush`; after {KEPT_OWED_DAYS} days each is given up"
        )


def _debt(debt: Debt, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "endpoint": labels.get(debt.address.endpoint, debt.address.name),
        "reports": debt.reports,
        "oldest_unix_s": debt.oldest_unix_s,
        "next_try_unix_s": debt.next_try_unix_s,
    }


def _kept(store: Store) -> list[dict[str, Any]]:
    now_unix_s = time.time()
    owed = [_facts(one, OWED, one.why) for one in store.outbox.due(now_unix_s, at_once=True)]
    dropped = [_facts(one, DROPPED, one.why) for one, _ in store.outbox.dropped(limit=KEPT_DROPPED)]
    return owed + dropped


def _sent(sent: Sent) -> dict[str, Any]:
    return {**_facts(sent.owed, sent.result.kind, sent.result.why), "endpoint": sent.label}


def _facts(owed: Owed, outcome: str, why: str) -> dict[str, Any]:
    event = owed.event
    at = datetime.fromtimestamp(event.at_unix_s, timezone.utc)
    return {
        "check": event.check,
        "run_id": event.run_id,
        "phase": event.phase,
        "reason": event.reason,
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "at_unix_s": event.at_unix_s,
        "endpoint": owed.address.name,
        "outcome": outcome,
        "why": why,
    }


def _row(row: dict[str, Any]) -> tuple[str | Text, ...]:
    outcome = row["outcome"]
    return (
        show.when(row["at_unix_s"]),
        row["check"],
        row["phase"],
        row["endpoint"],
        Text(WORDS.get(outcome, outcome), style=STYLES.get(outcome, "")),
        row["why"],
    )
