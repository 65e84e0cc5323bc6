"""Expressions for the comparison with real daemons: the same ones whenever it is asked.

``python -m tests.schedule.make_data`` prints them, one a line. What the daemons made of them is
kept in data/; data/README.md says how they were asked.
"""

import random
import re
from collections.abc import Iterator
from typing import NamedTuple

from cronwrap.schedule.dialects import MONTHS, WEEKDAYS

SEED = 20_231_105
COUNT = 10_000


class Range(NamedTuple):
    """A field of a schedule: its numbers, and the names of its numbers."""

    low: int
    high: int
    names: tuple[str, ...] = ()


FULL_NAMES = (
    "sunday", "monday", "saturday", "january", "december", "tues", "thurs", "weds", "sept", "mo", "su",
)  # fmt: skip
FIELDS = (Range(0, 59), Range(0, 23), Range(1, 31), Range(1, 12, MONTHS), Range(0, 7, WEEKDAYS))
NICKNAMES = (
    "@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@Daily",
    "@HOURLY", "@every", "@minutely", "@quarterly", "@semi-annually", "@boot", "@every_minute", "@daily5", "@",
    "@annual", "@day", "@5",
)  # fmt: skip
HUGE = ("100", "255", "256", "1000", "65536", "4294967296", "4294967301", "9" * 25)
STEPS = ("2", "3", "5", "7", "10", "15", "20", "1", "30", "4", "6", "8", "12", "24")
ODD_STEPS = ("0", "00", "02", "60", "59", "61", "31", "32", "23", "90", "100", "-2", "", "x", "mon")
JUNK = (
    ".",
    ".30",
    "x",
    "#2",
    "#1",
    "L",
    "W",
    "?",
    "H",
    "~",
    "-",
    "/",
    "*",
    "+",
    "!",
    ";",
    "'",
    '"',
)
WHOLE = (
    "?", "L", "LW", "15W", "5L", "1L", "H", "H/5", "R", "~", "**", "*-*", "*/*", "*-5", "*5", "*0",
    "*,", ",*", ",", "-", "/", "/5", "*/", "*/2/3", "1-", "-1", "1--5", "1-5-9", "*/5-10", "*-5/2",
    "*/5,", "1,,3", "\u2217", "1\u20135", "5#2", "0x10", "1e1", "1.5", "+5", "a", "\xa05", "~5", "5~",
    "1~5", "5~1", "1~5/2", "~/2", "$", "%", "[1]", "(1)", "1;2", "1:2", "1|2", "*x", "*/5x", "\x1f",
)  # fmt: skip


def expressions(seed: int = SEED, count: int = COUNT) -> Iterator[str]:
    """Yield expressions: about half of them right, the others odd or broken in one place."""
    dice = random.Random(seed)  # noqa: S311 - no secret: the same ones each time
    seen: set[str] = set()
    while len(seen) < count:
        text = _expression(dice)
        if text not in seen and not re.match(r"[#\s]", text):
            seen.add(text)
            yield text


def _expression(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.01:
        return dice.choice(NICKNAMES)
    fields = [_right(dice, field) for field in FIELDS]
    if kind > 0.4:
        odd = dice.sample(range(5), 1 if kind < 0.93 else 2)
        for number in odd:
            make = _odd if dice.random() < 0.7 else _broken
            fields[number] = make(dice, FIELDS[number])
    if dice.random() < 0.01:
        return "\t ".join(fields)
    return " ".join(fields)


def _right(dice: random.Random, field: Range) -> str:
    """Return a field that every daemon takes."""
    kind = dice.random()
    if kind < 0.35:
        return "*"
    if kind < 0.45:
        return "*/" + dice.choice([step for step in STEPS if int(step) <= field.high - field.low])
    items = [_item(dice, field) for _ in range(dice.choice((1, 1, 1, 1, 2, 2, 3, 5)))]
    return ",".join(items)


def _number(dice: random.Random, field: Range) -> int:
    return dice.randint(field.low, min(field.high, field.low + 58))


def _item(dice: random.Random, field: Range) -> str:
    first, last = sorted((_number(dice, field), _number(dice, field)))
    if field.names and dice.random() < 0.3:
        named = [_case(dice, name) for name in _names(field, first, last)]
        return "-".join(named) if dice.random() < 0.4 and len(set(named)) > 1 else named[0]
    if dice.random() < 0.6:
        return str(first)
    return f"{first}-{last}" + ("/" + dice.choice(STEPS[:8]) if dice.random() < 0.4 else "")


def _names(field: Range, first: int, last: int) -> list[str]:
    """Return the names of two numbers, the smaller number's first."""
    count = len(field.names)
    return [
        field.names[n] for n in sorted(((first - field.low) % count, (last - field.low) % count))
    ]


def _case(dice: random.Random, name: str) -> str:
    return dice.choice((name, name, name.upper(), name.capitalize(), name[:-1] + name[-1].upper()))


def _odd(dice: random.Random, field: Range) -> str:
    """Return a field that the daemons differ about, at its edges mostly."""
    first, last = sorted((_number(dice, field), _number(dice, field)))
    name = _case(dice, dice.choice(field.names)) if field.names else str(first)
    edge = dice.choice((field.low - 1, field.low, field.high, field.high + 1, 0, 7, 59, 60))
    other = _case(dice, dice.choice(field.names)) if field.names else str(last)
    step = dice.choice(STEPS + ODD_STEPS)
    return dice.choice((
        f"{last}-{first}", f"{last}-{first}/{step}", f"{name}-{other}", f"{name}-{other}/{step}",
        f"{name}-{last}", f"{first}-{name}", f"{edge}", f"{first}-{edge}", f"{edge}-{last}",
        f"{edge}-{edge}", f"{first}/{step}", f"{name}/{step}", f"*/{step}", f"{first}-{last}/{step}",
        f"0{first}", f"00{first}", f"0{first}-{last}", f"{first},,{last}", f"{first},", f",{first}",
        f"*,{first}", f"{first},*", "*,*", f"{first},{first}", f"{first}-{first}/{step}",
        f"*/{step},{name}", f"{name},{other},{edge}", f"{first}~{last}", f"{last}~{first}",
        dice.choice(FULL_NAMES), f"{dice.choice(FULL_NAMES)}-{last}", f"*/1,{first}", f"*/{edge}",
        f"{first}-{last},{last}-{first}", f"{edge},{first}", f"{name}{other}", f"*-{last}",
    ))  # fmt: skip


def _broken(dice: random.Random, field: Range) -> str:
    """Return a field that has junk in it."""
    right = _right(dice, field)
    if dice.random() < 0.4:
        return dice.choice(WHOLE)
    if dice.random() < 0.2:
        return dice.choice(HUGE) if dice.random() < 0.5 else f"{field.low}-{dice.choice(HUGE)}"
    if dice.random() < 0.2 and len(right) > 1:
        at = dice.randrange(len(right))
        return right[:at] + right[at + 1 :]
    at = dice.randint(0, len(right))
    return right[:at] + dice.choice(JUNK) + right[at:]


if __name__ == "__main__":
    print(*expressions(), sep="\n")
