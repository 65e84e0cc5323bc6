"""``cronwrap test``: send a harmless event to each endpoint, and say what that proves."""

import json
import os
import time
from typing import Any, NamedTuple

import click

from cronwrap.cli import show
from cronwrap.deliver.courier import UNDELIVERED
from cronwrap.deliver.probe import Probe, probe_all
from cronwrap.deliver.senders import prepare
from cronwrap.event import FAIL, LOG, PHASES, START, SUCCESS, Event
from cronwrap.run import lifetime, options
from cronwrap.run.endpoints import Endpoints
from cronwrap.run.job import Job, assemble
from cronwrap.run.session import new_run_id
from cronwrap.services.base import ACCEPTED, KINDS
from cronwrap.services.endpoint import Endpoint, describe
from cronwrap.services.spec import CodeService, TemplateService

CHECK = "cronwrap-test"
SCHEMA = "cronwrap-test/1"
NOT_SENT = "not_sent"
_DETAIL = "a test of the way there; no job has run"
_WORDS = {NOT_SENT: "nothing was sent", "retry": "not accepted now", UNDELIVERED: "not delivered"}
_COLOURS = {ACCEPTED: None, NOT_SENT: "magenta"}
# What an accepted delivery proves where the service itself says nothing of it.
_PROOFS = {
    "http": "That the service says it took the event.",
    "datagram": "Nothing: nobody says whether a datagram arrives. Look where it should be seen.",
    "file": "That the file is written. Look whether it is read.",
    "mail": "That the mail was handed over. Look whether it arrives.",
    "command": "That the program ended with status 0.",
}


