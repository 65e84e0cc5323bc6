"""``cronwrap explain``: a rule of the linter, or what daemons make of an expression."""

from collections.abc import Iterator

import click

from cronwrap.cli import next as upcoming
from cronwrap.lint import mask, rule
from cronwrap.lint.detect import daemon_of
from cronwrap.lint.host import Host
from cronwrap.schedule import DIALECTS, Field, Schedule, ScheduleError, parse, words
from cronwrap.schedule.words import values_in_words

RUNS = {"limit": 3, "zone": "", "after": ""}


@click.command("explain")
@click.argument("word", metavar="CODE|NAME|'EXPRESSION'")
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="The daemon; else the one that is installed.",
)
def command(word: str, dialect: str | None) -> None:
    """Tell what a rule of cronwrap lint is about, or what cron daemons make of an expression.

    A rule by its code or name, CW125 or unescaped-percent; an expression in quotes, '*/7 2 * * *'.
    Exit status 1: the daemon refuses the expression.
    """
    if not upcoming.is_expression(word):
        click.echo(rule.explain(word), nl=False)
        return
    mine = dialect or daemon_of(Host("/"))
    click.echo("\n".join([*_mine(word, mine), "", *_others(word, mine)]))
    raise SystemExit(1 if _read(word, mine)[0] is None else 0)


def _read(text: str, dialect: str) -> tuple[Schedule | None, str]:
    """Return what a daemon makes of an expression, and that in words."""
    try:
        schedule = parse(text, dialect)
    except ScheduleError as error:
        return None, f"refused: {mask.expression(text, error.message)}"
    drawn = [f", or later: {one.detail}" for one in schedule.oddities if one.kind == "random"]
    return schedule, "".join([words(schedule), *drawn])


def _mine(text: str, dialect: str) -> Iterator[str]:
    """Yield what the daemon that is meant makes of it: fields, and the next runs."""
    try:
        parse(text, dialect)
    except ScheduleError as error:
        yield mask.printable(mask.expression(text))
        yield f"{' ' * error.start}{'^' * max(error.end - error.start, 1)}"
        yield f"    {DIALECTS[dialect].title} refuses it: {mask.expression(text, error.message)}"
        yield f"    hint: {error.hint}"
        return
    one = upcoming.expected(upcoming.Upcoming(text, dialect), RUNS)
    yield from upcoming.lines(one)
    if one.schedule is not None and one.schedule.fields:
        yield ""
        yield from _fields(one.schedule.fields)


def _fields(fields: tuple[Field, ...]) -> Iterator[str]:
    width = max(len(field.text) for field in fields)
    for field in fields:
        yield f"    {field.name:7}  {mask.printable(field.text):{width}}  {values_in_words(field)}"


def _others(text: str, dialect: str) -> Iterator[str]:
    """Yield what the other daemons make of it, those that agree on one line."""
    mine = _read(text, dialect)
    said: dict[str, list[str]] = {}
    for name, daemon in DIALECTS.items():
        if name not in (dialect, "portable"):
            theirs = _read(text, name)
            meaning = "the same" if _same(mine, theirs) else theirs[1]
            said.setdefault(meaning, []).append(daemon.title)
    for meaning, daemons in said.items():
        yield f"    {', '.join(daemons)}: {meaning}"


def _same(mine: tuple[Schedule | None, str], theirs: tuple[Schedule | None, str]) -> bool:
    return mine[0] is not None and theirs[0] is not None and mine[1] == theirs[1]
