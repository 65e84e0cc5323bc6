"""``cronwrap services``."""

import json
from typing import Any

import click

from cronwrap import services
from cronwrap.cli import show
from cronwrap.services.carries import Carries, carries
from cronwrap.services.example import example
from cronwrap.services.spec import Definition, Setting

HEADINGS = ("service", "start", "fail", "log", "exit status", "duration", "output", "own time")


@click.command("services")
@click.argument("name", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Write JSON: an array, or of NAME an object.")
def command(name: str, as_json: bool) -> None:  # noqa: FBT001 - click's
    """List the services there are, and what each can carry.

    With NAME, show the settings of that service, the variables that stand in for them, and an
    example.
    """
    if as_json:
        found = [_as_json(services.load(one)) for one in ([name] if name else services.names())]
        click.echo(json.dumps(found[0] if name else found, indent=2))
    elif name:
        _describe(services.load(name))
    else:
        rows = [_row(services.load(one)) for one in services.names()]
        show.table(HEADINGS, rows)


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
    for words in (definition.summary, definition.events, definition.limits):
        click.echo(f"{' '.join(words.split())}\n")
    can = carries(definition)._asdict()
    told = ", ".join(phase for phase in definition.on if can.get(phase, True))
    click.echo(f"Told of, unless an endpoint's on says otherwise: {told}.\n")
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
    return (setting.name, _default(setting), ", ".join(setting.env) or "-", " ".join(words))


def _default(setting: Setting) -> str:
    if setting.default is None:
        return "-"
    values = setting.default if isinstance(setting.default, list) else [setting.default]
    return ", ".join(map(str, values))


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
