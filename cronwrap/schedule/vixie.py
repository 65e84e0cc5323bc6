"""How Debian's cron and cronie read a field: Paul Vixie's grammar, one lax and one strict.

Debian's ``entry.c`` stops reading a list where it understands no more, and skips what is left of
the word in silence: ``*5`` is ``*``. cronie's wants each item to end properly, knows ``~``, and
does not look at a range's end before it counts that far: ``5-64/30`` is 5 and 35.
"""

from cronwrap.schedule.dialects import Range
from cronwrap.schedule.reading import LETTERS_AND_DIGITS, Reading, Scan, bad_value, c_int

_LONGEST_WORD = {"debian": 99, "cronie": 131_071}  # MAX_TEMPSTR of each


def read_debian(text: str, field: Range) -> Reading:
    """Read a field as Debian's cron does."""
    scan = Scan(text, field)
    _debian_item(scan)
    while scan.take(","):
        _debian_item(scan)
    junk, scan.at = scan.at, len(text)
    if junk < len(text):
        scan.odd("junk_skipped", junk, text[junk:])
    return scan.reading()


def _debian_item(scan: Scan) -> None:
    start = scan.at
    low, high = scan.field.low, scan.field.high
    if not scan.take("*"):
        low = _number(scan, "debian")
        if scan.next == "/":
            raise _step_alone(scan, start)
        _in_range(scan, start, low)
        if not scan.take("-"):
            scan.values.add(low)
            return
        high_at = scan.at
        high = _number(scan, "debian")
        _in_range(scan, high_at, high)
    _fill(scan, start, low, high, _step(scan, "debian"))


def read_cronie(text: str, field: Range) -> Reading:
    """Read a field as cronie does."""
    scan = Scan(text, field)
    _cronie_item(scan)
    while scan.at < len(text):
        if not scan.take(","):
            raise bad_value(text, scan.at)
        _cronie_item(scan)
    return scan.reading()


def _cronie_item(scan: Scan) -> None:
    start = scan.at
    low, high = scan.field.low, scan.field.high
    if not scan.take("*"):
        if scan.next != "~":
            low = _number(scan, "cronie")
        if scan.take("~"):
            _random(scan, start, low)
            return
        if scan.next == "/":
            raise _step_alone(scan, start)
        if not scan.take("-"):
            _in_range(scan, start, low)
            scan.values.add(low)
            return
        high = _number(scan, "cronie")
    _fill(scan, start, low, high, _step(scan, "cronie"))


def _random(scan: Scan, start: int, low: int) -> None:
    """Take the first of the values that may be drawn: one is, each time the file is loaded.

    An end out of range is noticed only when a value out of range is drawn.
    """
    high = scan.field.high
    if scan.next not in ("", ","):
        high = _number(scan, "cronie")
    if low > high:
        raise scan.refused("backwards", start, low=low, high=high)
    _in_range(scan, start, low)
    scan.values.add(low)
    scan.odd("random", start, f"one of {low} to {high}")


def _number(scan: Scan, dialect: str) -> int:
    start = scan.at
    word = scan.match(LETTERS_AND_DIGITS)
    if word.isdigit() and len(word) <= _LONGEST_WORD[dialect]:
        return c_int(word)
    if word.lower() in scan.field.names:
        return scan.field.low + scan.field.names.index(word.lower())
    raise bad_value(scan.text, start)


def _step(scan: Scan, dialect: str) -> int:
    start = scan.at
    if not scan.take("/"):
        return 1
    word = scan.match(LETTERS_AND_DIGITS)
    if not word.isdigit() or len(word) > _LONGEST_WORD[dialect]:
        raise scan.refused("bad_step", start, word=word)
    step = c_int(word)
    if step <= 0:
        raise scan.refused("step_zero", start)
    return step


def _in_range(scan: Scan, start: int, number: int) -> None:
    if not scan.field.low <= number <= scan.field.high:
        raise scan.refused("out_of_range", start)


def _step_alone(scan: Scan, start: int) -> Exception:
    number = scan.text[start : scan.at]
    scan.take("/")
    step = scan.match(LETTERS_AND_DIGITS)
    return scan.refused("step_alone", start, write=f"{number}-{scan.field.high}/{step}")


def _fill(scan: Scan, start: int, low: int, high: int, step: int) -> None:
    found = range(low, high + 1, step)
    if found and not (scan.field.low <= low and found[-1] <= scan.field.high):
        raise scan.refused("out_of_range", start)
    scan.values.update(found)
    if not found:
        scan.odd("wrap_empty", start, scan.text[start : scan.at])
    elif step > max(high - low, 1):
        scan.odd("step_too_large", start, f"only {low}")
