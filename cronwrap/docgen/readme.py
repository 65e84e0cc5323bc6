"""README.md's table of services."""

import re

from cronwrap import services
from cronwrap.cli import show
from cronwrap.services.carries import carries
from cronwrap.services.spec import Definition

_REGION = re.compile(r"(?s)(<!-- generated: services -->\n).*?(<!-- end generated -->)")
_HEADINGS = (
    *("service", "a URL that is one", "start", "fail", "log"),
    *("exit status", "duration", "output", "own time"),
)


def fill(text: str) -> str:
    """Return *text* with the region written anew."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS)]
    rows += [_row(services.load(name)) for name in services.names()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return _REGION.sub(lambda match: f"{match[1]}{table}\n{match[2]}", text)


def _row(service: Definition) -> tuple[str, ...]:
    can = carries(service)
    name = service.name
    if service.reference.startswith("https://"):
        name = f"[{name}]({service.reference})"
    url = service.settings.get(service.url_setting)
    known = url and url.example and (service.hosts or service.paths or service.patterns)
    marks = ("yes" if yes else "" for yes in (can.start, can.fail, can.log))
    facts = ("yes" if yes else "" for yes in (can.exit_status, can.duration))
    return (
        name,
        f"`{url.example}`" if url and known else "",
        *marks,
        *facts,
        show.size(can.output_bytes) if can.output_bytes else "",
        "yes" if can.own_time else "",
    )
