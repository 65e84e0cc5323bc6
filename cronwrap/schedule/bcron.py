"""How bcron reads a field: ``timespec-parse.c``, in which items need no comma between them."""

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.model import Oddity
from cronwrap.schedule.reading import DIGITS, Reading, Refused, bad_value, c_int

_LONG_NAMES = {
    "month": (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ),
    "weekday": ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
}  # fmt: skip


def read_bcron(text: str, field: Range) -> Reading:
    """Read a field as bcron does."""
    values: set[int] = set()
    oddities: list[Oddity] = []
    at = 0
    while True:
        at = _item(text, at, field, values, oddities)
        after = at
        while text[at : at + 1] == ",":
            at += 1
        if at == len(text):
            return Reading(frozenset(values), tuple(oddities))
        if at == after:
            oddities.append(Oddity("no_comma", at, len(text), text[at:]))


def _item(text: str, at: int, field: Range, values: set[int], oddities: list[Oddity]) -> int:
    start = at
    if text[at : at + 1] == "*":
        low, high, at = field.low, field.high, at + 1
    else:
        low, at = _value(text, at, field)
        high = low
        if text[at : at + 1] == "-":
            high, at = _value(text, at + 1, field)
    step = 1
    if text[at : at + 1] == "/":
        digits = DIGITS.match(text, at + 1)
        if digits is None:
            raise Refused("bad_step", at, at + 1, word="")
        step, at = c_int(digits.group()), digits.end()
    _check(text, (start, at), (low, high, step), field)
    if step > max(high - low, 1):
        oddities.append(Oddity("step_too_large", start, at, f"only {low}"))
    values.update(range(low, high + 1, step))
    return at


def _check(text: str, place: tuple[int, int], span: tuple[int, int, int], field: Range) -> None:
    (start, end), (low, high, step) = place, span
    word = text[start:end]
    if low < field.low or high > field.high:
        raise Refused("out_of_range", start, end, word=word)
    if low > high:
        raise Refused("backwards", start, end, word=word, low=low, high=high)
    if step <= 0:
        raise Refused("step_hangs", start, end, word=word)


def _value(text: str, at: int, field: Range) -> tuple[int, int]:
    digits = DIGITS.match(text, at)
    if digits is not None:
        return c_int(digits.group()), digits.end()
    for number, long in enumerate(_LONG_NAMES.get(field.name, ()), start=field.low):
        for name in (long, long[:3]):
            end = at + len(name)
            if text[at:end].lower() == name and not text[end : end + 1].isalpha():
                return number, end
    raise bad_value(text, at)
