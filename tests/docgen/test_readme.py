"""The README: what it shows of a configuration is one without mistakes."""

import re
from typing import Any

import pytest
import tomli

from cronwrap import services
from cronwrap.docgen.files import ROOT
from cronwrap.services.spec import Definition

BLOCKS = re.findall(r"(?ms)^```toml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"))
SHORT_LINES = 10  # a service of one's own is to be had in fewer


def own(table: dict[str, Any]) -> dict[str, Definition]:
    return {
        name: services.define(name, one, origin="README.md")
        for name, one in table.get("services", {}).items()
    }


def literal(value: object) -> object:
    """Return *value* as what a file or a variable would give in its place."""
    is_elsewhere = isinstance(value, str) and re.match("(file|env):", value)
    return "https://h.example.org/secret" if is_elsewhere else value


@pytest.mark.parametrize("block", BLOCKS, ids=[one.partition("\n")[0] for one in BLOCKS])
def test_the_endpoints_it_shows_are_right(block: str) -> None:
    table = tomli.loads(block)
    defined = own(table)

    for name, one in table.get("endpoints", {}).items():
        values = {key: literal(value) for key, value in one.items()}
        services.from_table(name, values, origin="README.md", environ={}, services=defined)


def test_a_service_of_ones_own_is_shown_and_is_short() -> None:
    (block,) = (one for one in BLOCKS if "[services." in one)
    lines = re.findall(r"(?m)^[^#\n].*$", block.partition("[endpoints")[0])

    assert own(tomli.loads(block))
    assert len(lines) < SHORT_LINES
