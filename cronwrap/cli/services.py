"""``cronwrap services``."""

import json
import os
from typing import Any

import click

from cronwrap import config as config_files
from cronwrap import services
from cronwrap.cli import memory, show
from cronwrap.errors import CronwrapError, nearest
from cronwrap.run.endpoints import Endpoints
from cronwrap.services.carries import Carries, carries
from cronwrap.services.example import example
from cronwrap.services.setting import Setting
from cronwrap.services.spec import Definition

SCHEMA = "cronwrap-services/1"
HEADINGS = ("service", "start", "fail", "log", "exit status", "duration", "output", "own time")


@click.command("services")
@click.argument("name", required=False, default="")
@click.option(
    "--config", "chosen", metavar="FILE", help="Read this file in place of the usual two."
)
@memory.JSON
def command(name: str, chosen: str | None, *, as_json: bool) -> None:
    """List the services there are, and what each can carry; your own [services.NAME] too.

    With NAME, show the settings of that service, the variables that stand in for them, and an
    example.
    """
    given = {"config": [chosen]} if chosen else {}
    endpoints = Endpoints(config_files.load(config_files.files(given, os.environ)), os.environ)
    if name in endpoints.broken:
        raise endpoints.broken[name]
    known = {one: services.load(one) for one in services.names()} | endpoints.own
    if name and name not in known:
        raise CronwrapError(
            f"unknown service {name!r}", hint=nearest(name, sorted({*known, *endpoints.broken}))
        )
    if as_json:
        found = [_as_json(one) for one in ([known[name]] if name else known.values())]
        click.echo(json.dumps({"schema": SCHEMA, "services": found}, indent=2))
    elif name:
        _describe(known[name])
    else:
        show.table(HEADINGS, [_row(one) for one in known.values()])
        for error in endpoints.broken.values():
            show.complain(error.message, error.hint)


def _row(definition: Definition) -> tuple[str, ...]:
    can = carries(definition)
    marks = (can.start, can.fail, can.log, can.exit_status, can.duration)
    return (definition.name, *map(_mark, marks), _output(can), _mark(can.own_time))


def _mark(yes: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if yes else "-"


def _output(can: Carries) -> str:
    if not can.output_bytes:
        return "-"
    return f"{show.size(can.output_bytes)}{' or more' if can.more_output else ''}"


def _describe(definition: Definition) -> None:
    for words in filter(None, (definition.summary, definition.events, definition.limits)):
        click.echo(f"{' '.join(words.split())}\n")
    can = carries(definition)._asdict()
    told = ", ".join(phase for phase in definition.on if can.get(phase, True))
    click.echo(f"Told of, unless an endpoint's on says otherwise: {told}.\n")
    if definition.reference:
        click.echo(f"See {definition.reference}\n")
    rows = [_setting(setting) for setting in definition.settings.values()]
    show.table(("setting", "default", "variables", "meaning"), rows)
    click.echo(f"\nAn endpoint:\n\n{example(definition)}")


def _setting(setting: Setting) -> tuple[str, ...]:
    words = [setting.help]
    if setting.choices:
        words.append(f"One of {', '.join(setting.choices)}.")
    if setting.required:
        words.append("Must be given.")
    if setting.secret:
        words.append("Secret.")
    return (
        setting.name,
        setting.default_words or "-",
        ", ".join(setting.env) or "-",
        " ".join(words),
    )


def _as_json(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.name,
        "summary": definition.summary,
        "reference": definition.reference,
        "on": list(definition.on),
        "carries": carries(definition)._asdict(),
        "settings": [
            {
                "name": setting.name,
                "help": setting.help,
                "kind": setting.kind,
                "secret": setting.secret,
                "required": setting.required,
                "default": setting.default,
                "choices": list(setting.choices),
                "variables": list(setting.env),
            }
            for setting in definition.settings.values()
        ],
        "example": example(definition),
    }