class Tested(NamedTuple):
    """What came of one endpoint.

    Attributes:
        probe: None where nothing was sent.
        would: what would have been sent for *would_phase*, without secrets.
    """

    endpoint: Endpoint
    probe: Probe | None
    would_phase: str = ""
    would: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether it was accepted, and found where it was looked for."""
        return self.probe is not None and self.probe.fine


@click.command("test")
@click.argument("endpoints", metavar="[ENDPOINT]...", nargs=-1)
@click.option("--check", "-c", metavar="NAME", help="Send as this check, to its endpoints.")
@click.option(
    "--phase",
    type=click.Choice(PHASES),
    metavar="PHASE",
    default=LOG,
    show_default=True,
    help="What to send: log, start, success or fail. All but log count as a real run.",
)
@click.option("--report-budget", metavar="DURATION", help="How long all of it may take.")
@click.option(
    "--config", "chosen", metavar="FILE", help="Read this file in place of the usual two."
)
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object.")
def command(
    endpoints: tuple[str, ...],
    check: str | None,
    phase: str,
    report_budget: str | None,
    chosen: str | None,
    *,
    as_json: bool,
) -> None:
    """Send a harmless event to each ENDPOINT, and say what came of it and what that proves.

    ENDPOINT is the name of a configured one or a URL. Without any, all that are configured are
    tested, or with --check those of that check. Where a service has no event that is harmless,
    nothing is sent, unless --phase says which.
    """
    job = _job(check, report_budget, chosen)
    if job.fatal is not None:
        show.complain(*job.fatal)
        raise SystemExit(2)
    texts = list(dict.fromkeys(endpoints or _configured(job, check)))
    if not texts:
        whose = f"for the check {check}" if check else "configured"
        raise click.UsageError(f"there is no endpoint {whose}, and none is given")
    places = Endpoints(job.config, os.environ)
    prepare(places.kinds(texts))  # the time to import does not count
    deadline_s = time.monotonic() + job.report_budget
    found, problems = places.resolve_all(texts)
    whole = len(found) == len(texts)
    for message, hint in (*job.warnings, *problems):
        show.complain(message, hint)
    if endpoints and not whole:
        raise SystemExit(2)
    event = _event(job, phase)
    tested = _test(found, event, deadline_s)
    fine = whole and all(one.fine for one in tested)
    if as_json:
        facts = {"schema": SCHEMA, "fine": fine, **_as_json(tested, event, problems)}
        click.echo(json.dumps(facts, indent=2))
    else:
        for one in tested:
            _print(one, event)
    raise SystemExit(0 if fine else 1)


def _job(check: str | None, report_budget: str | None, chosen: str | None) -> Job:
    line = options.Line()
    line.command = ["cronwrap", "test"]
    given = {"check": check or CHECK, "report_budget": report_budget, "config": chosen}
    line.given.update({key: [word] for key, word in given.items() if word is not None})
    if report_budget is not None:
        try:
            options.convert(options.BY_KEY["report_budget"], report_budget)
        except ValueError as error:
            raise click.UsageError(f"--report-budget {report_budget!r} {error}") from error
    return assemble(line, os.environ)


def _configured(job: Job, check: str | None) -> list[str]:
    """Return what is tested when none is named."""
    return list(job.endpoint) if check else [*job.config.endpoints, *job.endpoint]


def _event(job: Job, phase: str) -> Event:
    now_unix_s = time.time()
    event = lifetime.first_event(job, new_run_id(), now_unix_s)
    event = event.replace(phase=phase, detail=_DETAIL)
    if phase in {START, LOG}:
        return event
    return event.replace(
        finished_unix_s=now_unix_s,
        duration_s=0.0,
        reason="exit",
        exit_status=1 if phase == FAIL else 0,
    )


def _test(endpoints: list[Endpoint], event: Event, deadline_s: float) -> list[Tested]:
    """Send *event* where there is a word for it, and tell what would be sent to the others."""
    ready = [one for one in endpoints if one.service.render(event, {})]
    probes = iter(probe_all(ready, event, deadline_s=deadline_s))
    return [Tested(one, next(probes)) if one in ready else _unsent(one, event) for one in endpoints]


def _unsent(endpoint: Endpoint, event: Event) -> Tested:
    for phase in (SUCCESS, FAIL, START):
        deliveries = endpoint.service.render(event.replace(phase=phase), {})
        if deliveries:
            lines = (describe(one, endpoint).partition("\n")[0] for one in deliveries)
            return Tested(endpoint, None, phase, tuple(lines))
    return Tested(endpoint, None)


def _proof(endpoint: Endpoint) -> str:
    """Return what it proves that *endpoint* has accepted an event."""
    service = endpoint.service
    definition = service.definition if isinstance(service, TemplateService | CodeService) else None
    if definition is not None and definition.proof:
        return " ".join(definition.proof.split())
    return _PROOFS[definition.sends if definition is not None else next(iter(KINDS))]


def _outcome(tested: Tested) -> str:
    return tested.probe.outcome if tested.probe else NOT_SENT


def _print(tested: Tested, event: Event) -> None:
    click.echo(tested.endpoint.label)
    probe, outcome = tested.probe, _outcome(tested)
    for sent in probe.sent if probe else ():
        _row("sent", sent.what)
        if sent.answer or sent.outcome == UNDELIVERED:
            _row("answer", f"{sent.answer or 'none'}, after {sent.took_s:.2f} s")
    words = _WORDS.get(outcome, outcome)
    why = _why(tested, event)
    _row("verdict", f"{words}: {why}" if why else words, _COLOURS.get(outcome, "red"))
    if probe is None or outcome != ACCEPTED:
        return
    _row("proves", _proof(tested.endpoint))
    found, why = probe.finding.found, probe.finding.why
    if probe.looked:
        word = {True: "found", False: "not found", None: "could not be looked for"}[found]
        _row("look", f"{word}: {why}", None if found else "red")
    elif why:
        _row("look", why)


def _row(name: str, text: str, foreground: str | None = None) -> None:
    color = False if os.environ.get("NO_COLOR") else None  # None: on a terminal only
    click.secho(f"  {name:8} {text}", fg=foreground, reset=foreground is not None, color=color)


def _why(tested: Tested, event: Event) -> str:
    """Return why it is not accepted."""
    if tested.probe is not None:
        last = tested.probe.sent[-1:]
        return tested.probe.failure or next((one.why for one in last), "")
    if not tested.would:
        return f"the service has no word for a {event.phase}, nor for anything else"
    return (
        f"the service has no word for a {event.phase}; a {tested.would_phase} would be "
        f"{', '.join(tested.would)} and would count as a real run: send it with "
        f"--phase {tested.would_phase}"
    )


def _as_json(tested: list[Tested], event: Event, problems: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "check": event.check,
        "phase": event.phase,
        "run_id": event.run_id,
        "endpoints": [_endpoint_as_json(one, event) for one in tested],
        "problems": [{"message": message, "hint": hint} for message, hint in problems],
    }


def _endpoint_as_json(tested: Tested, event: Event) -> dict[str, Any]:
    probe = tested.probe
    accepted = probe is not None and probe.outcome == ACCEPTED
    return {
        "name": tested.endpoint.name,
        "service": tested.endpoint.service_name,
        "outcome": _outcome(tested),
        "why": _why(tested, event),
        "sent": [sent._asdict() for sent in probe.sent] if probe else [],
        "would_send": list(tested.would),
        "proves": _proof(tested.endpoint) if accepted else "",
        "looked": probe is not None and probe.looked,
        "found": probe.finding.found if probe else None,
        "look": probe.finding.why if probe else "",
    }
