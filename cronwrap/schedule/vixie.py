"""How Debian's cron and cronie read a field: Paul Vixie's grammar, one lax and one strict.

Debian's ``entry.c`` stops reading a list where it understands no more, and skips what is left of
the word in silence: ``*5`` is ``*``. cronie's wants each item to end properly, knows ``~``, and
does not look at a range's end before it counts that far: ``5-64/30`` is 5 and 35.
"""

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity
from cronwrap.schedule.reading import LETTERS_AND_DIGITS, Reading, Refused, bad_value, c_int

_LONGEST_WORD = 99  # MAX_TEMPSTR of Debian's; cronie takes what fits into a line


def read_debian(text: str, field: Range) -> Reading:
    """Read a field as Debian's cron does."""
    values: set[int] = set()
    oddities: list[Oddity] = []
    at = _debian_item(text, 0, field, values, oddities)
    while text[at : at + 1] == ",":
        at = _debian_item(text, at + 1, field, values, oddities)
    if at < len(text):
        oddities.append(Oddity("junk_skipped", at, len(text), text[at:]))
    return Reading(frozenset(values), tuple(oddities))


def _debian_item(text: str, at: int, field: Range, values: set[int], oddities: list[Oddity]) -> int:
    start = at
    if text[at : at + 1] == "*":
        low, high, at = field.low, field.high, at + 1
    else:
        low, at = _number(text, at, field, _LONGEST_WORD)
        if text[at : at + 1] == "/":
            raise _step_alone(text, start, at, field)
        _in_range(text, start, at, low, field)
        if text[at : at + 1] != "-":
            values.add(low)
            return at
        high_at = at + 1
        high, at = _number(text, high_at, field, _LONGEST_WORD)
        _in_range(text, high_at, at, high, field)
    step = 1
    if text[at : at + 1] == "/":
        step, at = _step(text, at + 1, _LONGEST_WORD)
    _fill(text, (start, at), (low, high, step), field, values, oddities)
    return at


def read_cronie(text: str, field: Range) -> Reading:
    """Read a field as cronie does."""
    values: set[int] = set()
    oddities: list[Oddity] = []
    at = _cronie_item(text, 0, field, values, oddities)
    while at < len(text):
        if text[at] != ",":
            raise bad_value(text, at)
        at = _cronie_item(text, at + 1, field, values, oddities)
    return Reading(frozenset(values), tuple(oddities))


def _cronie_item(text: str, at: int, field: Range, values: set[int], oddities: list[Oddity]) -> int:
    start, step = at, 1
    if text[at : at + 1] == "*":
        low, high, at = field.low, field.high, at + 1
    else:
        low = field.low
        if text[at : at + 1] != "~":
            low, at = _number(text, at, field)
        if text[at : at + 1] == "~":
            return _cronie_random(text, start, at + 1, low, field, values, oddities)
        if text[at : at + 1] == "/":
            raise _step_alone(text, start, at, field)
        if text[at : at + 1] != "-":
            _in_range(text, start, at, low, field)
            values.add(low)
            return at
        high, at = _number(text, at + 1, field)
    if text[at : at + 1] == "/":
        step, at = _step(text, at + 1)
    _fill(text, (start, at), (low, high, step), field, values, oddities)
    return at


def _cronie_random(
    text: str, start: int, at: int, low: int, field: Range, values: set[int], oddities: list[Oddity]
) -> int:
    """Take the first of the values that may be drawn: one is, each time the file is loaded."""
    high = field.high
    if at < len(text) and text[at] != ",":
        high, at = _number(text, at, field)
    if low > high:
        raise Refused("backwards", start, at, word=text[start:at], low=low, high=high)
    for number in (low, high):
        _in_range(text, start, at, number, field)
    values.add(low)
    oddities.append(Oddity("random", start, at, f"one of {low} to {high}"))
    return at


def _number(text: str, at: int, field: Range, longest: int = 131_071) -> tuple[int, int]:
    """Return the number or name at a place, and where it ends."""
    match = LETTERS_AND_DIGITS.match(text, at)
    word = match.group() if match else ""
    if word.isdigit() and len(word) <= longest:
        return c_int(word), at + len(word)
    if word.lower() in field.names:
        return field.low + field.names.index(word.lower()), at + len(word)
    raise bad_value(text, at)


def _step(text: str, at: int, longest: int = 131_071) -> tuple[int, int]:
    match = LETTERS_AND_DIGITS.match(text, at)
    word = match.group() if match else ""
    if not word.isdigit() or len(word) > longest:
        raise Refused("bad_step", at - 1, max(at + len(word), at), word=word)
    step = c_int(word)
    if step <= 0:
        raise Refused("step_zero", at - 1, at + len(word), word=word)
    return step, at + len(word)


def _in_range(text: str, start: int, end: int, number: int, field: Range) -> None:
    if not field.low <= number <= field.high:
        raise Refused("out_of_range", start, end, word=text[start:end])


def _step_alone(text: str, start: int, at: int, field: Range) -> Refused:
    match = LETTERS_AND_DIGITS.match(text, at + 1)
    end = match.end() if match else at + 1
    return Refused("step_alone", start, end, write=f"{text[start:at]}-{field.high}{text[at:end]}")


def _fill(
    text: str,
    place: tuple[int, int],
    span: tuple[int, int, int],
    field: Range,
    values: set[int],
    oddities: list[Oddity],
) -> None:
    (start, end), (low, high, step) = place, span
    found = range(low, high + 1, step)
    if found and not (field.low <= low and found[-1] <= field.high):
        raise Refused("out_of_range", start, end, word=text[start:end])
    values.update(found)
    if not found:
        oddities.append(Oddity("wrap_empty", start, end, text[start:end]))
    elif step > max(high - low, 1):
        oddities.append(Oddity("step_too_large", start, end, f"only {low}"))
